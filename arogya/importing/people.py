"""Patients, doctors and staff from one list. Nobody gets a password: each is invited, or asks for a link."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import uuid4

from arogya.importing.cells import choice
from arogya.importing.lists import Mistake, Reading, Record, cells_of, missing, repeated, standing
from arogya.importing.places import find_facilities
from arogya.importing.sheet import Line
from storage import imports
from storage.imports import Rows
from storage.pool import Database

ROLES = ("patient", "doctor", "staff")  # who runs the platform is made with `arogya admin create`, one by one
_USER = ("name", "email", "phone", "time_zone")
_PATIENT = ("date_of_birth", "gender", "blood_type", "address")
_DOCTOR = ("specialization", "license_number", "years_experience")
_STAFF = ("facility", "staff_role", "duty")
_ONLY = {"patient": _PATIENT, "doctor": _DOCTOR, "staff": _STAFF}
_TABLES = {**dict.fromkeys(_USER, "users"), **dict.fromkeys(_PATIENT, "patients"), **dict.fromkeys(_DOCTOR, "doctors")}


class People:
    """One person a line."""

    columns: tuple[str, ...] = ("role", *_USER, *_PATIENT, *_DOCTOR, *_STAFF)
    needed: tuple[str, ...] = ("role", "name", "email")
    example: tuple[str, ...] = (
        *("patient", "Asha Kumar", "asha@example.org", "+91 98200 00001", "Asia/Kolkata", "1984-05-17", "female"),
        *("B+", "12 Lotus Lane", "", "", "", "", "", ""),
    )

    def read(self, line: Line) -> tuple[Record, list[Mistake]]:
        """Read one line."""
        special: dict[str, Reading] = {
            "role": partial(choice, choices=ROLES),
            "facility": str,
            "staff_role": partial(choice, choices=("receptionist", "admin")),
            "duty": partial(choice, choices=("dispatcher", "supervisor")),
        }
        record, mistakes = cells_of(line, _TABLES, special)
        role = record.text("role")
        staff = missing(line, ("facility", "staff_role")) if role == "staff" else []
        return record, [*missing(line, self.needed), *staff, *_of_others(line, role), *mistakes]

    async def compare(self, db: Database, records: Sequence[Record]) -> list[Mistake]:
        """An address and a licence belong to one person, and a facility exists."""
        emails = await imports.taken_emails(db, [record.text("email") for record in records])
        licenses = [record.text("license_number") for record in records if "license_number" in record.values]
        taken = [
            Mistake(record.line, "email", "has an account already")
            for record in records
            if record.text("email").lower() in emails
        ]
        doctors = standing(
            records, "license_number", await imports.taken_licenses(db, licenses), "is the licence of another doctor"
        )
        same = [*repeated(records, "email"), *repeated(records, "license_number")]
        return [*same, *taken, *doctors, *await find_facilities(db, records, "facility")]

    def rows(self, records: Sequence[Record]) -> list[Rows]:
        """Return the users, and the row that each has as a patient, a doctor or one of the staff."""
        keyed = [(uuid4(), record) for record in records]

        def extension(role: str, columns: tuple[str, ...]) -> list[tuple[object, ...]]:
            return [
                (key, *(record.values.get(column) for column in columns))
                for key, record in keyed
                if record.values["role"] == role
            ]

        users = [(key, *(record.values.get(column) for column in ("role", *_USER))) for key, record in keyed]
        tables = (
            Rows("users", ("id", "role", *_USER), users),
            Rows("patients", ("id", *_PATIENT), extension("patient", _PATIENT)),
            Rows("doctors", ("id", *_DOCTOR), extension("doctor", _DOCTOR)),
            Rows("staff", ("id", "facility_id", "role", "duty"), extension("staff", _STAFF)),
        )
        return [rows for rows in tables if rows.values]


def _of_others(line: Line, role: str) -> list[Mistake]:
    """Return a mistake for each cell that only people of another role have."""
    return [
        Mistake(line.number, column, f"is for a {other}, and this is a {role}")
        for other, columns in _ONLY.items()
        if role in ROLES and other != role
        for column in columns
        if column in line.cells
    ]
