"""Free text between dispatchers and crews: written with the commands that bring it to the tablets, listed, read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from storage import audit
from storage.errors import Conflict
from storage.pool import Database, Transaction
from storage.sql import load

_QUERIES = load("dispatch_messages")
Body = dict[str, Any]  # of a message, as the database writes it
Keep = Callable[[Transaction, Body], Awaitable[None]]  # stores the answer in the transaction of what it tells of


class MessageKey(NamedTuple):
    """Where a page of a conversation ended."""

    received_at: datetime
    id: UUID


class MessagePage(NamedTuple):
    """A page of a conversation, and where it ended when there is more."""

    bodies: list[Body]
    ended: MessageKey | None


class NoTablet(Exception):
    """The ambulance has no tablet that shows messages."""


async def send(  # noqa: PLR0913 - who writes what to whom, and what is kept of it
    db: Database, ambulance_id: int, *, text: str, user_id: UUID, now: datetime, entry: audit.Entry, keep: Keep
) -> bool:
    """Write to the crew of an ambulance, on each of its tablets, with the audit entry and the answer.

    False where there is no such ambulance; raises `NoTablet` where nothing in it shows messages.
    """
    async with db.transaction() as transaction:
        rows = await transaction.fetch(_QUERIES.tablets, ambulance_id=ambulance_id)
        if not rows:
            return False
        tablets = [row["device_id"] for row in rows if row["device_id"] is not None]
        if not tablets:
            raise NoTablet
        live = await transaction.fetch_one(_QUERIES.live_assignment, ambulance_id=ambulance_id)
        row = await transaction.fetch_one(
            _QUERIES.send,
            ambulance_id=ambulance_id,
            assignment_id=None if live is None else live["id"],
            user_id=user_id,
            text=text,
            now=now,
            device_ids=tablets,
        )
        if row is None:
            raise Conflict("crew_messages")
        await audit.record(transaction, entry)
        await keep(transaction, row["body"])
    return True


async def list_page(db: Database, ambulance_id: int, *, before: MessageKey | None, rows_max: int) -> MessagePage | None:
    """Return up to `rows_max` messages before a key, newest first; None where there is no such ambulance."""
    received_at, message_id = before or (None, None)
    async with db.hold() as held:
        if await held.fetch_one(_QUERIES.ambulance_exists, ambulance_id=ambulance_id) is None:
            return None
        rows = await held.fetch(
            _QUERIES.list_page,
            ambulance_id=ambulance_id,
            before_received_at=received_at,
            before_id=message_id,
            rows_max=rows_max + 1,
        )
    page = rows[:rows_max]
    ended = MessageKey(page[-1]["received_at"], page[-1]["id"]) if len(rows) > rows_max else None
    return MessagePage([row["body"] for row in page], ended)


async def mark_read(db: Database, message_id: UUID, *, now: datetime, entry: audit.Entry) -> Body | None:
    """Note that a dispatcher has read what a crew wrote; return it as it is then, None where there is none."""
    async with db.transaction() as transaction:
        if await transaction.fetch_one(_QUERIES.mark_read, id=message_id, now=now) is not None:
            await audit.record(transaction, entry)
    row = await db.fetch_one(_QUERIES.find_one, id=message_id)
    return None if row is None else row["body"]
