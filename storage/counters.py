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


class Opened(NamedTuple):
    """What a stream that is opened begins with: how its session stands, and where its counting goes on."""

    session: SessionOf
    targets: list[TargetRow]  # oldest first
    tallies: dict[str, tuple[int, int]]  # how many repetitions each joint has had, and how many were valid
    live_seq: int  # the sample after which the counters of the stream were kept last
    live_state: bytes | None  # how they stood then; None: nothing was counted yet


async def find_session(db: Database, session_id: UUID, device_id: int) -> SessionOf | None:
    """Return the session that a device is bound to; None when it is not, or may send nothing. Raises `StorageError`."""
    rows = await db.fetch_together(_QUERIES.find_session, session_id=session_id, device_id=device_id)
    return SessionOf(*rows[0][1:]) if rows else None


async def read_session(db: Database, session_id: UUID) -> SessionOf | None:
    """Return a session with a sensor, None without one. Raises `StorageError`."""
    row = await db.fetch_one(_QUERIES.read_session, session_id=session_id)
    return None if row is None else SessionOf(**row)


async def read_opened(db: Database, session_id: UUID, stream_id: int) -> Opened | None:
    """Return what a stream that is opened begins with; None where its session has no sensor any more.

    Raises `StorageError`.
    """
    rows = await db.fetch_together(_QUERIES.read_opened, session_id=session_id, stream_id=stream_id)
    if not rows:
        return None
    _, *session, targets, tallies, live_seq, live_state = rows[0]
    return Opened(
        SessionOf(*session),
        [TargetRow(*target) for target in targets],
        {joint: (number, valid) for joint, number, valid in tallies},
        live_seq,
        live_state,
    )


async def list_targets(db: Database, session_id: UUID) -> list[TargetRow]:
    """Return what the joints of a session are to reach, oldest first. Raises `StorageError`."""
    return [TargetRow(**row) for row in await db.fetch(_QUERIES.list_targets, session_id=session_id)]
