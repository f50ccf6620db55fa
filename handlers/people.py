"""What the handlers about people share: the fields of a person, and finding the one whom a path names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from handlers.call import Call
from handlers.record_types import formed
from hub import errors
from hub.errors import InvalidValue, NotFound
from storage import audit, people
from storage.errors import Conflict
from storage.people import Person
from storage.records.kinds import EMAIL, NAME, PHONE

Email = Annotated[
    str,
    Meta(min_length=3, max_length=254, description="What one signs in with.", **formed(EMAIL)),
]
Password = Annotated[str, Meta(min_length=1, max_length=1024)]
Chosen = Annotated[str, Meta(max_length=1024, description="12 to 128 characters, any Unicode.")]
Name = Annotated[str, Meta(min_length=1, max_length=200, **formed(NAME))]
Phone = Annotated[str, Meta(min_length=3, max_length=40, **formed(PHONE))]
ZoneName = Annotated[str, Meta(min_length=1, max_length=64, description="IANA name, such as Asia/Kolkata.")]
Role = Literal["patient", "doctor", "staff", "admin"]
Gender = Literal["female", "male", "other", "unknown"]
BloodType = Literal["A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-"]
_BORN_MIN = date(1880, 1, 1)
_SENTENCES = {
    "users_email_key": "there is an account with this e-mail address already",
    "users_email_or_patient": "only a patient's account does without an e-mail address",
    "doctors_license_number_key": "another doctor has this licence",
    people.LAST_ADMIN: "this is the last administrator",
    people.CHANGED: "the person was changed meanwhile",
    people.NOBODY: "the person was pseudonymised, which cannot be taken back",
}


class StaffPart(msgspec.Struct, forbid_unknown_fields=True):
    """A desk; who adds somebody to the own facility need not name it."""

    role: Literal["receptionist", "admin"]
    duty: Literal["dispatcher", "supervisor"] | None = None
    facility_id: UUID | None = None


class DoctorPart(msgspec.Struct, forbid_unknown_fields=True):
    """What makes a doctor one."""

    specialization: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    license_number: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    years_experience: Annotated[int, Meta(ge=0, le=80)] | None = None


class PatientPart(msgspec.Struct, forbid_unknown_fields=True):
    """What is medical about a patient."""

    date_of_birth: date | None = None
    gender: Gender | None = None
    blood_type: BloodType | None = None
    address: Annotated[str, Meta(max_length=500)] | None = None


class StaffRecord(msgspec.Struct):
    """Where a person works, and as what."""

    role: str
    duty: str | None
    facility_id: UUID


class PersonRecord(msgspec.Struct):
    """A person's account."""

    id: UUID
    name: str
    email: str | None
    phone: str | None
    role: str
    time_zone: str | None
    created_at: datetime
    disabled_at: datetime | None
    pseudonymised_at: datetime | None
    activated: bool
    staff: StaffRecord | UnsetType = UNSET


class OnePerson(msgspec.Struct):
    """The account as it is now."""

    user: PersonRecord


async def find_person(call: Call[Any, Any]) -> Person:
    """Return the person of the path's `{id}`; raises NotFound for one whom the caller may not see."""
    person = await people.find(call.context.app, call.uuid, call.principal.facility_id)
    if person is None or not _sees(call, person):
        raise NotFound
    return person


async def shown(call: Call[Any, Any], user_id: UUID) -> OnePerson:
    """Return a person as the answer to a change."""
    person = await people.find(call.context.app, user_id, call.principal.facility_id)
    if person is None:
        raise NotFound
    return OnePerson(record_of(person))


def record_of(person: Person) -> PersonRecord:
    """Return a person as they are shown to those who deal with accounts."""
    staff: StaffRecord | UnsetType = UNSET
    if person.staff_role is not None and person.facility_id is not None:
        staff = StaffRecord(person.staff_role, person.duty, person.facility_id)
    return PersonRecord(*person[:10], staff=staff)


def is_admin(call: Call[Any, Any]) -> bool:
    """Say whether the platform's administrator asks."""
    return "AD" in call.principal.codes


def is_own_facility(call: Call[Any, Any], person: Person) -> bool:
    """Say whether a person works at the facility of who asks."""
    own = call.principal.facility_id
    return own is not None and (person.facility_id == own or person.works_here)


def is_receptionist_here(call: Call[Any, Any], person: Person) -> bool:
    """Say whether this is a receptionist of the own facility.

    One who leads the dispatchers of every facility is not one facility's to deal with.
    """
    return person.staff_role == "receptionist" and person.duty != "supervisor" and is_own_facility(call, person)


def change_entry(call: Call[Any, Any], action: str, person: Person, **detail: object) -> audit.Entry:
    """Return an audit line of a change to somebody's account."""
    return replace(call.audit_entry(action, "users", str(person.id)), detail=detail)


def check_born(born: date | None, today: date) -> None:
    """Accept a date of birth or raise InvalidValue."""
    if born is not None and not _BORN_MIN <= born <= today:
        raise InvalidValue("nobody is that old, or not born yet", field="date_of_birth")


def explained(conflict: Conflict, *, facility_field: str = "facility_id") -> Exception:
    """Return what a refusal of the database means to who asked."""
    if conflict.constraint == "staff_facility_id_fkey":
        return InvalidValue("there is no such facility", field=facility_field)
    if conflict.constraint == people.NO_ADMIN:
        return errors.Forbidden("you are no administrator any more")
    sentence = _SENTENCES.get(conflict.constraint)
    return conflict if sentence is None else errors.Conflict(sentence)


def _sees(call: Call[Any, Any], person: Person) -> bool:
    return is_admin(call) or person.id == call.principal.user_id or is_own_facility(call, person)
