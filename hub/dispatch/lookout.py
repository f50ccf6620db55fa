"""Looks at calls and units: what PostgreSQL says of them, and where the board has them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from hub.clock import Clock
from hub.dispatch import notices
from hub.dispatch.picture import Picture, grouped, units_of
from hub.dispatch.policy import DispatchPolicy
from hub.live.board import FleetBoard
from storage.dispatch import alerts, picture
from storage.dispatch.alerts import OpenAlert
from storage.dispatch.picture import AskedUnit, OpenRequest
from storage.pool import Database


def _nobody(_device_id: int) -> bool:
    return False


class Calls(NamedTuple):
    """What is open."""

    requests: dict[UUID, OpenRequest]
    asked: dict[UUID, list[AskedUnit]]  # by request
    noticed: list[OpenAlert]


class Lookout:
    """Where pictures come from; on any hub."""

    def __init__(
        self,
        reader: Database,
        board: FleetBoard,
        clock: Clock,
        policy: DispatchPolicy,
        *,
        is_connected: Callable[[int], bool] = _nobody,
    ) -> None:
        self._reader = reader
        self._board = board
        self._clock = clock
        self._policy = policy
        self._is_connected = is_connected  # whether a device has a connection, to whichever hub

    async def look(self) -> Picture:
        """Return how things are now; raises `StorageError`."""
        rows, calls = await asyncio.gather(picture.units(self._reader), self._calls(), return_exceptions=True)
        if isinstance(rows, BaseException):
            raise rows
        if isinstance(calls, BaseException):
            raise calls
        at = self._clock.now()
        seen = Picture(
            at,
            calls.requests,
            calls.asked,
            units_of(rows, self._board.current, self._is_connected, calls.asked, calls.requests, at),
            calls.noticed,
            untracked=frozenset(row.id for row in rows if not row.tablet_ids and self._board.current(row.id) is None),
        )
        silent = {each.ambulance_id for _, each in seen.taken() if self._is_silent(seen, each.ambulance_id)}
        since = at - timedelta(seconds=self._policy.silent_warn_s)
        return seen.with_sends(await picture.signs_of_life(self._reader, silent, since=since))

    async def _calls(self) -> Calls:
        async with self._reader.hold() as held:
            requests = {request.id: request for request in await picture.open_requests(held)}
            # What was asked for a request that came in meanwhile belongs to the next picture.
            asked = grouped(each for each in await picture.assignments(held) if each.request_id in requests)
            return Calls(requests, asked, await alerts.find_open(held, notices.KINDS))

    def _is_silent(self, seen: Picture, ambulance_id: int) -> bool:
        unit = seen.units.get(ambulance_id)
        return unit is not None and (unit.fix_age_s is None or unit.fix_age_s >= self._policy.silent_warn_s / 2)
