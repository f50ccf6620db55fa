"""From a file to stored rows: everything is checked before anything is stored, and then all of it is, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from arogya.importing import sheet
from arogya.importing.lists import Kind, Mistake, Record
from arogya.importing.people import People
from arogya.importing.places import Facilities
from arogya.importing.vehicles import Ambulances
from storage import imports
from storage.imports import Rows
from storage.pool import Database

KINDS: dict[str, Kind] = {"people": People(), "facilities": Facilities(), "ambulances": Ambulances()}
AUDIT_COLUMNS = ("at", "actor_kind", "action", "entity", "entity_id", "patient_id", "detail")
_ACTIONS = {"users": "users.C", "facilities": "facilities.C", "ambulances": "ambulances.C"}


class Checked(NamedTuple):
    """What a file holds, before anything is stored."""

    records: list[Record]
    mistakes: list[Mistake]  # by line


def read(kind: Kind, path: Path, told: Callable[[int, int], None]) -> Checked:
    """Read a file, line by line; `told` hears how many are read, of how many. Raises `SheetError`."""
    lines = sheet.read(path, kind.columns, kind.needed)
    if not lines:
        raise sheet.SheetError(f"{path}: there are no lines below the names of the columns")
    good: list[Record] = []
    mistakes: list[Mistake] = []
    for count, line in enumerate(lines, 1):
        record, wrong = kind.read(line)
        mistakes += wrong
        if not wrong:
            good.append(record)
        if count % 1_000 == 0 or count == len(lines):
            told(count, len(lines))
    return Checked(good, mistakes)


async def compare(db: Database, kind: Kind, read: Checked) -> Checked:
    """Compare the good lines of a file with each other and with the database."""
    return Checked(read.records, sorted([*read.mistakes, *await kind.compare(db, read.records)]))


async def keep(db: Database, kind: Kind, records: Sequence[Record], now: datetime, told: imports.Told) -> None:
    """Store all records, each with its line of the audit log; raises `StorageError`."""
    tables = kind.rows(records)
    await imports.store(db, [*tables, *_audit(tables, now)], told)


def _audit(tables: Sequence[Rows], now: datetime) -> list[Rows]:
    first = tables[0]
    patients = {row[0] for rows in tables if rows.table == "patients" for row in rows.values}
    detail = {"import": len(first.values)}
    entries: list[tuple[object, ...]] = [
        (now, "system", _ACTIONS[first.table], first.table, str(row[0]), row[0] if row[0] in patients else None, detail)
        for row in first.values
    ]
    return [Rows("audit_log", AUDIT_COLUMNS, entries)]


def total(kind: Kind, records: Sequence[Record]) -> int:
    """Return how many rows `keep` stores."""
    tables = kind.rows(records)
    return sum(len(rows.values) for rows in tables) + len(tables[0].values)
