"""What is medical about a user with the role patient, with the name and number of their account."""

from __future__ import annotations

from storage.records import scopes
from storage.records.entity import Check, Column, Entity, Filter, Sort, Word
from storage.records.kinds import DATE, KEY, NAME, PHONE, TEXT

_AGE = "(extract(year FROM age(:now, r.date_of_birth))::int / 10 * 10)"
# Who has become staff or an administrator since is not the desks' to rename.
_IS_PATIENT = "person.role = 'patient'"

PATIENTS = Entity(
    name="patients",
    singular="a patient",
    about="What is medical about a user with the role patient.",
    joins="JOIN users person ON person.id = r.id",
    columns=(
        Column(name="id", kind=KEY, about="The patient, by the id of their account."),
        Column(
            name="user_id",
            kind=KEY,
            about="The account that becomes a patient's; the same as id.",
            create="must",
            references="users",
            source="r.id",
        ),
        Column(
            name="name",
            kind=TEXT,
            about="As in their account.",
            source="person.name",
            change=True,
            elsewhere="users",
            minimum=1,
            maximum=200,
            pattern=NAME,
            only_while=_IS_PATIENT,
        ),
        Column(
            name="phone",
            kind=TEXT,
            about="As in their account.",
            nullable=True,
            source="person.phone",
            change=True,
            elsewhere="users",
            maximum=40,
            only_while=_IS_PATIENT,
            pattern=PHONE,
        ),
        Column(
            name="date_of_birth",
            kind=DATE,
            about="Day of birth.",
            nullable=True,
            create="may",
            change=True,
            example="1984-05-17",
        ),
        Column(
            name="gender",
            kind=TEXT,
            about="Administrative gender (HL7 FHIR).",
            nullable=True,
            create="may",
            change=True,
            choices=("female", "male", "other", "unknown"),
        ),
        Column(
            name="blood_type",
            kind=TEXT,
            about="ABO group with rhesus factor; none where it is not known.",
            nullable=True,
            create="may",
            change=True,
            choices=("A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-"),
        ),
        Column(
            name="address",
            kind=TEXT,
            about="Postal address.",
            nullable=True,
            create="may",
            change=True,
            maximum=500,
            example="4 Palm Lane",
        ),
        Column(
            name="first_name",
            kind=TEXT,
            about="What the crew of an ambulance calls them.",
            source="split_part(person.name, ' ', 1)",
        ),
        Column(
            name="age_band",
            kind=TEXT,
            about="Their age to ten years, for the crew of an ambulance.",
            nullable=True,
            source=f"({_AGE} || '-' || {_AGE} + 9)",
            volatile=True,
            example="40-49",
        ),
    ),
    scopes={
        "PT:own": "r.id = :user_id",
        "AN:own": "false",  # they have no account yet: registering makes both
        "care": scopes.in_care("r.id"),
        "facpt": scopes.with_business_here("r.id"),
        "bg": scopes.broken_glass("r.id"),
        "asg": f"r.id IN (SELECT q.patient_id {scopes.requests_on_their_way('s.ambulance_id = :ambulance_id')})",
    },
    words={
        "demographics": Word(fields=("id", "user_id", "name", "phone", "date_of_birth", "gender", "address")),
        "audited search": Word(),  # the audit log sees to that: `patient` below
    },
    filters=(Filter("date_of_birth", span=True),),
    sorts=(Sort("name"), Sort("date_of_birth")),
    search=("person.name", "person.phone"),
    checks=(
        Check("EXISTS (SELECT FROM users u WHERE u.id = r.id AND u.role = 'patient')", "user_id", "no such patient"),
        Check("r.date_of_birth <= (:now + interval '1 day')::date", "date_of_birth", "nobody is born in the future"),
        Check("r.date_of_birth >= '1880-01-01'", "date_of_birth", "nobody is that old"),
    ),
    conflicts={"patients_pkey": "this account is a patient's already"},
    patient="r.id",
)
