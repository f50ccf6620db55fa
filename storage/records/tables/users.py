"""Everybody who can sign in. Making an account, its password, role and end are commands, not plain changes."""

from __future__ import annotations

from storage.records import scopes
from storage.records.entity import Column, Entity, Filter, Sort, Word
from storage.records.kinds import EMAIL, KEY, MOMENT, NAME, PHONE, TEXT

USERS = Entity(
    name="users",
    singular="a user",
    about="Everybody who can sign in; patients, doctors and staff extend it one to one.",
    columns=(
        Column(name="id", kind=KEY, about="The user."),
        Column(
            name="name", kind=TEXT, about="What they are called.", change=True, minimum=1, maximum=200, pattern=NAME
        ),
        Column(
            name="email",
            kind=TEXT,
            about="Address to sign in with, in upper or lower case alike.",
            nullable=True,
            change=True,
            maximum=254,
            pattern=EMAIL,
            example="asha@example.org",
        ),
        Column(
            name="phone",
            kind=TEXT,
            about="Number to call them at.",
            nullable=True,
            change=True,
            maximum=40,
            pattern=PHONE,
            example="+91 98220 12345",
        ),
        Column(
            name="role",
            kind=TEXT,
            about="patient, doctor, staff (at the desk of a facility) or admin (of the platform).",
            choices=("patient", "doctor", "staff", "admin"),
        ),
        Column(
            name="time_zone",
            kind=TEXT,
            about="IANA name for reminders and local days; that of the facility where there is none.",
            nullable=True,
            maximum=64,
            example="Asia/Kolkata",
        ),
        Column(name="phone_verified_at", kind=MOMENT, about="When the number was proven to be theirs.", nullable=True),
        Column(name="disabled_at", kind=MOMENT, about="Since when the account may not sign in.", nullable=True),
        Column(name="created_at", kind=MOMENT, about="When the account was made."),
    ),
    scopes={"own": "r.id = :user_id", "fac": scopes.works_here("r.id")},
    words={
        "pub": Word(fields=("id", "name", "role")),
        "patient only": Word(rows="r.role = 'patient'"),
        "patient,receptionist": Word(rows="r.role IN ('patient', 'staff')"),
    },
    filters=(Filter("role"), Filter("created_at", span=True)),
    sorts=(Sort("name"), Sort("created_at")),
    search=("r.name", "r.email", "r.phone"),
    conflicts={"users_email_key": "another account has this e-mail address"},
)
