"""What every kind of list has in common: how its lines are read, and compared with each other and the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from arogya.importing.cells import CellError, value_of
from arogya.importing.sheet import Line
from storage.imports import Rows
from storage.pool import Database


class Mistake(NamedTuple):
    """Something that keeps a line from being stored."""

    line: int
    column: str  # empty: of the line as a whole
    says: str


@dataclass(slots=True)
class Record:
    """One good line, as values by column; columns that were empty are not in it."""

    line: int
    values: dict[str, object] = field(default_factory=dict)

    def text(self, column: str) -> str:
        """Return a text of the line, empty where there is none."""
        return str(self.values.get(column, ""))


class Kind(Protocol):
    """One kind of list."""

    columns: tuple[str, ...]
    needed: tuple[str, ...]
    example: tuple[str, ...]  # a line that is good, in the order of the columns

    def read(self, line: Line) -> tuple[Record, list[Mistake]]:
        """Read one line."""

    async def compare(self, db: Database, records: Sequence[Record]) -> list[Mistake]:
        """Return what the database has against them; may complete the records with what it knows."""

    def rows(self, records: Sequence[Record]) -> list[Rows]:
        """Return what is stored, table after table."""


Reading = Callable[[str], object]  # raises CellError


def cells_of(line: Line, tables: dict[str, str], special: dict[str, Reading]) -> tuple[Record, list[Mistake]]:
    """Read each cell by its table's declaration, or by its own reading; every mistake of the line is returned."""
    record, mistakes = Record(line.number), []
    for column, text in line.cells.items():
        try:
            reading = special.get(column)
            record.values[column] = value_of(tables[column], column, text) if reading is None else reading(text)
        except CellError as error:
            mistakes.append(Mistake(line.number, column, str(error)))
    if line.excess:
        mistakes.append(Mistake(line.number, "", "has more cells than there are columns"))
    return record, mistakes


def missing(line: Line, columns: Iterable[str]) -> list[Mistake]:
    """Return a mistake for each of these columns that is empty."""
    return [Mistake(line.number, column, "is empty") for column in columns if column not in line.cells]


def repeated(records: Sequence[Record], column: str) -> list[Mistake]:
    """Return a mistake for each line whose value, whatever its case, an earlier one has."""
    seen: dict[str, int] = {}
    mistakes = []
    for record in records:
        key = record.text(column).casefold()
        if not key:
            continue
        if key in seen:
            mistakes.append(Mistake(record.line, column, f"is the same as in line {seen[key]}"))
        seen.setdefault(key, record.line)
    return mistakes


def standing(records: Sequence[Record], column: str, taken: set[str], says: str) -> list[Mistake]:
    """Return a mistake for each line whose value is taken in the database."""
    return [Mistake(record.line, column, says) for record in records if record.values.get(column) in taken]
