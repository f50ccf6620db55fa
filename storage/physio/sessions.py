"""Physiotherapy sessions as their sensors, their rest pose and the clock move them, one transaction a step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from storage.pool import Database, Transaction
from storage.sql import load

_QUERIES = load("physio_sessions")


class SessionRow(NamedTuple):
    """A session as a change of it looks at it."""

    id: UUID
    patient_id: UUID
    status: str
    joint: str | None
    scheduled_at: datetime
    duration_min: int
    started_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    device_id: int | None  # the sensor that may move it


class Pose(NamedTuple):
    """Where a joint was in the last two seconds, degrees."""

    joint: str
    low: float  # nineteen in twenty readings are above it
    middle: float  # the median
    high: float  # nineteen in twenty readings are below it


class LastSample(NamedTuple):
    """The newest of what a log holds; times in µs since 1970."""

    received_at: int
    taken_at: int  # by the clock of the sensor


class RepetitionRow(NamedTuple):
    """One repetition; of one that a plain insert states, only its joint and number are known."""

    joint: str
    number: int
    source: str
    started_at: datetime | None
    peak_at: datetime | None
    ended_at: datetime | None
    peak_angle: float | None
    range_deg: float | None
    hold_s: float | None
    out_s: float | None
    back_s: float | None
    smoothness: float | None
    valid: bool | None


class TargetRow(NamedTuple):
    """What a joint was to reach."""

    joint: str
    since: datetime | None  # None: from the beginning
    rest_angle: float | None
    target_angle: float | None
    target_reps: int | None


async def lock(transaction: Transaction, session_id: UUID) -> SessionRow | None:
    """Return a session that nobody else moves until the transaction ends; None where there is none."""
    row = await transaction.fetch_one(_QUERIES.lock, id=session_id)
    return None if row is None else SessionRow(**row)


async def start(transaction: Transaction, session_id: UUID, at: datetime) -> None:
    """Begin a session; raises `Conflict` where its patient or its sensor is in another one."""
    await transaction.execute(_QUERIES.start, id=session_id, at=at)


async def list_others(transaction: Transaction, session_id: UUID) -> list[datetime]:
    """Return when the sessions began that the patient or the sensor of a session is in at present."""
    return [row["began"] for row in await transaction.fetch(_QUERIES.list_others, id=session_id)]


async def start_past(transaction: Transaction, session_id: UUID, at: datetime, until: datetime) -> None:
    """Note a session that began at `at` and was over by `until`, as one of which nothing more was heard."""
    await transaction.execute(_QUERIES.start_past, id=session_id, at=at, until=until)


async def close(transaction: Transaction, session_id: UUID, at: datetime) -> bool:
    """Close a session of which nothing is heard any more; False when it is not in progress."""
    return bool(await transaction.execute(_QUERIES.close, id=session_id, at=at))


async def stop(transaction: Transaction, session_id: UUID, at: datetime) -> bool:
    """End a session when its sensor says; False when it is neither in progress nor was closed for idle."""
    return bool(await transaction.execute(_QUERIES.stop, id=session_id, at=at))


async def last_samples(transaction: Transaction, session_id: UUID) -> list[LastSample]:
    """Return the last sample of each log of a session."""
    return [LastSample(**row) for row in await transaction.fetch(_QUERIES.last_samples, id=session_id)]


async def miss(transaction: Transaction, session_id: UUID) -> bool:
    """Give a session up that nobody began; False when it is not scheduled any more."""
    return bool(await transaction.execute(_QUERIES.miss, id=session_id))


async def note_device_ended(transaction: Transaction, session_id: UUID) -> None:
    """Note that it was the sensor that ended a session."""
    await transaction.execute(_QUERIES.ended_by_device, id=session_id)


async def rest_pose(transaction: Transaction, session_id: UUID, since: datetime) -> list[Pose]:
    """Return where the joints of a session are at the moment, of the sensors that were heard since then."""
    rows = await transaction.fetch(_QUERIES.rest_pose, id=session_id, since=since)
    return [Pose(row["joint"], *row["spread"]) for row in rows]


async def set_rest(transaction: Transaction, session_id: UUID, joint: str | None, angles: Mapping[str, float]) -> None:
    """Store the rest pose of joints, in degrees; `joint` is the one that the session is about."""
    others = {name: angle for name, angle in angles.items() if name != joint}
    if joint is not None and joint in angles:
        await transaction.execute(_QUERIES.set_rest, id=session_id, angle=angles[joint])
    if others:
        await transaction.execute(
            _QUERIES.set_other_rests, id=session_id, joints=list(others), angles=list(others.values())
        )


async def list_repetitions(db: Database, session_id: UUID) -> list[RepetitionRow]:
    """Return the repetitions of a session in their order; raises `StorageError`."""
    return [RepetitionRow(**row) for row in await db.fetch(_QUERIES.list_repetitions, id=session_id)]


async def list_targets(db: Database, session_id: UUID) -> list[TargetRow]:
    """Return what the joints of a session were to reach since when; raises `StorageError`."""
    return [TargetRow(**row) for row in await db.fetch(_QUERIES.list_targets, id=session_id)]


async def list_overdue(db: Database, now: datetime, rows_max: int) -> list[UUID]:
    """Return sessions that nobody began in their time; raises `StorageError`."""
    return [row["id"] for row in await db.fetch(_QUERIES.list_overdue, now=now, rows_max=rows_max)]


async def list_idle(db: Database, now: datetime, idle_s: float, rows_max: int) -> list[UUID]:
    """Return sessions in progress of which nothing is heard any more; raises `StorageError`."""
    return [row["id"] for row in await db.fetch(_QUERIES.list_idle, now=now, idle_s=idle_s, rows_max=rows_max)]
