"""Facilities, and everybody in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from uuid import UUID

from tests.access.people import PEOPLE, Person, mark, uid
from tests.access.rows import Row, row


def rows(now: datetime) -> Iterator[Row]:
    """Yield the rows in an order in which they can be stored."""
    for name, kind in (("north", "hospital"), ("south", "hospital"), ("left", "clinic"), ("bare", "clinic")):
        texts = {column: mark(name, column) for column in ("name", "address", "phone")}
        yield row("facilities", name, type=kind, **texts)
    for person in PEOPLE.values():
        yield _user(person, now)
    for person in PEOPLE.values():
        if person.listed:
            yield from _more(person)
    for person in PEOPLE.values():
        if person.role == "doctor" and person.listed:
            yield from _works(person)


def _user(person: Person, now: datetime) -> Row:
    return row(
        "users",
        person.name,
        name=f"{mark(person.name, 'first_name')} {mark(person.name, 'last_name')}",
        email=f"{mark(person.name, 'email')}@hub.test",
        phone=mark(person.name, "phone"),
        password=mark(person.name, "password"),
        role=person.role,
        disabled_at=now if person.name == "disabled" else None,
    )


def _more(person: Person) -> Iterator[Row]:
    name = person.name
    if person.role == "patient":
        yield row(
            "patients",
            name,
            date_of_birth=date(1980, 1, 1),
            gender="unknown",
            blood_type="O+",
            address=mark(name, "address"),
        )
    elif person.role == "doctor":
        yield row(
            "doctors",
            name,
            specialization=mark(name, "specialization"),
            license_number=mark(name, "license_number"),
            years_experience=7,
        )
    elif person.role == "staff":
        yield row("staff", name, facility_id=uid(person.facility or ""), role=person.desk, duty=person.duty)


def _works(person: Person) -> Iterator[Row]:
    place = uid(person.facility or "")
    yield row("doctor_facilities", f"{person.name}-works", doctor_id=person.id, facility_id=place)
    yield _window(person, f"{person.name}-monday", place)
    if person.name == "doc":  # where they do not work any more
        yield _window(person, "doc-left-monday", uid("left"))


def _window(person: Person, name: str, place: UUID) -> Row:
    times = {"day_of_week": 1, "start_time": time(9), "end_time": time(17)}
    return row("doctor_schedules", name, doctor_id=person.id, facility_id=place, **times)
