"""The seals of the audit log as they are stored, and the entries as they are sealed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from storage.pool import Database, HeldConnection
from storage.sql import load

_QUERIES = load("audit_seals")
# An entry: id, at (µs since 1970), actor_kind, actor_id, session_id, action, entity, entity_id, patient_id, outcome,
# reason, request_id, network, detail; uuids, addresses and the detail as PostgreSQL writes them.
Line = tuple[Any, ...]


class Seal(NamedTuple):
    """A link of the chain over committed entries."""

    id: int  # contiguous from 1
    sealed_at: int  # µs since 1970
    entry_ids: list[int]  # ascending
    digests: bytes  # 32 of each entry
    previous: bytes  # the hash of the seal before
    hash: bytes


async def anything_waits(db: Database) -> bool:
    """Tell whether an entry waits for a seal; raises `StorageError`."""
    row = await db.fetch_one(_QUERIES.anything_waits)
    return row is not None and bool(row["waits"])


async def head(db: Database | HeldConnection) -> Seal | None:
    """Return the newest seal; raises `StorageError`."""
    row = await db.fetch_one(_QUERIES.head)
    return None if row is None else Seal(*row)


async def waiting(db: HeldConnection, rows_max: int) -> list[Line]:
    """Return the oldest entries that wait for a seal, by id; raises `StorageError`."""
    return [tuple(row) for row in await db.fetch(_QUERIES.waiting, rows_max=rows_max)]


async def append(db: HeldConnection, seal: Seal) -> None:
    """Store a seal and let its entries wait no more, both or neither.

    Raises `Conflict` when the chain has gone on meanwhile, and as `head`.
    """
    await db.execute(
        _QUERIES.append,
        id=seal.id,
        sealed_at=seal.sealed_at,
        entry_ids=seal.entry_ids,
        digests=seal.digests,
        previous=seal.previous,
        hash=seal.hash,
    )


async def seals(db: Database, *, after: int, until: int, rows_max: int) -> list[Seal]:
    """Return the seals with ids in (after, until], by id; raises `StorageError`."""
    rows = await db.fetch(_QUERIES.seals, after=after, until=until, rows_max=rows_max)
    return [Seal(*row) for row in rows]


async def lines(db: Database, entry_ids: Sequence[int]) -> dict[int, Line]:
    """Return entries as they are sealed, by their id; those that are not there are left out. Raises `StorageError`."""
    return {row[0]: tuple(row) for row in await db.fetch(_QUERIES.lines, entry_ids=list(entry_ids))}


async def strays(db: Database, rows_max: int) -> list[int]:
    """Return the ids of entries that neither have a seal nor wait for one; raises `StorageError`."""
    return [row["id"] for row in await db.fetch(_QUERIES.strays, rows_max=rows_max)]


class Waiting(NamedTuple):
    """An entry that waits for its seal too long, or that is gone from the log."""

    entry_id: int
    is_gone: bool


async def overdue(db: Database, late_s: float, rows_max: int) -> list[Waiting]:
    """Return entries that have waited for longer than `late_s`, or that are gone; raises `StorageError`."""
    rows = await db.fetch(_QUERIES.overdue, late_s=late_s, rows_max=rows_max)
    return [Waiting(row["entry_id"], row["is_gone"]) for row in rows]
