"""The fleet as it is stored, read onto the board: at a start, after a change, and after something was missed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from math import nan

from hub.clock import to_us
from hub.ingest.flags import INACCURATE, JUMP, LATE, NULL_ISLAND, OUT_OF_RANGE
from hub.live.board import FleetBoard, LiveFix, Unit
from storage import locations
from storage.loader import Loader
from storage.locations import FleetRow, Place
from storage.pool import Database

HIDDEN_FLAGS = NULL_ISLAND | OUT_OF_RANGE | JUMP | LATE | INACCURATE


class StoredFleet:
    """Reads one after the other: an answer never takes back what a younger one has put on the board."""

    def __init__(self, db: Database, board: FleetBoard, behind: Callable[[int], None]) -> None:
        self._db = db
        self._board = board
        self._behind = behind  # called for an ambulance whose row has not followed what is stored
        self._turn = asyncio.Lock()  # held from a question until its answer is on the board
        self._units: Loader[int, bool] = Loader(self._read_units)

    async def read_unit(self, ambulance_id: int) -> bool:
        """Read one ambulance with its position: it was added, changed or removed; tell whether there is one.

        Asked for with everybody who asks meanwhile; raises `StorageError`.
        """
        return await self._units.load(ambulance_id)

    async def read_units(self, ambulance_ids: Sequence[int]) -> None:
        """Read some ambulances, as `read_unit` does one; raises `StorageError`."""
        await self._read_units(ambulance_ids)

    async def read_all(self, db: Database) -> None:
        """Make the board hold what is stored: every ambulance, and positions that are newer than its own.

        Raises `StorageError`.
        """
        async with self._turn:
            rows = await locations.read_fleet(db, hidden_flags=HIDDEN_FLAGS)
            self._board.replace_units(_unit_of(row) for row in rows)
            self._place(rows)

    async def read_moved(self, db: Database, since: str | None) -> str:
        """Take over the positions that were written since an earlier call, which returned `since`; None: all of them.

        Returns the mark for the next call; raises `StorageError`. Ambulances that the board does not know are passed
        over: they come with a change of their own.
        """
        moved = await locations.read_moved(db, since)
        self._place(moved.places)
        return moved.mark

    async def _read_units(self, wanted: Sequence[int]) -> list[bool]:
        async with self._turn:
            rows = await locations.read_fleet(self._db, hidden_flags=HIDDEN_FLAGS, ambulance_ids=wanted)
            found = {row.ambulance_id for row in rows}
            for ambulance_id in wanted:
                if ambulance_id not in found:
                    self._board.remove_unit(ambulance_id)
            for row in rows:
                self._board.upsert_unit(_unit_of(row))
            self._place(rows)
        return [ambulance_id in found for ambulance_id in wanted]

    def _place(self, rows: Iterable[FleetRow | Place]) -> None:
        for row in rows:
            if row.latitude is None or row.longitude is None or row.fix_at is None:
                continue
            numbers = _number(row.speed), _number(row.heading), _number(row.accuracy)
            self._board.hear(row.ambulance_id, LiveFix(row.latitude, row.longitude, *numbers, to_us(row.fix_at)))
            if isinstance(row, FleetRow) and row.behind:  # the hub that stored it died before it wrote the row
                self._behind(row.ambulance_id)


def _unit_of(row: FleetRow) -> Unit:
    return Unit(
        row.ambulance_id,
        row.plate_number,
        row.driver_name,
        row.status,
        row.capability,
        None if row.request_id is None else str(row.request_id),
        row.stage,
        row.priority,
        None if row.eta_at is None else to_us(row.eta_at),
    )


def _number(value: float | None) -> float:
    return nan if value is None else value
