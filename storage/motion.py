"""What sensors measured, read in bulk: frames as columns of numbers, never a row a reading."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from storage.copy_encoding import POSTGRES_EPOCH_US
from storage.pool import Database, Record
from storage.sql import load

_QUERIES = load("motion")
BLOCK_READINGS: Final = 50_000  # 2 ms to take apart; the last frame of a block may have some more
FIRST_ROWS: Final = 100  # of a log whose frames may be large: what is read beyond a block is read in vain
ROWS_MAX: Final = 4_000

_REAL = np.dtype([("length", ">i4"), ("value", ">f4")])  # an element of an array, as PostgreSQL sends it
_INTEGER = np.dtype([("length", ">i4"), ("value", ">i4")])


class Stream(NamedTuple):
    """A log of a physio session."""

    id: int
    kind: str  # motion: of a device. sql: of plain inserts, each a frame with one sample up to its joint
    joints: tuple[str, ...]  # in the order of the angles


class Frames(NamedTuple):
    """Frames of one log in their order; an element a frame, but for the last two, which are all frames together."""

    seq: NDArray[np.int64]  # of the first sample
    received_at: NDArray[np.int64]  # µs since 1970
    started_at: NDArray[np.int64]  # µs since 1970, by the clock of the device
    interval_us: NDArray[np.int64]
    offsets: NDArray[np.int64]  # how many of `offset_us` are its own: none where the interval is constant
    values: NDArray[np.int64]  # how many of `angle` are
    offset_us: NDArray[np.int64]
    angle: NDArray[np.float32]  # degrees, joint after joint, each with its samples in time; NaN: none


class Repetition(NamedTuple):
    """The readings of one joint that make up a repetition."""

    stream_id: int
    joint: str
    number: int
    first_seq: int
    last_seq: int


async def list_streams(db: Database, session_id: UUID) -> list[Stream]:
    """Return the logs of a physio session; raises `StorageError`."""
    rows = await db.fetch(_QUERIES.list_streams, session_id=session_id)
    return [Stream(row["id"], row["kind"], tuple(row["joints"])) for row in rows]


async def list_repetitions(db: Database, stream_ids: Sequence[int]) -> list[Repetition]:
    """Return the repetitions of some logs in the order of their readings; raises `StorageError`."""
    rows = await db.fetch(_QUERIES.list_repetitions, stream_ids=list(stream_ids))
    return [Repetition(**row) for row in rows]


class Stretch(NamedTuple):
    """A part of a session; a frame that reaches into it belongs to it."""

    since: datetime | None = None  # None: from the beginning
    until: datetime | None = None  # None: to the end


WHOLE: Final = Stretch()


async def find_start(db: Database, session_id: UUID) -> datetime | None:
    """Return when the first sample of a session was taken, None without any; raises `StorageError`."""
    row = await db.fetch_one(_QUERIES.find_start, session_id=session_id)
    return None if row is None else row["started_at"]


async def read_frames(
    db: Database, stream_id: int, stretch: Stretch = WHOLE, *, after: int = 0, last: int | None = None
) -> AsyncIterator[Frames]:
    """Yield the frames of a log behind a sample, block by block; a connection is held only while a block is read.

    `last` is the last sample that is wanted; None: all there are. Raises `StorageError`.
    """
    asked = {"stream_id": stream_id, "last_seq": last, "values_max": BLOCK_READINGS, **stretch._asdict()}
    rows_max = FIRST_ROWS
    while True:
        async with db.hold_bulk() as held:
            row = await held.fetch_one(_QUERIES.read_frames, after_seq=after, rows_max=rows_max, **asked)
        assert row is not None  # noqa: S101 - an aggregate answers with one row
        if row["rows"] == 0:
            return
        block = _frames(row)
        yield block
        readings = len(block.angle)
        if row["rows"] < rows_max and readings < BLOCK_READINGS:
            return
        after = int(block.seq[-1])
        rows_max = min(max(BLOCK_READINGS * len(block.seq) // max(readings, 1), 1), ROWS_MAX)


def _frames(row: Record) -> Frames:
    return Frames(
        np.frombuffer(row["seq"], ">i8").astype(np.int64),
        np.frombuffer(row["received_at"], ">i8").astype(np.int64) + POSTGRES_EPOCH_US,
        np.frombuffer(row["started_at"], ">i8").astype(np.int64) + POSTGRES_EPOCH_US,
        np.frombuffer(row["interval_us"], ">i4").astype(np.int64),
        np.frombuffer(row["offsets"], ">i4").astype(np.int64),
        np.frombuffer(row["values"], ">i4").astype(np.int64),
        np.frombuffer(row["offset_us"], _INTEGER)["value"].astype(np.int64),
        np.frombuffer(row["angle"], _REAL)["value"].astype(np.float32),
    )
