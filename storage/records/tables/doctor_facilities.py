"""Where a doctor works."""

from __future__ import annotations

from storage.records import scopes
from storage.records.entity import Column, Embed, Entity, Filter, Word, embedded_person
from storage.records.kinds import KEY

DOCTOR = embedded_person("doctor")
FACILITY = Embed(
    name="facility",
    join="LEFT JOIN facilities place ON place.id = r.facility_id",
    columns=(("id", "place.id"), ("name", "place.name")),
)

DOCTOR_FACILITIES = Entity(
    name="doctor_facilities",
    singular="a doctor's place of work",
    about="Where a doctor works.",
    columns=(
        Column(name="id", kind=KEY, about="The link."),
        Column(name="doctor_id", kind=KEY, about="Who works there.", create="must", change=True, references="doctors"),
        Column(
            name="facility_id",
            kind=KEY,
            about="Where. Of one's own facility where one is staff.",
            create="must",
            references="facilities",
        ),
    ),
    scopes={
        "own": "r.doctor_id = :user_id",
        "DR:fac": scopes.where_doctor_works("r.facility_id"),
        "fac": "r.facility_id = :facility_id",
    },
    words={"pub": Word(fields=("id", "doctor_id", "facility_id"))},
    facility="facility_id",
    filters=(Filter("doctor_id"), Filter("facility_id")),
    embeds=(DOCTOR, FACILITY),
    conflicts={
        "doctor_facilities_pair_key": "the doctor works at this facility already",
        "doctor_facilities_no_bookings": "the doctor has bookings to come at this facility",
    },
)
