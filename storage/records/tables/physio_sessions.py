"""Physiotherapy of a patient with a therapist, or at home by their plan."""

from __future__ import annotations

from storage.records import scopes
from storage.records.entity import Check, Column, Entity, Filter, Sort, Word, embedded_person
from storage.records.joints import JOINTS
from storage.records.kinds import BIGINT, BOOLEAN, INTEGER, KEY, MOMENT, NUMBER, TEXT

_ANGLE = 360
# "Scheduled for now": a device may begin half an hour early, or late.
_NOW = (
    "(r.status = 'in_progress' OR r.status = 'scheduled' AND :now >= r.scheduled_at - interval '30 min'"
    " AND :now < r.scheduled_at + make_interval(mins => r.duration_min + 30))"
)
_FITTING_DEVICE = """r.device_id IS NULL OR EXISTS (
    SELECT FROM devices d JOIN physio_devices sensor ON sensor.id = d.id
     WHERE d.id = r.device_id AND d.revoked_at IS NULL
       AND (sensor.patient_id = r.patient_id OR sensor.patient_id IS NULL AND d.facility_id = r.facility_id))"""
_OWN_PLAN = (
    "p.id = r.plan_id AND p.patient_id = :user_id AND p.status = 'active'"
    " AND p.start_date <= (r.scheduled_at + interval '1 day')::date"
    " AND (p.end_date IS NULL OR p.end_date >= (r.scheduled_at - interval '1 day')::date)"
)


def _pain(when: str) -> Column:
    return Column(
        name=f"pain_{when}",
        kind=INTEGER,
        about=f"What the patient says {when} it, 0 (none) to 10.",
        nullable=True,
        change=True,
        minimum=0,
        maximum=10,
    )


PHYSIO_SESSIONS = Entity(
    name="physio_sessions",
    singular="a physiotherapy session",
    about="Physiotherapy of a patient with a therapist, or at home by their plan.",
    columns=(
        Column(name="id", kind=KEY, about="The session."),
        Column(name="patient_id", kind=KEY, about="Who exercises.", create="must", references="patients"),
        Column(
            name="therapist_id",
            kind=KEY,
            about="Who treats them; of a session by a plan, who made the plan.",
            create="may",
            references="doctors",
        ),
        Column(
            name="scheduled_at",
            kind=MOMENT,
            about="When it begins.",
            create="must",
            change=True,
            only_while="r.status = 'scheduled'",
        ),
        Column(
            name="duration_min",
            kind=INTEGER,
            about="How many minutes it takes.",
            create="may",
            change=True,
            minimum=5,
            maximum=720,
            only_while="r.status = 'scheduled'",
            example=30,
        ),
        Column(
            name="status",
            kind=TEXT,
            about="Where it stands.",
            change=True,
            choices=("scheduled", "in_progress", "completed", "cancelled", "missed"),
        ),
        Column(
            name="joint",
            kind=TEXT,
            about="Which joint, as {side}_{joint}_{motion}; of a session by a plan, that of the plan.",
            nullable=True,
            create="may",
            choices=JOINTS,
        ),
        Column(
            name="notes",
            kind=TEXT,
            about="Clinical text: never shown to reception.",
            nullable=True,
            create="may",
            change=True,
            maximum=10_000,
        ),
        Column(name="supervised", kind=BOOLEAN, about="The therapist is present; not so at home."),
        Column(name="facility_id", kind=KEY, about="Where.", nullable=True, create="may", references="facilities"),
        Column(
            name="plan_id",
            kind=KEY,
            about="The plan that it follows.",
            nullable=True,
            create="may",
            references="workout_plans",
        ),
        Column(
            name="exercise_id",
            kind=KEY,
            about="The exercise of the plan that it is for; without one it is for all that are due that day.",
            nullable=True,
            create="may",
            references="plan_exercises",
        ),
        Column(
            name="device_id",
            kind=BIGINT,
            about="The sensor that measures it; at home the patient's own, where nobody says another.",
            nullable=True,
            create="may",
            change=True,
            references="devices",
            only_while="r.status = 'scheduled'",
        ),
        Column(
            name="rest_angle",
            kind=NUMBER,
            about="The calibrated rest pose, degrees; without one the anatomical position.",
            nullable=True,
            create="may",
            change=True,
            minimum=-_ANGLE,
            maximum=_ANGLE,
        ),
        Column(
            name="target_angle",
            kind=NUMBER,
            about="Where a repetition is to reach, degrees; by default that of the exercise.",
            nullable=True,
            create="may",
            change=True,
            minimum=-_ANGLE,
            maximum=_ANGLE,
        ),
        Column(
            name="target_reps",
            kind=INTEGER,
            about="How many repetitions are asked for; by default those of the exercise.",
            nullable=True,
            create="may",
            change=True,
            minimum=1,
            maximum=10_000,
        ),
        _pain("before"),
        _pain("after"),
        Column(name="started_at", kind=MOMENT, about="When it really began.", nullable=True),
        Column(name="ended_at", kind=MOMENT, about="When it really ended.", nullable=True),
        Column(
            name="ended_by",
            kind=TEXT,
            about="person: on a page or over the API. device: the sensor. idle: nothing was measured any more.",
            nullable=True,
            choices=("person", "device", "idle"),
        ),
        Column(
            name="counted_at",
            kind=MOMENT,
            about="When its repetitions were counted from all that is stored; null until then.",
            nullable=True,
        ),
        Column(name="created_at", kind=MOMENT, about="When it was booked."),
    ),
    scopes={
        "PT:own": "r.patient_id = :user_id",
        "DR:own": "r.therapist_id = :user_id",
        "care": scopes.in_care("r.patient_id"),
        "bg": scopes.broken_glass("r.patient_id"),
        "fac": "r.facility_id = :facility_id",
        "bound": f"r.device_id = :device_id AND {_NOW}",
    },
    owners={"PT": "patient_id", "DR": "therapist_id"},
    facility="facility_id",
    stamps={"supervised": "NOT EXISTS (SELECT FROM patients p WHERE p.id = :user_id)"},
    words={
        "time": Word(fields=("scheduled_at", "duration_min")),
        "patient": Word(fields=("patient_id",)),
        "therapist": Word(fields=("therapist_id",)),
        "device": Word(fields=("device_id",)),
        "device before start": Word(fields=("device_id",)),  # the column says the rest
        "targets": Word(fields=("rest_angle", "target_angle", "target_reps")),
        "pain": Word(fields=("pain_before", "pain_after")),
        "start": Word(fields=("status",), moves=("in_progress",)),
        "stop": Word(fields=("status",), moves=("completed",)),
        "cancel": Word(fields=("status",), moves=("cancelled",)),
        "from own active plan": Word(
            fields=("plan_id", "exercise_id", "scheduled_at", "duration_min", "device_id"),
            rows=f"EXISTS {scopes.plans(_OWN_PLAN)}",
        ),
    },
    moves={"scheduled": ("in_progress", "cancelled", "missed"), "in_progress": ("completed", "cancelled")},
    filters=(
        *(
            Filter("patient_id"),
            Filter("therapist_id"),
            Filter("facility_id"),
            Filter("plan_id"),
            Filter("exercise_id"),
        ),
        *(Filter("status"), Filter("device_id"), Filter("scheduled_at", span=True)),
    ),
    sorts=(Sort("scheduled_at", descends=True), Sort("created_at")),
    embeds=(
        embedded_person("patient"),
        embedded_person("therapist"),
    ),
    checks=(
        Check("r.therapist_id IS NOT NULL OR r.plan_id IS NOT NULL", "therapist_id", "say who treats the patient"),
        Check(
            "r.facility_id IS NULL OR r.therapist_id IS NULL"
            " OR r.facility_id IN (SELECT facilities_of_doctor(r.therapist_id))",
            "therapist_id",
            "the therapist does not work at this facility",
        ),
        Check(
            "r.plan_id IS NULL OR EXISTS (SELECT FROM workout_plans p WHERE p.id = r.plan_id"
            " AND p.patient_id = r.patient_id)",
            "plan_id",
            "the patient has no such plan",
        ),
        Check(
            "r.exercise_id IS NULL OR EXISTS (SELECT FROM plan_exercises e WHERE e.id = r.exercise_id"
            " AND e.plan_id = r.plan_id)",
            "exercise_id",
            "the plan has no such exercise",
        ),
        Check(_FITTING_DEVICE, "device_id", "the patient has no such sensor, nor the facility"),
        Check("r.patient_id <> r.therapist_id", "therapist_id", "nobody treats themself", "physio_sessions_two_people"),
        Check(
            "r.patient_id IS DISTINCT FROM :user_id OR r.scheduled_at >= :now - interval '5 min'",
            "scheduled_at",
            "a session cannot be booked in the past",
        ),
    ),
    conflicts={
        "engagements_person_free": "the patient or the therapist is taken at this time",
        "physio_sessions_one_in_progress_per_device": "the sensor is used in another session",
        "physio_sessions_one_in_progress_per_patient": "the patient is in another session",
    },
    patient="r.patient_id",
)
