"""Exercise plans made for patients."""

from __future__ import annotations

from storage.records import scopes
from storage.records.entity import Check, Column, Embed, Entity, Filter, Sort, Word, embedded_person
from storage.records.joints import JOINTS
from storage.records.kinds import DATE, KEY, MOMENT, TEXT

_THIS_CENTURY = "workout_plans_starts_this_century"

WORKOUT_PLANS = Entity(
    name="workout_plans",
    singular="a workout plan",
    about="Exercise plans made for patients; a new one is a draft until it is made active.",
    columns=(
        Column(name="id", kind=KEY, about="The plan."),
        Column(name="patient_id", kind=KEY, about="For whom.", create="must", references="patients"),
        Column(name="created_by", kind=KEY, about="The doctor who made it.", create="must", references="doctors"),
        Column(
            name="joint",
            kind=TEXT,
            about="Which joint, as {side}_{joint}_{motion}.",
            create="must",
            change=True,
            choices=JOINTS,
        ),
        Column(name="start_date", kind=DATE, about="The first day.", create="must", change=True, example="2026-12-01"),
        Column(
            name="end_date",
            kind=DATE,
            about="The last day; open where there is none.",
            nullable=True,
            create="may",
            change=True,
            example="2027-01-31",
        ),
        Column(
            name="notes",
            kind=TEXT,
            about="What to look out for.",
            nullable=True,
            create="may",
            change=True,
            maximum=10_000,
        ),
        Column(
            name="status",
            kind=TEXT,
            about="draft, active or ended; only a draft may be removed.",
            change=True,
            choices=("draft", "active", "ended"),
        ),
        Column(name="created_at", kind=MOMENT, about="When it was made."),
    ),
    scopes={
        "PT:own": "r.patient_id = :user_id",
        "DR:own": "r.created_by = :user_id",
        "care": scopes.in_care("r.patient_id"),
        "bg": scopes.broken_glass("r.patient_id"),
    },
    owners={"DR": "created_by"},
    stamps={"status": "'draft'"},
    words={"draft": Word(rows="r.status = 'draft'")},
    moves={"draft": ("active",), "active": ("ended",)},
    filters=(Filter("patient_id"), Filter("created_by"), Filter("status"), Filter("joint")),
    sorts=(Sort("start_date", descends=True), Sort("created_at")),
    embeds=(
        embedded_person("patient"),
        Embed(
            name="doctor",
            join="LEFT JOIN users doctor ON doctor.id = r.created_by",
            columns=(("id", "doctor.id"), ("name", "doctor.name")),
            column="created_by",
        ),
    ),
    checks=(
        Check(
            "r.end_date >= r.start_date", "end_date", "a plan ends after it starts", "workout_plans_ends_after_start"
        ),
        Check("r.start_date >= '2000-01-01'", "start_date", "a plan begins in this century", _THIS_CENTURY),
    ),
    patient="r.patient_id",
)
