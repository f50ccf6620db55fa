"""Streams and their high-water marks: claiming one, and reading what is durable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from storage.pool import Database
from storage.sql import load

_QUERIES = load("streams")


class Claim(NamedTuple):
    """A stream as its new owner gets it."""

    stream: int
    fence: int  # what this owner must hold to store
    acked: int  # the high-water mark: the device goes on after it
    ambulance_id: int | None  # where the device is mounted now; None for motion


class Mark(NamedTuple):
    """What PostgreSQL knows of a stream."""

    fence: int
    last_seq: int


async def claim(
    db: Database,
    device_id: int,
    log_id: str,
    kind: str,
    physio_session_id: UUID | None = None,
    joints: Sequence[str] | None = None,
) -> Claim | None:
    """Open the stream of a log, or take it over from whoever has it; `joints` and the session are for motion.

    Returns None when the device may not send this: revoked, of another kind, in no ambulance, or the log was opened as
    something else. Raises `StorageError`.
    """
    row = await db.fetch_one(
        _QUERIES.claim,
        device_id=device_id,
        log_id=log_id,
        kind=kind,
        physio_session_id=physio_session_id,
        joints=joints,
    )
    return None if row is None else Claim(**row)


async def read_marks(db: Database, ids: Sequence[int]) -> dict[int, Mark]:
    """Return the mark of each stream that exists."""
    return {row["id"]: Mark(row["fence"], row["last_seq"]) for row in await db.fetch(_QUERIES.read_marks, ids=ids)}


async def fenced(db: Database, ids: Sequence[int], fences: Sequence[int]) -> list[int]:
    """Return those of `ids` that somebody else has taken over; `fences` are the fences held here, in the same order."""
    rows = await db.fetch(_QUERIES.fenced, ids=ids, fences=fences)
    return [row["id"] for row in rows]
