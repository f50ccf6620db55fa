"""What a patient is to do today, in one answer for the page on which they do it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from handlers.call import API, Call, Nothing, Route
from handlers.record_reading import note_reading
from hub.errors import NotFound
from storage import exercise_day
from storage.records.rows import Found
from storage.records.tables.plan_exercises import PLAN_EXERCISES


class OwnSensor(msgspec.Struct):
    """A sensor at the patient's home."""

    id: int
    name: str
    joints: Annotated[list[str], Meta(description="What it measures, as {side}_{joint}_{motion}.")]
    connected: Annotated[bool, Meta(description="It was connected within the last 90 s.")]


class OwnExercise(msgspec.Struct):
    """An exercise of a plan that runs, and what was done of it today."""

    id: UUID
    plan_id: UUID
    day: Annotated[date, Meta(description="The day of the plan: what is ticked off is ticked off for it.")]
    name: str
    joint: str
    day_of_week: Annotated[int, Meta(description="ISO: 1 = Monday … 7 = Sunday.")]
    due: Annotated[bool, Meta(description="It is due today.")]
    target_reps: Annotated[int, Meta(description="Of the day, over all sets.")]
    target_angle: float | None
    sets: int
    hold_s: float
    instructions: str | None
    media_url: str | None
    done_reps: Annotated[int, Meta(description="Today, measured and ticked off, at most the target.")]
    valid_reps: Annotated[int, Meta(description="Today, in sessions of this exercise: those that reached the target.")]
    partial_reps: Annotated[int, Meta(description="Today, in sessions of this exercise: those that did not.")]
    tick_id: Annotated[UUID | None, Meta(description="What was ticked off for today without a sensor.")]
    ticked_reps: int | None


class ExerciseDay(msgspec.Struct):
    """Where a patient stands today."""

    now: Annotated[datetime, Meta(description="The hub's clock: a phone's may be wrong.")]
    day: Annotated[date, Meta(description="The patient's local day.")]
    time_zone: str
    sensors: Annotated[list[OwnSensor], Meta(description="The one that was used last first.")]
    exercises: Annotated[list[OwnExercise], Meta(description="Of all plans that run today, due today or not.")]


async def show(call: Call[Nothing, Nothing]) -> ExerciseDay:
    """The patient's local day, their sensors, and the exercises of their plans with what was done of them today."""
    patient_id, at = call.signed_in.user_id, call.context.clock.now()
    db = call.context.reader
    local = await exercise_day.find_day(db, patient_id, at)
    if local is None:
        raise NotFound
    await note_reading(PLAN_EXERCISES, call, [Found({}, patient_id)])
    sensors = await exercise_day.list_sensors(db, patient_id, at)
    exercises = await exercise_day.list_exercises(db, patient_id, at)
    return ExerciseDay(
        at, local.day, local.time_zone, [OwnSensor(*one) for one in sensors], [OwnExercise(*one) for one in exercises]
    )


ROUTES: tuple[Route, ...] = (
    Route("GET", f"{API}/exercise_day", show, "exercise_day.R", "What I am to do today", ExerciseDay),
)
