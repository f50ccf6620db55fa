"""Clinics and hospitals, and which doctors work there."""

from __future__ import annotations

from storage.records.entity import Column, Entity, Filter, Sort, Word
from storage.records.kinds import KEY, MOMENT, PHONE, PLACE, TEXT

FACILITIES = Entity(
    name="facilities",
    singular="a facility",
    about="Clinics and hospitals.",
    columns=(
        Column(name="id", kind=KEY, about="The facility."),
        Column(name="name", kind=TEXT, about="What it is called.", create="must", change=True, minimum=1, maximum=200),
        Column(
            name="type",
            kind=TEXT,
            about="clinic: outpatients only. hospital: also takes ambulances.",
            create="must",
            change=True,
            choices=("clinic", "hospital"),
        ),
        Column(
            name="address", kind=TEXT, about="Postal address.", nullable=True, create="may", change=True, maximum=500
        ),
        Column(
            name="phone",
            kind=TEXT,
            about="Number of its desk.",
            nullable=True,
            create="may",
            change=True,
            maximum=40,
            pattern=PHONE,
            example="+91 20 5550 1000",
        ),
        Column(
            name="time_zone",
            kind=TEXT,
            about="IANA name; weekly schedules and local days are read in it.",
            create="may",
            change=True,
            maximum=64,
            is_zone=True,
            example="Asia/Kolkata",
        ),
        Column(name="location", kind=PLACE, about="Where it is.", nullable=True, create="may", change=True),
        Column(name="created_at", kind=MOMENT, about="When it was added."),
    ),
    scopes={"fac": "r.id = :facility_id"},
    words={
        "pub": Word(fields=("id", "name", "type", "address", "phone", "time_zone", "location")),
        "unreferenced": Word(),  # the foreign keys see to that
    },
    filters=(Filter("type"),),
    sorts=(Sort("name"), Sort("created_at")),
    search=("r.name", "r.address"),
)
