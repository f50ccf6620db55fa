"""Single-use tickets for WebSocket handshakes from browsers."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from storage.pool import Database
from storage.sql import load

_QUERIES = load("tickets")


class Ticket(NamedTuple):
    """What a ticket is bound to."""

    purpose: str  # live or device
    session_id: UUID | None
    device_id: int | None
    origin: str
    expires_at: datetime


async def issue(db: Database, ticket_hash: bytes, ticket: Ticket) -> None:
    """Store a ticket by its SHA-256."""
    await db.execute(_QUERIES.insert_ticket, hash=ticket_hash, **ticket._asdict())


async def burn(db: Database, ticket_hash: bytes) -> Ticket | None:
    """Take a ticket out, also an expired one, and return what it was; None when there is none (any more)."""
    rows = await db.fetch_together(_QUERIES.burn, hash=ticket_hash)
    return Ticket(*rows[0][1:]) if rows else None


async def forget_expired(db: Database, now: datetime) -> None:
    """Drop the tickets that were never redeemed."""
    await db.execute(_QUERIES.forget_expired, now=now)
