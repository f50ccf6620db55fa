"""Trackers that people carry already: which one a secret stands for, and what it sent last."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from storage.pool import Database
from storage.sql import load

_QUERIES = load("trackers")


class Tracker(NamedTuple):
    """A tracker that counts now."""

    device_id: int
    protocol: str  # traccar or owntracks
    ambulance_id: int | None


class StoredFix(NamedTuple):
    """A fix as it is stored, as far as a repeat of it says the same; times in µs since 1970."""

    seq: int
    recorded_at: int
    latitude: float
    longitude: float
    flags: int
    received_at: int


async def find_by_secret(db: Database, secret_hash: bytes, now: datetime) -> Tracker | None:
    """Return the tracker that a secret stands for, or None; raises `StorageError`."""
    rows = await db.fetch_together(_QUERIES.find_by_secret, hash=secret_hash, now=now)
    return Tracker(*rows[0][1:]) if rows else None


async def newest_fixes(db: Database, stream_id: int, rows_max: int) -> list[StoredFix]:
    """Return the newest fixes of a stream, oldest first."""
    rows = await db.fetch(_QUERIES.newest_fixes, stream_id=stream_id, rows_max=rows_max)
    return [StoredFix(*row) for row in rows]
