"""Booked times of a patient with a doctor."""

from __future__ import annotations

from storage.records import scopes
from storage.records.entity import Check, Column, Embed, Entity, Filter, Sort, Word, embedded_person
from storage.records.kinds import INTEGER, KEY, MOMENT, TEXT

_STILL_AHEAD = "r.status IN ('requested', 'scheduled')"

APPOINTMENTS = Entity(
    name="appointments",
    singular="an appointment",
    about="Booked times of a patient with a doctor; nobody is booked twice at once.",
    columns=(
        Column(name="id", kind=KEY, about="The appointment."),
        Column(name="patient_id", kind=KEY, about="Who comes.", create="must", references="patients"),
        Column(name="doctor_id", kind=KEY, about="To whom.", create="must", references="doctors"),
        Column(name="facility_id", kind=KEY, about="Where.", create="must", references="facilities"),
        Column(
            name="scheduled_at",
            kind=MOMENT,
            about="When it begins.",
            create="must",
            change=True,
            only_while=_STILL_AHEAD,
        ),
        Column(
            name="duration_min",
            kind=INTEGER,
            about="How many minutes it takes.",
            create="may",
            change=True,
            minimum=5,
            maximum=720,
            only_while=_STILL_AHEAD,
            example=30,
        ),
        Column(
            name="status",
            kind=TEXT,
            about="Where it stands.",
            change=True,
            choices=("requested", "scheduled", "arrived", "completed", "cancelled", "missed"),
        ),
        Column(
            name="notes",
            kind=TEXT,
            about="Clinical text: never shown to reception.",
            nullable=True,
            change=True,
            maximum=10_000,
        ),
        Column(name="version", kind=INTEGER, about="Raised by every change."),
        Column(name="created_at", kind=MOMENT, about="When it was booked."),
    ),
    scopes={
        "PT:own": "r.patient_id = :user_id",
        "DR:own": "r.doctor_id = :user_id",
        "fac": "r.facility_id = :facility_id",
        "bg": scopes.broken_glass("r.patient_id"),
    },
    owners={"PT": "patient_id", "DR": "doctor_id"},
    facility="facility_id",
    words={
        "nonotes": Word(
            fields=(
                *("id", "patient_id", "doctor_id", "facility_id", "scheduled_at", "duration_min", "status"),
                *("version", "created_at"),
            )
        ),
        "cancel": Word(fields=("status",), moves=("cancelled",)),
        "reschedule": Word(fields=("scheduled_at", "duration_min")),
        "time": Word(fields=("scheduled_at", "duration_min")),
    },
    moves={
        "requested": ("scheduled", "cancelled"),
        "scheduled": ("arrived", "completed", "cancelled", "missed"),
        "arrived": ("completed", "cancelled"),
    },
    filters=(
        *(Filter("patient_id"), Filter("doctor_id"), Filter("facility_id"), Filter("status")),
        Filter("scheduled_at", span=True),
    ),
    sorts=(Sort("scheduled_at", descends=True), Sort("created_at")),
    embeds=(
        embedded_person("patient"),
        embedded_person("doctor"),
        Embed(
            name="facility",
            join="LEFT JOIN facilities place ON place.id = r.facility_id",
            columns=(("id", "place.id"), ("name", "place.name")),
        ),
    ),
    checks=(
        # An appointment is care: who could make one with anybody would never have to break the glass.
        Check(
            f"r.doctor_id IS DISTINCT FROM :user_id OR {scopes.in_care('r.patient_id')}"
            " OR coalesce(r.facility_id IN (SELECT facilities_with_business(r.patient_id)), false)",
            "patient_id",
            "neither you nor this facility has such a patient",
        ),
        Check(
            "r.facility_id IN (SELECT facilities_of_doctor(r.doctor_id))",
            "doctor_id",
            "the doctor does not work at this facility",
        ),
        Check("r.patient_id <> r.doctor_id", "doctor_id", "nobody treats themself", "appointments_two_people"),
        Check(
            "r.patient_id IS DISTINCT FROM :user_id OR r.scheduled_at >= :now",
            "scheduled_at",
            "an appointment cannot be booked in the past",
        ),
    ),
    conflicts={
        "appointments_doctor_free": "the doctor has another appointment at this time",
        "appointments_patient_free": "the patient has another appointment at this time",
        "engagements_person_free": "the doctor or the patient is taken at this time",
    },
    patient="r.patient_id",
)
