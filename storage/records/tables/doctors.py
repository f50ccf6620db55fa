"""Medical professionals, physiotherapists among them."""

from __future__ import annotations

from storage.records.entity import Check, Column, Entity, Filter, Sort, Word
from storage.records.kinds import INTEGER, KEY, TEXT

DOCTORS = Entity(
    name="doctors",
    singular="a doctor",
    about="Medical professionals, physiotherapists among them.",
    joins="JOIN users person ON person.id = r.id",
    columns=(
        Column(name="id", kind=KEY, about="The doctor, by the id of their account."),
        Column(
            name="user_id",
            kind=KEY,
            about="The account that becomes a doctor's; the same as id.",
            create="must",
            references="users",
            source="r.id",
        ),
        Column(name="name", kind=TEXT, about="As in their account.", source="person.name"),
        Column(name="email", kind=TEXT, about="As in their account.", nullable=True, source="person.email"),
        Column(name="phone", kind=TEXT, about="As in their account.", nullable=True, source="person.phone"),
        Column(
            name="specialization",
            kind=TEXT,
            about="What they are a specialist in.",
            nullable=True,
            create="may",
            change=True,
            maximum=200,
            example="orthopaedics",
        ),
        Column(
            name="license_number",
            kind=TEXT,
            about="Of their registration; it belongs to one doctor.",
            nullable=True,
            create="may",
            change=True,
            minimum=1,
            maximum=100,
            example="MMC-2009-4711",
        ),
        Column(
            name="years_experience",
            kind=INTEGER,
            about="Years in the profession.",
            nullable=True,
            create="may",
            change=True,
            minimum=0,
            maximum=80,
        ),
    ),
    scopes={
        "own": "r.id = :user_id",
        "fac": "r.id IN (SELECT w.doctor_id FROM doctor_facilities w WHERE w.facility_id = :facility_id)",
    },
    words={"pub": Word(fields=("id", "user_id", "name", "specialization", "years_experience"))},
    filters=(Filter("specialization"),),
    sorts=(Sort("name"), Sort("years_experience", descends=True)),
    search=("person.name", "r.specialization"),
    checks=(
        Check("EXISTS (SELECT FROM users u WHERE u.id = r.id AND u.role = 'doctor')", "user_id", "no such doctor"),
    ),
    conflicts={
        "doctors_pkey": "this account is a doctor's already",
        "doctors_license_number_key": "another doctor has this licence number",
    },
)
