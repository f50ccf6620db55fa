"""Repetitions that patients say they did without a sensor."""

from __future__ import annotations

from storage.records import scopes
from storage.records.entity import Check, Column, Entity, Filter, Sort, Word
from storage.records.kinds import DATE, INTEGER, KEY, MOMENT

_PLAN = "(SELECT e.plan_id FROM plan_exercises e WHERE e.id = r.exercise_id)"
_TODAY = f"today_of_plan({_PLAN}, :now)"
_OWN_PLAN = "p.patient_id = :user_id AND p.status = 'active'"

EXERCISE_TICKS = Entity(
    name="exercise_ticks",
    singular="a tick of an exercise",
    about="Repetitions that patients say they did without a sensor: they count as done, and no angle is known of them.",
    columns=(
        Column(name="id", kind=KEY, about="The tick."),
        Column(name="exercise_id", kind=KEY, about="What was done.", create="must", references="plan_exercises"),
        Column(name="patient_id", kind=KEY, about="Who did it.", create="must", references="patients"),
        Column(name="day", kind=DATE, about="On which local day of the patient.", create="must"),
        Column(
            name="reps",
            kind=INTEGER,
            about="How often; 0 takes it back.",
            create="must",
            change=True,
            minimum=0,
            maximum=10_000,
            example=10,
        ),
        Column(name="reported_at", kind=MOMENT, about="When it was first ticked off."),
    ),
    scopes={
        "PT:own": "r.patient_id = :user_id",
        "care": scopes.in_care("r.patient_id"),
        "bg": scopes.broken_glass("r.patient_id"),
    },
    owners={"PT": "patient_id"},
    words={
        "of own active plan": Word(
            rows=f"r.exercise_id IN (SELECT e.id FROM plan_exercises e WHERE e.plan_id IN {scopes.plans(_OWN_PLAN)})"
        )
    },
    filters=(Filter("exercise_id"), Filter("patient_id"), Filter("day", span=True)),
    sorts=(Sort("day", descends=True),),
    checks=(
        Check(
            f"r.day BETWEEN (SELECT p.start_date FROM workout_plans p WHERE p.id = {_PLAN})"
            f" AND coalesce((SELECT p.end_date FROM workout_plans p WHERE p.id = {_PLAN}), 'infinity')",
            "day",
            "the plan does not run on this day",
        ),
        Check(f"r.day <= {_TODAY}", "day", "this day has not begun"),
        Check(f"r.reps IS NULL OR r.day >= {_TODAY} - 7", "day", "an exercise is ticked off within a week"),
    ),
    conflicts={"exercise_ticks_once_a_day": "it is ticked off on this day: correct that"},
    patient="r.patient_id",
)
