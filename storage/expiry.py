"""Removes rows that nobody asks for any more, some thousands at a time so that nobody waits for a long transaction."""

from __future__ import annotations

from datetime import datetime

from storage.pool import Database, HeldConnection
from storage.sql import Query, load

ROWS_MAX = 5_000  # of one statement
_QUERIES = load("expiry")


async def remove_dead_letters(db: Database | HeldConnection, before: datetime) -> int:
    """Remove refused samples received before a moment; returns how many."""
    return await _remove(db, _QUERIES.remove_dead_letters, before)


async def remove_sessions(db: Database | HeldConnection, before: datetime) -> int:
    """Remove sign-ins that ended before a moment, and their tokens; returns how many."""
    return await _remove(db, _QUERIES.remove_sessions, before)


async def remove_tickets(db: Database | HeldConnection, before: datetime) -> int:
    """Remove tickets that ran out before a moment without being used; returns how many."""
    return await _remove(db, _QUERIES.remove_tickets, before)


async def remove_keys(db: Database | HeldConnection, before: datetime) -> int:
    """Remove idempotency keys that ran out before a moment, and the answers that they stand for; returns how many."""
    return await _remove(db, _QUERIES.remove_keys, before)


async def remove_workstations(db: Database | HeldConnection, before: datetime) -> int:
    """Remove what browsers were trusted by until a moment; returns how many."""
    return await _remove(db, _QUERIES.remove_workstations, before)


async def remove_events(db: Database | HeldConnection, before: datetime) -> int:
    """Remove events that happened before a moment and before every younger one of their channel; returns how many."""
    return await _remove(db, _QUERIES.remove_events, before)


async def _remove(db: Database | HeldConnection, query: Query, before: datetime) -> int:
    removed = 0
    while True:
        batch = await db.execute(query, before=before, rows_max=ROWS_MAX)
        removed += batch
        if batch < ROWS_MAX:
            return removed
