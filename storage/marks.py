"""Streams and their high-water marks: claiming one, and reading what is durable."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from storage.errors import Unavailable
from storage.pool import Database
from storage.sql import load

_QUERIES = load("streams")
# Between two tries to claim a stream that is locked, 2 s in all: a claim that waited in PostgreSQL would hold up
# everybody's, and a connection with it.
_PAUSES_S = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.6)


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
    if kind == "fixes":
        return await _claim_fixes(db, device_id, log_id)
    row = await db.fetch_one(
        _QUERIES.claim,
        device_id=device_id,
        log_id=log_id,
        kind=kind,
        physio_session_id=physio_session_id,
        joints=joints,
    )
    return None if row is None else Claim(**row)


async def _claim_fixes(db: Database, device_id: int, log_id: str) -> Claim | None:
    """Claim with everybody who claims now; a log that its former owner is writing to is asked for again."""
    for pause_s in _PAUSES_S:
        rows = await db.fetch_together(_QUERIES.claim_fixes, device_id=device_id, log_id=log_id)
        if not rows:
            return None
        if rows[0]["stream"] is not None:
            return Claim(*rows[0][1:])
        await asyncio.sleep(pause_s)
    raise Unavailable("a batch of the stream's former owner has not ended")


async def read_marks(db: Database, ids: Sequence[int]) -> dict[int, Mark]:
    """Return the mark of each stream that exists."""
    return {row["id"]: Mark(row["fence"], row["last_seq"]) for row in await db.fetch(_QUERIES.read_marks, ids=ids)}


async def fenced(db: Database, ids: Sequence[int], fences: Sequence[int]) -> dict[int, bool]:
    """Return those of `ids` whose fence is not the one held here (`fences`, in the same order).

    True: somebody else has raised it. False: the database was restored, and knows less than it had promised.
    """
    rows = await db.fetch(_QUERIES.fenced, ids=ids, fences=fences)
    return {row["id"]: row["raised"] for row in rows}
