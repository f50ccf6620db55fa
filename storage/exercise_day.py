"""What a patient is to do today: the local day, the sensors at home, and the exercises with what is done of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from storage.pool import Database
from storage.sql import load

_QUERIES = load("exercise_day")


class LocalDay(NamedTuple):
    """The day that it is for somebody."""

    time_zone: str  # IANA name
    day: date


class SensorRow(NamedTuple):
    """A sensor of a patient."""

    id: int
    name: str
    joints: list[str]
    connected: bool


class ExerciseRow(NamedTuple):
    """An exercise of a plan that runs, and what was done of it on the day; angles in degrees."""

    id: UUID
    plan_id: UUID
    day: date  # that it is now, in the zone of the plan
    name: str
    joint: str
    day_of_week: int  # ISO: 1 = Monday … 7 = Sunday
    due: bool
    target_reps: int
    target_angle: float | None
    sets: int
    hold_s: float
    instructions: str | None
    media_url: str | None
    done_reps: int  # measured and ticked off, at most the target
    valid_reps: int
    partial_reps: int
    tick_id: UUID | None
    ticked_reps: int | None


async def find_day(db: Database, patient_id: UUID, now: datetime) -> LocalDay | None:
    """Return the day that it is where a patient lives, None for nobody. Raises `StorageError`."""
    row = await db.fetch_one(_QUERIES.find_day, patient_id=patient_id, now=now)
    return None if row is None else LocalDay(*row)


async def list_sensors(db: Database, patient_id: UUID, now: datetime) -> list[SensorRow]:
    """Return the sensors of a patient that may connect, the one that was used last first. Raises `StorageError`."""
    rows = await db.fetch(_QUERIES.list_sensors, patient_id=patient_id, now=now)
    return [SensorRow(*row) for row in rows]


async def list_exercises(db: Database, patient_id: UUID, now: datetime) -> list[ExerciseRow]:
    """Return the exercises of the plans that a patient follows now, due today or not. Raises `StorageError`."""
    rows = await db.fetch(_QUERIES.list_exercises, patient_id=patient_id, now=now)
    return [ExerciseRow(*row) for row in rows]
