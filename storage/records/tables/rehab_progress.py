"""How far patients have come with their plans: a projection, which nobody writes but the hub."""

from __future__ import annotations

from storage.records import scopes
from storage.records.entity import Column, Entity, Filter, Sort
from storage.records.kinds import DATE, INTEGER, KEY, MOMENT, NUMBER, TEXT


def _plans(held: str) -> str:
    return f"r.plan_id IN {scopes.plans(held)}"


REHAB_PROGRESS = Entity(
    name="rehab_progress",
    singular="progress with a plan",
    about="How far a patient has come with a plan.",
    columns=(
        Column(name="id", kind=KEY, about="The row."),
        Column(name="plan_id", kind=KEY, about="With which plan.", references="workout_plans"),
        Column(name="completed_reps", kind=INTEGER, about="Complete repetitions, valid or partial."),
        Column(name="valid_reps", kind=INTEGER, about="Those that reached the target."),
        Column(name="self_reported_reps", kind=INTEGER, about="Of the completed ones, those that were ticked off."),
        Column(name="average_angle", kind=NUMBER, about="Mean of the repetitions' peaks, degrees.", nullable=True),
        Column(
            name="compliance_rate",
            kind=NUMBER,
            about="Percent of the due repetitions that were done; none while nothing was due.",
            nullable=True,
        ),
        Column(
            name="counted_to",
            kind=DATE,
            about="The local day up to which it was worked out: what is due grows with the days.",
            nullable=True,
        ),
        Column(name="time_zone", kind=TEXT, about="In which its days begin, an IANA name.", nullable=True),
        Column(name="last_updated", kind=MOMENT, about="When it was last worked out."),
    ),
    scopes={
        "PT:own": _plans("p.patient_id = :user_id"),
        "care": _plans(scopes.in_care("p.patient_id")),
        "bg": _plans(scopes.broken_glass("p.patient_id")),
    },
    filters=(Filter("plan_id"),),
    sorts=(Sort("last_updated", descends=True),),
    patient="(SELECT p.patient_id FROM workout_plans p WHERE p.id = r.plan_id)",
)
