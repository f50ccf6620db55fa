"""What one shift of dispatchers tells the next one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from storage import audit
from storage.pool import Database, Transaction
from storage.sql import load

_QUERIES = load("dispatch_handovers")


class HandoverRow(NamedTuple):
    """A note, with who wrote it."""

    id: UUID
    written_at: datetime
    written_by: UUID
    name: str
    note: str


Keep = Callable[[Transaction, HandoverRow], Awaitable[None]]  # stores the answer in the transaction of the note


async def write(db: Database, note: str, *, user_id: UUID, now: datetime, entry: audit.Entry, keep: Keep) -> None:
    """Store a note with its audit entry and the answer; raises `StorageError`."""
    async with db.transaction() as transaction:
        rows = await transaction.fetch(_QUERIES.write, user_id=user_id, now=now, note=note)
        await audit.record(transaction, entry)
        await keep(transaction, HandoverRow(*rows[0]))


async def newest(db: Database, rows_max: int) -> list[HandoverRow]:
    """Return the newest notes, newest first."""
    return [HandoverRow(*row) for row in await db.fetch(_QUERIES.newest, rows_max=rows_max)]
