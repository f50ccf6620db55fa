"""Every row of the world of the access tests, as data: what is stored, and what the expectations are made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from tests.access import clinic_rows, fleet_rows, people_rows, talk_rows
from tests.access.rows import Row


@dataclass(frozen=True)
class World:
    """Two facilities at one moment."""

    now: datetime
    rows: tuple[Row, ...]

    @cached_property
    def by_table(self) -> Mapping[str, Mapping[Any, Row]]:
        """The rows of each table by id."""
        found: dict[str, dict[Any, Row]] = {}
        for row in self.rows:
            found.setdefault(row.table, {})[row.id] = row
        return found

    def of(self, table: str) -> Iterable[Row]:
        """Return the rows of a table."""
        return self.by_table.get(table, {}).values()

    def row(self, table: str, row_id: UUID | int) -> Row:
        """Return one row."""
        return self.by_table[table][row_id]

    def named(self, table: str, name: str) -> Row:
        """Return one row by its name."""
        return next(row for row in self.of(table) if row.name == name)


def build(now: datetime | None = None) -> World:
    """Return the world as it is at a moment."""
    now = now or datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=1)
    parts = (
        people_rows.rows(now),
        fleet_rows.ambulances(),
        clinic_rows.rows(now),
        fleet_rows.rows(now),
        talk_rows.rows(now),
    )
    return World(now, tuple(row for part in parts for row in part))
