"""A person's messages and notifications: what waits, with whom they write, and what has reached them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from storage import audit
from storage.audit import Entry
from storage.pool import Database, HeldConnection
from storage.sql import load

INBOX = "inbox"  # what everybody calls their own channel
_PREFIX = f"{INBOX}:"
_QUERIES = load("inbox")


def channel_of(user_id: UUID) -> str:
    """Return the stored name of a person's channel."""
    return f"{_PREFIX}{user_id}"


class Unread(NamedTuple):
    """How much a person has not read."""

    messages: int
    notifications: int


class Conversation(NamedTuple):
    """With whom, how much of it is unread, and its last message."""

    user_id: UUID
    name: str
    role: str
    unread: int
    id: UUID
    sender_id: UUID
    receiver_id: UUID
    content: str
    sent_at: datetime
    sequence: int
    client_id: str | None
    corrects: UUID | None
    delivered_at: datetime | None
    read_at: datetime | None


async def unread(db: Database | HeldConnection, user_id: UUID) -> Unread:
    """Return how much a person has not read; raises `StorageError`."""
    row = await db.fetch_one(_QUERIES.unread, user_id=user_id)
    return Unread(0, 0) if row is None else Unread(*row)


async def conversations(db: Database | HeldConnection, user_id: UUID, rows_max: int) -> list[Conversation]:
    """Return the conversations of a person, the newest first; raises `StorageError`."""
    return [Conversation(*row) for row in await db.fetch(_QUERIES.conversations, user_id=user_id, rows_max=rows_max)]


async def deliver_messages(db: Database, ids: Iterable[UUID], now: datetime) -> int:
    """Note that messages have reached their receivers; returns how many had not before. Raises `StorageError`."""
    return await db.execute(_QUERIES.deliver_messages, ids=list(ids), now=now)


async def deliver_notifications(db: Database, ids: Iterable[UUID], now: datetime) -> int:
    """Note that notifications have reached their people; returns how many had not before. Raises `StorageError`."""
    return await db.execute(_QUERIES.deliver_notifications, ids=list(ids), now=now)


async def read_notifications(db: Database, user_id: UUID, up_to: int, now: datetime, entry: Entry) -> int:
    """Mark a person's notifications up to a number as read; returns how many were not. Raises `StorageError`."""
    async with db.transaction() as transaction:
        await audit.record(transaction, entry)
        return await transaction.execute(_QUERIES.read_notifications, user_id=user_id, up_to=up_to, now=now)
