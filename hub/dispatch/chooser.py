"""Makes choices of units out of pictures: asks for travel times and demand, and leaves choosing to the pure part."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final, NamedTuple

import numpy as np

from hub.clock import Clock
from hub.dispatch.choose import choose, reconsider
from hub.dispatch.coverage import NOTHING, Coverage, Demand
from hub.dispatch.decision import Choice, Decision, Kind
from hub.dispatch.eligibility import columns_of, why_not
from hub.dispatch.explain import decision
from hub.dispatch.picture import Picture, waiting_of
from hub.dispatch.policy import DispatchPolicy
from hub.dispatch.travel import Matrix, StraightLine, Travel, TravelAway, etas_s, line_etas_s
from hub.dispatch.unit import Place, Unit, Waiting, place_of
from hub.metrics import Metrics
from storage.dispatch import picture as stored
from storage.dispatch.picture import OpenRequest
from storage.pool import Database

DEMAND_DAYS: Final = 90
DEMAND_HOURS: Final = 24.0  # a hub that is younger has seen too little for a rate
DEMAND_CELLS: Final = 5_000
DEMAND_LASTS_S: Final = 600.0  # the pattern of a city does not change faster


class Made(NamedTuple):
    """A choice, and the same as it is stored."""

    choice: Choice
    decision: Decision


class Chooser:
    """Chooses units for calls, on any hub."""

    def __init__(
        self, reader: Database, travel: Travel, policy: DispatchPolicy, clock: Clock, metrics: Metrics
    ) -> None:
        self._reader = reader
        self._travel = travel
        self._line = StraightLine(policy)
        self._policy = policy
        self._clock = clock
        self._metrics = metrics
        self._demand: Demand | None = None  # None while no calls are known
        self._demand_at_s = float("-inf")  # when that was read, monotonic
        self._covered: tuple[Picture, Coverage] | None = None  # of the last picture

    async def choose(
        self,
        picture: Picture,
        requests: Sequence[OpenRequest],
        *,
        kind: Kind | None = None,
        again: bool = False,
        by_person: bool = False,
    ) -> list[Made]:
        """Return a choice for each request; raises `StorageError`.

        `kind` is how they are stored where the choices do not say so themselves; `again`: who let an offer lapse may be
        asked once more; `by_person`: a person decides, who may take a unit from another call.
        """
        waiting = [waiting_of(picture, request, again=again, by_person=by_person) for request in requests]
        units, started_s = list(picture.units.values()), self._clock.monotonic_s()
        times, travel = await self._etas_s(waiting, units, picture.at)
        coverage = await self._coverage(picture)
        work = partial(choose, waiting, units, times, self._policy, coverage, may_divert=by_person)
        # Matching many is tens of milliseconds of work, and the first time it loads scipy, which takes a second.
        choices = await asyncio.to_thread(work) if len(waiting) > 1 else work()
        return [self._made(choice, picture.at, travel, started_s, kind) for choice in choices]

    async def reconsider(
        self, picture: Picture, request: OpenRequest, current: int, *, among: Collection[int] | None = None
    ) -> Made | None:
        """Return a choice that is worth a swap from the unit that has a request or its offer; None: leave it.

        `among` these units (None: all), with the one that has it.
        """
        waiting, started_s = waiting_of(picture, request), self._clock.monotonic_s()
        wanted = picture.units.keys() if among is None else {current, *among}
        units = [unit for unit in picture.units.values() if unit.id in wanted]
        times, travel = await self._etas_s([waiting], units, picture.at)
        by_unit = {unit.id: float(eta) for unit, eta in zip(units, times[0], strict=True) if not np.isnan(eta)}
        choice = reconsider(waiting, current, units, by_unit, self._policy, await self._coverage(picture))
        return None if choice is None else self._made(choice, picture.at, travel, started_s, None)

    def unserved(self, picture: Picture, requests: Sequence[OpenRequest]) -> set[OpenRequest]:
        """Return the requests that no unit can take which has no call; one without a place is for people to look at."""
        placed = [request for request in requests if request.latitude is not None]
        if not placed:
            return set()
        columns = columns_of(list(picture.units.values()), self._policy)
        codes = why_not([waiting_of(picture, each, again=True) for each in placed], columns, self._policy)
        can_take = ((codes == 0) & ~columns.is_busy[None, :]).any(axis=1)
        return {request for request, can in zip(placed, can_take, strict=True) if not can}

    async def matrix_s(self, origins: Sequence[Place], goals: Sequence[Place], at: datetime) -> tuple[Matrix, str]:
        """Return the seconds from each origin (row) to each goal, and where they came from; NaN for no way."""
        try:
            return np.array(await self._travel.times_s(origins, goals, at), float), self._travel.name
        except TravelAway:
            return self._line.matrix_s(origins, goals, at), self._line.name

    async def times_s(self, origins: Sequence[Place], goals: Sequence[Place], at: datetime) -> list[float | None]:
        """Return the seconds from each place to the goal of the same number, in as few questions as may be."""
        found: list[float | None] = []
        for start in range(0, len(origins), _PAIRS):
            part = slice(start, start + _PAIRS)
            times_s, _ = await self.matrix_s(origins[part], goals[part], at)
            found += [None if np.isnan(each) else float(each) for each in np.diagonal(times_s)]
        return found

    async def _etas_s(self, waiting: Sequence[Waiting], units: Sequence[Unit], at: datetime) -> tuple[Matrix, str]:
        """Return the ETA of each unit (column) at each call (row), and where they came from."""
        try:
            return await etas_s(waiting, units, self._travel, self._line, self._policy, at), self._travel.name
        except TravelAway:
            return line_etas_s(waiting, units, self._line, self._policy, at), self._line.name

    async def _coverage(self, picture: Picture) -> Coverage:
        """Return how well the free units of a picture cover the demand, reckoned once for each picture."""
        at, demand = picture.at, await self.demand(picture.at)
        if demand is None:
            return NOTHING
        if self._covered is not None and self._covered[0] is picture:
            return self._covered[1]
        free = {
            unit.id: place
            for unit in picture.units.values()
            if unit.status == "available" and (place := place_of(unit, self._policy.fix_fresh_s)[0]) is not None
        }
        # Every unit against every cell: some 20 ms for a large fleet in a large city.
        found = await asyncio.to_thread(Coverage.of, demand, free, self.radius_m(at), self._policy.busy_share)
        self._covered = picture, found
        return found

    def radius_m(self, at: datetime) -> float:
        """Return how far a unit reaches in time."""
        return self._policy.weights.covered_within_s * self._line.metres_per_s(at)

    async def demand(self, at: datetime) -> Demand | None:
        """Return how often calls come from where; None while no calls are known. Raises `StorageError`."""
        now_s = self._clock.monotonic_s()
        if now_s - self._demand_at_s > DEMAND_LASTS_S:
            since = at - timedelta(days=DEMAND_DAYS)
            cells = await stored.demand(self._reader, since=since, cells_max=DEMAND_CELLS)
            first = min((cell.first_at for cell in cells), default=at)
            hours = max(DEMAND_HOURS, (at - first).total_seconds() / 3_600)
            per_h = np.array([cell.calls for cell in cells], float) / hours
            places = tuple(Place(cell.latitude, cell.longitude) for cell in cells)
            self._demand, self._demand_at_s = (Demand(places, per_h) if cells else None), now_s
        return self._demand

    def _made(self, choice: Choice, at: datetime, travel: str, started_s: float, kind: Kind | None) -> Made:
        took_s = self._clock.monotonic_s() - started_s
        made = decision(choice, at=at, travel=travel, duration_ms=round(took_s * 1_000, 3), kind=kind)
        self._metrics.dispatch_decisions.labels(made.kind, travel).inc()
        self._metrics.dispatch_decision_seconds.observe(took_s)
        return Made(choice, made)


_PAIRS: Final = 40  # of one question: their square is answered, and servers take some 100 places
