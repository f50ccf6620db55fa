"""Progress with plans by day: what a compliance calendar shows, and what the progress of a plan is the sum of."""

from __future__ import annotations

from storage.records import scopes
from storage.records.entity import Column, Entity, Filter, Sort
from storage.records.kinds import DATE, INTEGER, KEY, NUMBER


def _plans(held: str) -> str:
    return f"r.plan_id IN {scopes.plans(held)}"


REHAB_DAYS = Entity(
    name="rehab_days",
    singular="a day of a plan",
    about="What was due and done on each local day of a plan; a day without either has no row.",
    columns=(
        Column(name="id", kind=KEY, about="The plan on this day."),
        Column(name="plan_id", kind=KEY, about="Of which plan.", references="workout_plans"),
        Column(name="day", kind=DATE, about="The local day of the patient."),
        Column(name="completed_reps", kind=INTEGER, about="Complete repetitions, valid or partial."),
        Column(name="valid_reps", kind=INTEGER, about="Those that reached the target."),
        Column(name="self_reported_reps", kind=INTEGER, about="Of the completed ones, those that were ticked off."),
        Column(
            name="average_angle",
            kind=NUMBER,
            about="Mean of the repetitions' peaks, degrees; none of what was ticked off.",
            nullable=True,
            source="(r.peak_angle_sum / nullif(r.peak_angle_n, 0))",
        ),
        Column(name="due_reps", kind=INTEGER, about="How many repetitions were due."),
        Column(
            name="done_reps",
            kind=INTEGER,
            about="How many of the due ones were done: of each exercise its target at most.",
        ),
        Column(name="fulfilled_reps", kind=INTEGER, about="How many were due of the exercises that were done."),
    ),
    scopes={
        "PT:own": _plans("p.patient_id = :user_id"),
        "care": _plans(scopes.in_care("p.patient_id")),
        "bg": _plans(scopes.broken_glass("p.patient_id")),
    },
    filters=(Filter("plan_id"), Filter("day", span=True)),
    sorts=(Sort("day", descends=True),),
    patient="(SELECT p.patient_id FROM workout_plans p WHERE p.id = r.plan_id)",
)
