"""What viewers of a physio session are shown of what is stored, and who may be such a viewer at this moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from storage.pool import Database, Record
from storage.sql import load

FRAMES_MAX = 4_000  # of one picture: more than half a minute of any device
_QUERIES = load("motion_live")


class Watcher(NamedTuple):
    """Somebody who wants to watch a session, by one of these rights."""

    session_id: UUID
    patient_id: UUID | None = None  # watches the own ones
    doctor_id: UUID | None = None  # watches those of patients in care
    glass_id: UUID | None = None  # watches those of patients whom there was a reason to see


class Goal(NamedTuple):
    """What a joint is to reach; degrees."""

    joint: str
    rest_angle: float | None
    target_angle: float | None
    target_reps: int | None


class Counted(NamedTuple):
    """A complete repetition of a joint; times in µs since 1970, by the clock that its samples had."""

    joint: str
    number: int  # from 1 in the session and joint
    started_at: int
    peak_at: int
    ended_at: int
    peak_angle: float
    range_deg: float
    hold_s: float
    out_s: float
    back_s: float
    smoothness: float | None
    valid: bool


class StoredSession(NamedTuple):
    """How a session stands; times in µs since 1970."""

    id: UUID
    status: str
    joint: str | None
    started_at: int | None
    ended_at: int | None
    counted_at: int | None  # when its repetitions became final
    goals: tuple[Goal, ...] = ()
    repetitions: tuple[Counted, ...] = ()


class RecentFrame(NamedTuple):
    """A frame that came lately."""

    stream_id: int
    joints: tuple[str, ...]
    received_at: int  # µs since 1970
    at_us: NDArray[np.int64]  # of each sample, by the clock of the device
    angles: NDArray[np.float32]  # (joints, samples), degrees


async def who_may(db: Database, asked: Sequence[Watcher], now: datetime, care_days: int) -> dict[int, UUID]:
    """Return the places, from 0, of those who may watch what they name, and whose session it is; one query for all.

    Raises `StorageError`.
    """
    rows = await db.fetch(
        _QUERIES.watch,
        session_ids=[one.session_id for one in asked],
        patient_ids=[one.patient_id for one in asked],
        doctor_ids=[one.doctor_id for one in asked],
        glass_ids=[one.glass_id for one in asked],
        now=now,
        care_days=care_days,
    )
    return {row["place"] - 1: row["patient_id"] for row in rows}


async def read_sessions(db: Database, session_ids: Sequence[UUID]) -> dict[UUID, StoredSession]:
    """Return how sessions stand, with their goals and repetitions; raises `StorageError`."""
    ids = list(session_ids)
    # Repetitions last: one that is stored meanwhile is seen twice rather than never.
    sessions = await db.fetch(_QUERIES.read_sessions, session_ids=ids)
    goals = await db.fetch(_QUERIES.read_targets, session_ids=ids)
    repetitions = await db.fetch(_QUERIES.read_repetitions, session_ids=ids)
    goals_of, repetitions_of = _by_session(goals), _by_session(repetitions)
    return {
        row["id"]: StoredSession(
            **row,
            goals=tuple(Goal(*one) for one in goals_of[row["id"]]),
            repetitions=tuple(Counted(*one) for one in repetitions_of[row["id"]]),
        )
        for row in sessions
    }


async def read_recent(db: Database, session_id: UUID, since: datetime) -> list[RecentFrame]:
    """Return the frames of a session that came since a moment, each log's in its order; raises `StorageError`."""
    rows = await db.fetch(_QUERIES.read_recent, session_id=session_id, since=since, frames_max=FRAMES_MAX)
    return [_frame(row) for row in rows]


def _by_session(rows: Sequence[Record]) -> defaultdict[UUID, list[tuple[Any, ...]]]:
    """Return the other columns of rows by their first one."""
    found: defaultdict[UUID, list[tuple[Any, ...]]] = defaultdict(list)
    for session_id, *others in rows:
        found[session_id].append(tuple(others))
    return found


def _frame(row: Record) -> RecentFrame:
    joints = tuple(row["joints"])
    angles = np.array(row["angles"], np.float32).reshape(len(joints), -1)
    offsets = row["offsets_us"] or np.arange(angles.shape[1], dtype=np.int64) * row["interval_us"]
    at_us = row["started_at"] + np.asarray(offsets, np.int64)
    return RecentFrame(row["stream_id"], joints, row["received_at"], at_us, angles)
