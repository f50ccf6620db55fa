"""What the final count of a session reads and writes: its logs in blocks of frames, and the repetitions in them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from storage.copy_encoding import POSTGRES_EPOCH_US
from storage.motion import INTEGER, REAL
from storage.pool import Database, Record, Transaction
from storage.sql import load

_QUERIES = load("physio_counting")
BLOCK_READINGS: Final = 50_000  # 2 ms to take apart; the last frame of a block may have some more
FIRST_ROWS: Final = 100  # of a log whose frames may be large: what is read beyond a block is read in vain
ROWS_MAX: Final = 4_000
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


class Block(NamedTuple):
    """Frames of one log in their order; an element a frame, but for the last two, which are all frames together."""

    seq: NDArray[np.int64]  # of the first sample
    received_at: NDArray[np.int64]  # µs since 1970
    started_at: NDArray[np.int64]  # µs since 1970, by the clock of the device
    interval_us: NDArray[np.int64]
    offsets: NDArray[np.int64]  # how many of `offset_us` are its own: none where the interval is constant
    values: NDArray[np.int64]  # how many of `angle` are
    offset_us: NDArray[np.int64]
    angle: NDArray[np.float32]  # degrees, joint after joint, each with its samples in time


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


async def read_blocks(db: Database, log: Log, after: int = 0) -> AsyncIterator[Block]:
    """Yield a log behind a sample block by block; a connection is held only while a block is read.

    Raises `StorageError`.
    """
    rows_max = FIRST_ROWS
    while True:
        async with db.hold_bulk() as held:
            row = await held.fetch_one(
                _QUERIES.read_block,
                stream_id=log.id,
                after_seq=after,
                last_seq=log.last_seq,
                rows_max=rows_max,
                values_max=BLOCK_READINGS,
            )
        assert row is not None  # noqa: S101 - an aggregate answers with one row
        if row["rows"] == 0:
            return
        block = _block(row)
        yield block
        after = int(block.seq[-1])
        if after + max(int(block.values[-1]) // len(log.joints), 1) > log.last_seq:
            return
        rows_max = min(max(BLOCK_READINGS * len(block.seq) // len(block.angle), 1), ROWS_MAX)


def _block(row: Record) -> Block:
    return Block(
        np.frombuffer(row["seq"], ">i8").astype(np.int64),
        np.frombuffer(row["received_at"], ">i8").astype(np.int64) + POSTGRES_EPOCH_US,
        np.frombuffer(row["started_at"], ">i8").astype(np.int64) + POSTGRES_EPOCH_US,
        np.frombuffer(row["interval_us"], ">i4").astype(np.int64),
        np.frombuffer(row["offsets"], ">i4").astype(np.int64),
        np.frombuffer(row["values"], ">i4").astype(np.int64),
        np.frombuffer(row["offset_us"], INTEGER)["value"].astype(np.int64),
        np.frombuffer(row["angle"], REAL)["value"].astype(np.float32),
    )


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
