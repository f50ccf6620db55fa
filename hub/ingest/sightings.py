"""When each device was last connected, for those who look after devices: noted as it comes, then by the minute."""

from __future__ import annotations

import asyncio

from hub.clock import Clock
from hub.ingest.roster import Roster
from storage import devices
from storage.errors import StorageError
from storage.pool import Database

PERIOD_S = 60.0
LOOK_S = 1.0


class Sightings:
    """Notes who is connected to this hub."""

    def __init__(
        self, app: Database, roster: Roster, clock: Clock, *, period_s: float = PERIOD_S, look_s: float = LOOK_S
    ) -> None:
        self._app = app
        self._roster = roster
        self._clock = clock
        self._period_s = period_s  # between two notes of those who stay
        self._look_s = look_s  # between two looks for those who have come
        self._here: set[int] = set()  # devices that were connected at the last look
        self._all_s = float("-inf")  # monotonic: when all were noted last

    async def run(self) -> None:
        """Look again and again until cancelled; while PostgreSQL is away, nothing is noted."""
        while True:
            try:
                await self.note()
            except StorageError:
                pass  # the next look finds them again
            await asyncio.sleep(self._look_s)

    async def note(self) -> None:
        """Note those who have come since the last look, and once a period everybody; raises `StorageError`."""
        now_s = self._clock.monotonic_s()
        here = {connection.device_id for connection in self._roster if connection.ending is None}
        everybody = now_s - self._all_s >= self._period_s
        seen = here if everybody else here - self._here
        if seen:
            await devices.saw(self._app, seen, self._clock.now())
        self._here = here
        if everybody:
            self._all_s = now_s
