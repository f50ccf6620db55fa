"""A row of the world of the access tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.access.people import uid


@dataclass(frozen=True, eq=False)
class Row:
    """What a table holds, under a name of its own."""

    table: str
    name: str
    values: Mapping[str, Any]  # by column, with its id

    @property
    def id(self) -> UUID | int:
        """The key."""
        found: UUID | int = self.values["id"]
        return found

    def __getitem__(self, column: str) -> Any:
        return self.values.get(column)

    def __repr__(self) -> str:
        return f"{self.table}/{self.name}"


def row(table: str, name: str, /, **values: Any) -> Row:
    """Return a row, with an id that follows from its name where none is given."""
    return Row(table, name, {"id": uid(name), **values})
