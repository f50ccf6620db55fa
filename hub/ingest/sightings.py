"""When each device was last connected, for those who look after devices: noted by the minute."""

from __future__ import annotations

import asyncio

from hub.clock import Clock
from hub.ingest.roster import Roster
from storage import devices
from storage.errors import StorageError
from storage.pool import Database

PERIOD_S = 60.0


class Sightings:
    """Notes who is connected to this hub."""

    def __init__(self, app: Database, roster: Roster, clock: Clock, *, period_s: float = PERIOD_S) -> None:
        self._app = app
        self._roster = roster
        self._clock = clock
        self._period_s = period_s

    async def run(self) -> None:
        """Note it once a period until cancelled; while PostgreSQL is away, nothing is noted."""
        while True:
            try:
                await self.note()
            except StorageError:
                pass  # the next round says it again
            await asyncio.sleep(self._period_s)

    async def note(self) -> None:
        """Note it now; raises `StorageError`."""
        connected = {connection.device_id for connection in self._roster if connection.ending is None}
        if connected:
            await devices.saw(self._app, connected, self._clock.now())
