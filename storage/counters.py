"""Where the counting of a motion stream goes on: the session it belongs to, what is to be reached, and its counters."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from storage.pool import Database
from storage.sql import load

_QUERIES = load("counters")


class SessionOf(NamedTuple):
    """A physio session, as the streams of its sensor see it."""

    id: UUID
    status: str
    started_at: datetime | None
    ended_at: datetime | None
    included_angle: bool  # its sensor sends the included angle (180 = straight)


class TargetRow(NamedTuple):
    """What a joint of a session is to reach since `set_at` (µs since 1970, None: from the beginning); degrees."""

    joint: str
    set_at: int | None
    rest_angle: float | None
    target_angle: float | None
    target_reps: int | None


class Kept(NamedTuple):
    """How a stream's counters stood after a sample that is stored."""

    live_seq: int
    live_state: bytes | None  # None: nothing was counted yet


async def find_session(db: Database, session_id: UUID, device_id: int) -> SessionOf | None:
    """Return the session that a device is bound to; None when it is not, or may send nothing. Raises `StorageError`."""
    row = await db.fetch_one(_QUERIES.find_session, session_id=session_id, device_id=device_id)
    return None if row is None else SessionOf(**row)


async def read_session(db: Database, session_id: UUID) -> SessionOf | None:
    """Return a session with a sensor, None without one. Raises `StorageError`."""
    row = await db.fetch_one(_QUERIES.read_session, session_id=session_id)
    return None if row is None else SessionOf(**row)


async def list_targets(db: Database, session_id: UUID) -> list[TargetRow]:
    """Return what the joints of a session are to reach, oldest first. Raises `StorageError`."""
    return [TargetRow(**row) for row in await db.fetch(_QUERIES.list_targets, session_id=session_id)]


async def tallies(db: Database, session_id: UUID) -> dict[str, tuple[int, int]]:
    """Return how many repetitions each joint of a session has had, and how many were valid. Raises `StorageError`."""
    rows = await db.fetch(_QUERIES.tallies, session_id=session_id)
    return {row["joint"]: (row["number"], row["valid"]) for row in rows}


async def find_counters(db: Database, stream_id: int) -> Kept:
    """Return how a stream's counters stood when they were kept last. Raises `StorageError`."""
    row = await db.fetch_one(_QUERIES.find_counters, stream_id=stream_id)
    return Kept(0, None) if row is None else Kept(**row)
