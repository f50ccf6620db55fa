"""What the final count of a session reads and writes: its logs, and the repetitions in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from storage.pool import Database, Transaction
from storage.sql import load

_QUERIES = load("physio_counting")
COPY_ROWS: Final = 500  # in one COPY, which is encoded in one go: a few ms
COLUMNS: Final = (
    *("stream_id", "joint", "number", "first_seq", "last_seq", "started_at", "peak_at", "ended_at", "peak_angle"),
    *("range_deg", "hold_s", "out_s", "back_s", "smoothness", "valid"),
)


class Log(NamedTuple):
    """What was measured in a session, up to a sample."""

    id: int
    joints: tuple[str, ...]
    last_seq: int
    is_plain: bool = False  # inserted by SQL: each frame is one sample, whose last value is that of its joint
    stated: frozenset[str] = frozenset()  # joints whose repetitions came with it


class CountedRow(NamedTuple):
    """A repetition as it is stored; the columns are `COLUMNS`."""

    stream_id: int
    joint: str
    number: int
    first_seq: int
    last_seq: int
    started_at: datetime
    peak_at: datetime
    ended_at: datetime
    peak_angle: float
    range_deg: float
    hold_s: float
    out_s: float
    back_s: float
    smoothness: float
    valid: bool


async def list_logs(db: Database, session_id: UUID) -> list[Log]:
    """Return what was measured in a session so far; raises `StorageError`."""
    rows = await db.fetch(_QUERIES.list_logs, session_id=session_id)
    return [
        Log(row["id"], tuple(row["joints"]), row["last_seq"], row["is_plain"], frozenset(row["stated"])) for row in rows
    ]


async def keep(
    transaction: Transaction, session_id: UUID, marks: Mapping[int, int], rows: Sequence[CountedRow] | None
) -> None:
    """Write the repetitions of logs anew, counted up to `marks` by log; with None, they stay as they are.

    Raises `Conflict` while others write them.
    """
    logs = list(marks)
    if rows is not None:
        await transaction.execute(_QUERIES.forget_counted, stream_ids=logs)
    for first in range(0, len(rows or ()), COPY_ROWS):
        await transaction.copy("motion_repetitions", COLUMNS, (rows or ())[first : first + COPY_ROWS])
    await transaction.execute(_QUERIES.keep_marks, stream_ids=logs, final_seqs=list(marks.values()))
    await transaction.execute(_QUERIES.keep_counted_at, session_id=session_id)
    await transaction.execute(_QUERIES.tell, session_id=session_id)


async def list_uncounted(db: Database, before: datetime, rows_max: int) -> list[UUID]:
    """Return sessions that ended by then and are not counted from what is stored yet; raises `StorageError`."""
    return [row["id"] for row in await db.fetch(_QUERIES.list_uncounted, before=before, rows_max=rows_max)]


async def list_late(db: Database, since: datetime, counted_before: datetime, rows_max: int) -> list[UUID]:
    """Return sessions that ended since then, of which something came after they were counted; raises `StorageError`."""
    rows = await db.fetch(_QUERIES.list_late, since=since, counted_before=counted_before, rows_max=rows_max)
    return [row["id"] for row in rows]
