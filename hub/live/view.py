"""Which fields of the fleet's rows a viewer gets, as the access matrix says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from hub.protocol.live_frames import Keys, Rows

Row = list[object]
UNITS = "units"  # rows of [id, plate_number, driver_name, status, capability, request_id, stage, priority, eta_at]
FIXES = "fixes"  # rows of [id, latitude, longitude, speed, heading, accuracy, fix_at, alarm_at]
UNIT_FIELDS = ("plate_number", "driver_name", "status", "capability", "request_id", "stage", "priority", "eta")
POSITION = "current_location"
ALARM_AT = 7  # the crew's call for help is no part of a position


class View:
    """One way to see rows; viewers with the same view share their frames."""

    def __init__(self, name: str, tables: Mapping[str, Callable[[Row], Row]] | None = None) -> None:
        self.name = name  # for logs and tests
        self._tables = tables  # by table what is made of a row; a table that is missing is hidden; None: all as it is

    @property
    def restricted(self) -> bool:
        """Tell whether it leaves something out: then somebody has to ask whether the right still holds."""
        return self._tables is not None

    def rows(self, rows: Rows) -> Rows:
        """Return rows as this view has them; a table that is hidden has none."""
        if self._tables is None:
            return rows
        seen = self._tables
        return {table: [seen[table](row) for row in every] if table in seen else [] for table, every in rows.items()}

    def keys(self, keys: Keys) -> Keys:
        """Return keys of the tables that are not hidden."""
        if self._tables is None:
            return keys
        return {table: keys[table] for table in self._tables if table in keys}


FULL = View("full")
OWN = View("own", {})  # of events, which are the same for everybody: by a right that may end any time


@cache
def view_of(fields: frozenset[str] | None) -> View:
    """Return the view with these fields of ambulances beside the id, by the names that the API gives them."""
    if fields is None:
        return FULL
    shown = tuple(name in fields for name in UNIT_FIELDS)

    def unit(row: Row) -> Row:
        return [row[0], *(value if seen else None for value, seen in zip(row[1:], shown, strict=True))]

    def fix(row: Row) -> Row:
        return [*row[:ALARM_AT], None]

    tables = {UNITS: unit} | ({FIXES: fix} if POSITION in fields else {})
    return View(",".join(sorted(fields)), tables)
