"""Lets `ambulances.current_location` follow the map, at most once a second each, without ever holding up an ack."""

from __future__ import annotations

import asyncio

from hub.clock import from_us
from hub.live.board import FleetBoard
from storage import locations
from storage.errors import StorageError
from storage.pool import Database

_ROWS_MAX = 2_000  # of one statement


class LocationKeeper:
    """Collects which ambulances moved, and writes where they are now."""

    def __init__(self, db: Database, board: FleetBoard, *, period_s: float) -> None:
        self._db = db
        self._board = board
        self._period_s = period_s
        self._moved: set[int] = set()  # ambulances whose row is behind the map; at most the fleet

    def moved(self, ambulance_id: int) -> None:
        """Note that an ambulance's marker moved."""
        self._moved.add(ambulance_id)

    async def run(self) -> None:
        """Write once a period until cancelled; what cannot be written stays for the next round."""
        while True:
            await asyncio.sleep(self._period_s)
            if self._moved:
                try:
                    await self.write()
                except StorageError:
                    continue  # the rows are behind meanwhile; the map is not

    async def write(self) -> None:
        """Write what moved since the last round; rows that somebody else holds wait for the next one."""
        chosen = list(self._moved)[:_ROWS_MAX]
        self._moved.difference_update(chosen)  # first: one that moves while its row is written moves again
        rows = []
        for ambulance_id in chosen:
            fix = self._board.current(ambulance_id)
            if fix is not None:  # None: it was removed
                place = (fix.longitude, fix.latitude)
                rows.append(
                    locations.Location(ambulance_id, place, from_us(fix.fix_at), fix.speed, fix.heading, fix.accuracy)
                )
        unsettled = {row.ambulance_id for row in rows}
        try:
            unsettled -= await locations.follow(self._db, rows)
        finally:
            self._moved |= unsettled
