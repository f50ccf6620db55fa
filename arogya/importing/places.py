"""Facilities from a list, and facilities that other lists name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID, uuid4

from arogya.importing.cells import degrees
from arogya.importing.lists import Mistake, Record, cells_of, missing, repeated, standing
from arogya.importing.sheet import Line
from storage import imports
from storage.imports import Rows
from storage.pool import Database

_OWN = ("name", "type", "address", "phone", "time_zone")
_PLACE = {"latitude": partial(degrees, most=90.0), "longitude": partial(degrees, most=180.0)}


class Facilities:
    """One clinic or hospital a line."""

    columns: tuple[str, ...] = (*_OWN, "latitude", "longitude")
    needed: tuple[str, ...] = ("name", "type")
    example: tuple[str, ...] = (
        "City Hospital",
        "hospital",
        "1 Hospital Road",
        "+91 20 5550 1000",
        "Asia/Kolkata",
        "18.5204",
        "73.8567",
    )

    def read(self, line: Line) -> tuple[Record, list[Mistake]]:
        """Read one line."""
        record, mistakes = cells_of(line, dict.fromkeys(_OWN, "facilities"), dict(_PLACE))
        return record, [*missing(line, self.needed), *half_a_place(line, "latitude", "longitude"), *mistakes]

    async def compare(self, db: Database, records: Sequence[Record]) -> list[Mistake]:
        """Two facilities may have one name; in a list it is rather a line that was imported before."""
        there = await imports.facilities_named(db, sorted({record.text("name") for record in records}))
        taken = standing(records, "name", set(there), "is a facility already")
        return [*repeated(records, "name"), *taken]

    def rows(self, records: Sequence[Record]) -> list[Rows]:
        """Return the facilities."""
        columns = ("id", *_OWN, "location")
        values = [
            (
                uuid4(),
                *(record.values.get(name) for name in _OWN[:-1]),
                record.values.get("time_zone", "Asia/Kolkata"),
                place_of(record, "latitude", "longitude"),
            )
            for record in records
        ]
        return [Rows("facilities", columns, values)]


def half_a_place(line: Line, latitude: str, longitude: str) -> list[Mistake]:
    """Return a mistake when only one of two coordinates is there."""
    given = {latitude, longitude} & line.cells.keys()
    if len(given) != 1:
        return []
    other = longitude if latitude in given else latitude
    return [Mistake(line.number, other, f"is empty although {given.pop()} is not")]


def place_of(record: Record, latitude: str, longitude: str) -> tuple[object, object] | None:
    """Return a point as PostgreSQL has it, x = longitude; None without coordinates."""
    if latitude not in record.values:
        return None
    return record.values[longitude], record.values[latitude]


async def find_facilities(db: Database, records: Sequence[Record], column: str) -> list[Mistake]:
    """Replace the names of facilities in a column by their ids; return a mistake for each that is none, or several."""
    found = await imports.facilities_named(db, sorted({record.text(column) for record in records} - {""}))
    mistakes = []
    for record in records:
        name = record.values.get(column)
        if name is None:
            continue
        ids: list[UUID] = found.get(str(name), [])
        if len(ids) == 1:
            record.values[column] = ids[0]
        else:
            says = (
                "is the name of several facilities"
                if ids
                else "must be a facility's name as it is stored, letter for letter; import the facilities first"
            )
            mistakes.append(Mistake(record.line, column, says))
    return mistakes
