"""What a plan asks for, by weekday."""

from __future__ import annotations

from storage.records import scopes
from storage.records.entity import Column, Entity, Filter, Parent, Sort, Word
from storage.records.kinds import DATE, INTEGER, KEY, MOMENT, NUMBER, TEXT

_DRAFT = "p.status = 'draft'"

PLAN_EXERCISES = Entity(
    name="plan_exercises",
    singular="an exercise",
    about="What a plan asks for, by weekday.",
    columns=(
        Column(name="id", kind=KEY, about="The exercise."),
        Column(name="plan_id", kind=KEY, about="Of which plan.", create="must", references="workout_plans"),
        Column(
            name="name",
            kind=TEXT,
            about="What to do.",
            create="must",
            change=True,
            minimum=1,
            maximum=200,
            example="Heel slides",
        ),
        Column(
            name="target_reps",
            kind=INTEGER,
            about="How often on the day, over all sets.",
            create="must",
            change=True,
            minimum=1,
            maximum=10_000,
            example=10,
        ),
        Column(
            name="target_angle",
            kind=NUMBER,
            about="How far, in degrees from the anatomical position.",
            nullable=True,
            create="may",
            change=True,
            minimum=-360,
            maximum=360,
            example=90.0,
        ),
        Column(
            name="day_of_week",
            kind=INTEGER,
            about="ISO: 1 = Monday … 7 = Sunday, in the zone of the patient.",
            create="must",
            change=True,
            minimum=1,
            maximum=7,
        ),
        Column(
            name="sets",
            kind=INTEGER,
            about="In how many sets.",
            create="may",
            change=True,
            minimum=1,
            maximum=100,
            example=2,
        ),
        Column(
            name="hold_s",
            kind=NUMBER,
            about="How long each repetition is to be held at the target, seconds.",
            create="may",
            change=True,
            minimum=0,
            maximum=600,
            example=5.0,
        ),
        Column(
            name="instructions",
            kind=TEXT,
            about="How to do it.",
            nullable=True,
            create="may",
            change=True,
            maximum=10_000,
        ),
        Column(
            name="media_url",
            kind=TEXT,
            about="A picture or a video that shows it.",
            nullable=True,
            create="may",
            change=True,
            maximum=2_000,
            pattern=r"https://[^\s]+",
            example="https://media.example.org/heel-slides.mp4",
        ),
        Column(
            name="last_day",
            kind=DATE,
            about="From the day after it the exercise is not due any more; none = as long as the plan.",
            nullable=True,
            create="may",
            change=True,
        ),
        Column(name="created_at", kind=MOMENT, about="When it was added."),
    ),
    scopes={"bg": f"r.plan_id IN {scopes.plans(scopes.broken_glass('p.patient_id'))}"},
    words={"draft": Word(rows=f"r.plan_id IN {scopes.plans(_DRAFT)}")},
    filters=(Filter("plan_id"), Filter("day_of_week")),
    sorts=(Sort("day_of_week"), Sort("name")),
    patient="(SELECT p.patient_id FROM workout_plans p WHERE p.id = r.plan_id)",
    parent=Parent("workout_plans", "plan_id"),
)
