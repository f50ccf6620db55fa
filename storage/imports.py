"""Many rows at once, by COPY, all or nothing: what `arogya import` stores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from storage.pool import Database
from storage.sql import Query, load

_QUERIES = load("imports")
ASKED_AT_ONCE = 10_000
COPIED_AT_ONCE = 10_000


class Rows(NamedTuple):
    """Rows of one table, in the order of the columns."""

    table: str
    columns: tuple[str, ...]
    values: Sequence[tuple[object, ...]]


Told = Callable[[int], None]  # so many more rows are stored


async def taken_emails(db: Database, wanted: Sequence[str]) -> set[str]:
    """Return those of the addresses, in lower case, that have an account."""
    return await _taken(db, _QUERIES.taken_emails, wanted)


async def taken_licenses(db: Database, wanted: Sequence[str]) -> set[str]:
    """Return those of the licence numbers that a doctor has."""
    return await _taken(db, _QUERIES.taken_licenses, wanted)


async def taken_plates(db: Database, wanted: Sequence[str]) -> set[str]:
    """Return those of the plates that are on an ambulance."""
    return await _taken(db, _QUERIES.taken_plates, wanted)


async def new_ambulance_ids(db: Database, count: int) -> list[int]:
    """Return ids that no ambulance has or will get."""
    return [row["id"] for row in await db.fetch(_QUERIES.new_ambulance_ids, count=count)]


async def facilities_named(db: Database, wanted: Sequence[str]) -> dict[str, list[UUID]]:
    """Return the facilities of each name; a name without one is not in it."""
    found: dict[str, list[UUID]] = {}
    for part in _parts(wanted):
        for row in await db.fetch(_QUERIES.facilities_by_name, wanted=part):
            found.setdefault(row["name"], []).append(row["id"])
    return found


async def store(db: Database, tables: Sequence[Rows], told: Told) -> None:
    """Store all rows in one transaction, table after table; raises `StorageError`, `Conflict` for a taken key."""
    async with db.transaction() as transaction:
        await transaction.know_citext()
        for rows in tables:
            for start in range(0, len(rows.values), COPIED_AT_ONCE):
                part = rows.values[start : start + COPIED_AT_ONCE]
                await transaction.copy(rows.table, rows.columns, part)
                told(len(part))


async def _taken(db: Database, query: Query, wanted: Sequence[str]) -> set[str]:
    taken: set[str] = set()
    for part in _parts(wanted):
        taken.update(row["taken"] for row in await db.fetch(query, wanted=part))
    return taken


def _parts(wanted: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(wanted), ASKED_AT_ONCE):
        yield list(wanted[start : start + ASKED_AT_ONCE])
