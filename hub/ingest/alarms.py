"""Which ambulances have called for help without an answer: shown before it is stored, and until it is acknowledged."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import NamedTuple

from hub.clock import to_us
from hub.live.board import FleetBoard
from storage import alarms
from storage.alarms import Call
from storage.errors import StorageError
from storage.pool import Database

PERIOD_S = 1.0  # between two looks whether what was heard is stored
SETTLED_MAX = 10_000  # stored calls that are remembered, so that a device that repeats one does not raise it again


class _Heard(NamedTuple):
    call: Call
    raised_at: int  # µs since 1970


class OpenAlarms:
    """Keeps the board's alarms: the newest open one of each ambulance, stored or just heard."""

    def __init__(self, db: Database, board: FleetBoard) -> None:
        self._db = db
        self._board = board
        self._stored: dict[int, int] = {}  # by ambulance: when it called last, of what is stored and open
        self._heard: dict[int, _Heard] = {}  # by ambulance: the newest call that is not known to be stored
        self._settled: OrderedDict[Call, None] = OrderedDict()  # calls that are known to be stored, oldest first

    def hear(self, ambulance_id: int, call: Call, raised_at: int) -> bool:
        """Show a call (raised in µs since 1970) at once; tell whether it was news.

        It was not if it was stored before (then its row says what it is), or if the ambulance has called again since.
        """
        heard = self._heard.get(ambulance_id)
        if call in self._settled or (heard is not None and heard.raised_at > raised_at):
            return False
        self._heard[ambulance_id] = _Heard(call, raised_at)
        self._show(ambulance_id)
        return True

    def awaits(self, ambulance_id: int, call: Call) -> bool:
        """Tell whether a call is shown that is not known to be stored."""
        heard = self._heard.get(ambulance_id)
        return heard is not None and heard.call == call

    async def refresh(self) -> None:
        """Take over what PostgreSQL says; raises `StorageError`.

        What was heard is asked for first: a call that is found stored is among the open ones read after it, or it
        was acknowledged.
        """
        heard = dict(self._heard)
        found = await alarms.find_stored(self._db, [each.call for each in heard.values()]) if heard else set()
        opened = await alarms.newest_open(self._db)
        for ambulance_id, each in heard.items():
            if each.call in found:
                self._settle(ambulance_id, each)
        former, self._stored = self._stored, {key: to_us(raised_at) for key, raised_at in opened.items()}
        for ambulance_id in former.keys() | self._stored.keys() | heard.keys():
            self._show(ambulance_id)

    async def run(self) -> None:
        """Ask for what was heard until it is known to be stored: a repeated call is told by no event."""
        while True:
            await asyncio.sleep(PERIOD_S)
            if self._heard:
                try:
                    await self.refresh()
                except StorageError:
                    continue  # it stays on the board meanwhile

    def _settle(self, ambulance_id: int, each: _Heard) -> None:
        self._settled[each.call] = None
        if len(self._settled) > SETTLED_MAX:
            self._settled.popitem(last=False)
        if self._heard.get(ambulance_id) == each:  # not a newer one, heard while this was read
            del self._heard[ambulance_id]

    def _show(self, ambulance_id: int) -> None:
        heard = self._heard.get(ambulance_id)
        self._board.set_alarm(ambulance_id, max(self._stored.get(ambulance_id, 0), heard.raised_at if heard else 0))
