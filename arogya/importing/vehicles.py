"""Ambulances from a list."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from arogya.importing.cells import degrees
from arogya.importing.lists import Mistake, Reading, Record, cells_of, missing, repeated, standing
from arogya.importing.places import find_facilities, half_a_place, place_of
from arogya.importing.sheet import Line
from storage import imports
from storage.imports import Rows
from storage.pool import Database

_OWN = ("plate_number", "driver_name", "capability")
_SPECIAL: dict[str, Reading] = {
    "facility": str,
    "base_latitude": partial(degrees, most=90.0),
    "base_longitude": partial(degrees, most=180.0),
}


class Ambulances:
    """One vehicle a line."""

    columns: tuple[str, ...] = (*_OWN, "facility", "base_latitude", "base_longitude")
    needed: tuple[str, ...] = ("plate_number",)
    example: tuple[str, ...] = ("MH-12-AH-1001", "Anil Rao", "advanced", "City Hospital", "18.5204", "73.8567")

    def read(self, line: Line) -> tuple[Record, list[Mistake]]:
        """Read one line."""
        record, mistakes = cells_of(line, dict.fromkeys(_OWN, "ambulances"), dict(_SPECIAL))
        place = half_a_place(line, "base_latitude", "base_longitude")
        return record, [*missing(line, self.needed), *place, *mistakes]

    async def compare(self, db: Database, records: Sequence[Record]) -> list[Mistake]:
        """A plate is on one vehicle, and a facility exists."""
        for record, key in zip(records, await imports.new_ambulance_ids(db, len(records)), strict=True):
            record.values["id"] = key
        taken = await imports.taken_plates(db, [record.text("plate_number") for record in records])
        return [
            *repeated(records, "plate_number"),
            *standing(records, "plate_number", taken, "is on an ambulance already"),
            *await find_facilities(db, records, "facility"),
        ]

    def rows(self, records: Sequence[Record]) -> list[Rows]:
        """Return the ambulances."""
        values = [
            (
                record.values["id"],
                record.values["plate_number"],
                record.values.get("driver_name"),
                record.values.get("capability", "basic"),
                record.values.get("facility"),
                place_of(record, "base_latitude", "base_longitude"),
            )
            for record in records
        ]
        return [Rows("ambulances", ("id", *_OWN, "facility_id", "base_location"), values)]
