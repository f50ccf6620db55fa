"""The records of every declared table: read within a caller's reach, and written in transactions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from storage.pool import Database, HeldConnection, Record, Transaction
from storage.records import changes, statements
from storage.records.changes import Inspection
from storage.records.entity import Check, Entity
from storage.records.reach import Caller, Reach
from storage.records.rows import Fields, Found, document, found, layout, parameter, place_of
from storage.records.statements import Listing
from storage.sql import Query

Key = object  # a uuid, or an int: what the table's ids are


class Access(NamedTuple):
    """Who works with which table, and how far they reach."""

    entity: Entity
    caller: Caller
    reads: tuple[Reach, ...]
    writes: tuple[Reach, ...] = ()  # of the one verb that is being done


class Page(NamedTuple):
    """A page of a list."""

    items: list[Found]
    ended: tuple[object, object] | None  # what the last one is sorted by, and its id; None where no other page follows
    total: int | None  # of all pages, where it was asked for


class Seen(NamedTuple):
    """A row as a write looks at it."""

    values: Fields  # every column, also those that the caller does not read
    shown: frozenset[str]  # the columns that the caller reads; none of a row that is invisible
    writes: tuple[Reach, ...]  # of the reaches of the write, those that the row is in
    broken: tuple[Check, ...]  # of the checks that count, those that do not hold
    closed: frozenset[str]  # columns that cannot be changed as the row is
    patient: object  # whose clinical data it is, where it is any


async def find_one(
    db: Database | HeldConnection, access: Access, key: Key, embeds: tuple[str, ...] = ()
) -> Found | None:
    """Return one record, None when it is missing or out of reach."""
    select = statements.one(access.entity, access.reads, embeds)
    row = await db.fetch_one(select.query, **_arguments(select.query, access.caller, {"id": key}))
    return None if row is None else found(row, layout(access.entity, select.shape))


async def list_page(
    db: Database | HeldConnection, access: Access, listing: Listing, values: Mapping[str, object], rows_max: int
) -> Page:
    """Return a page in its order; `values` holds what the statement takes: filters, words, position."""
    select = statements.page(access.entity, access.reads, listing)
    given = {**values, "rows_max": rows_max + 1}
    rows = await db.fetch(select.query, **_arguments(select.query, access.caller, given))
    total = None
    if listing.counted:
        total = rows[0]["_total"]
        rows = [row for row in rows if row["id"] is not None]
    how = layout(access.entity, select.shape)
    ended = None
    if len(rows) > rows_max:
        del rows[rows_max:]
        ended = (rows[-1]["_position"], rows[-1]["id"])
    return Page([found(row, how) for row in rows], ended, total)


async def lock(transaction: Transaction, access: Access, key: Key) -> Seen | None:
    """Lock a row until the transaction ends; None when there is none. Whether the caller sees it, `shown` says."""
    look = changes.inspection(access.entity, access.reads, access.writes, None)
    return await _look(transaction, access, look, key)


async def look_again(transaction: Transaction, access: Access, key: Key, changed: frozenset[str]) -> Seen | None:
    """Return a row after it was written, with the checks that the change may have broken."""
    look = changes.inspection(access.entity, access.reads, access.writes, changed)
    return await _look(transaction, access, look, key)


async def weigh(transaction: Transaction, access: Access, values: Fields) -> Seen:
    """Look at a row before it is stored: which reaches it is in, and which checks it breaks."""
    look = changes.candidate(access.entity, access.writes)
    given = {"row": document(access.entity, values)}
    row = await transaction.fetch_one(look.query, **_arguments(look.query, access.caller, given))
    if row is None:
        raise LookupError(f"{access.entity.name}: its joins lose a row")
    return Seen(values, frozenset(), _held(row, look), _broken(row, look), frozenset(), None)


async def insert(transaction: Transaction, access: Access, values: Fields) -> tuple[Key, bool]:
    """Store a row; return its id, and whether it is new or was there by its key; raises `Conflict` and `Poison`."""
    entity = access.entity
    query = changes.insert(entity, tuple(sorted(values)))
    row = await transaction.fetch_one(query, **_arguments(query, access.caller, _written(values)))
    if row is not None:
        return row["id"], True
    query = changes.resent(entity)
    row = await transaction.fetch_one(query, **_arguments(query, access.caller, {"row": document(entity, values)}))
    if row is None:
        raise LookupError(f"{entity.name}: nothing was stored")
    return row["id"], False


async def update(transaction: Transaction, access: Access, key: Key, changed: Fields) -> None:
    """Change columns of a row; raises `Conflict` and `Poison`."""
    given = {"id": key, **_written(changed)}
    for query in changes.updates(access.entity, tuple(sorted(changed))):
        await transaction.execute(query, **_arguments(query, access.caller, given))


async def delete(transaction: Transaction, access: Access, key: Key) -> None:
    """Remove a row; raises `Conflict` while another one points at it."""
    await transaction.execute(changes.delete(access.entity), id=key)


async def _look(transaction: Transaction, access: Access, look: Inspection, key: Key) -> Seen | None:
    row = await transaction.fetch_one(look.query, **_arguments(look.query, access.caller, {"id": key}))
    if row is None:
        return None
    how = layout(access.entity, look.shape)
    values = dict(zip(how.names, row, strict=False))
    for name in how.places:
        values[name] = place_of(values[name])
    groups = enumerate(look.shape.groups)
    return Seen(
        values,
        frozenset[str]().union(*(group.fields for place, group in groups if row[f"_g{place}"])),
        _held(row, look),
        _broken(row, look),
        frozenset(name for name in look.limited if not row[f"_o_{name}"]),
        row["_patient"] if how.patient else None,
    )


def _held(row: Record, look: Inspection) -> tuple[Reach, ...]:
    return tuple(reach for place, reach in enumerate(look.writes) if row[f"_w{place}"])


def _broken(row: Record, look: Inspection) -> tuple[Check, ...]:
    return tuple(check for place, check in enumerate(look.checks) if not row[f"_c{place}"])


def _written(values: Fields) -> Fields:
    return {f"v_{name}": parameter(value) for name, value in values.items()}


def _arguments(query: Query, caller: Caller, values: Mapping[str, object]) -> Fields:
    """Return what a statement takes, from what is known; the caller's ids only as far as it speaks of them."""
    return {name: values[name] if name in values else getattr(caller, name) for name in query.parameters}
