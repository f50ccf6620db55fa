"""People as administrators deal with them: made, given a role, disabled, enabled."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from storage import audit, sessions, totp
from storage.errors import Conflict
from storage.passwords import Passwords
from storage.pool import Database, Transaction
from storage.sql import load

_QUERIES = load("people")
# What a change is refused for, beside the constraints of the schema.
LAST_ADMIN = "users_last_admin"
NO_ADMIN = "users_no_admin"  # who asks was one until just now
CHANGED = "users_changed"  # the person is not what was judged any more
NOBODY = "users_nobody"  # the person was pseudonymised


class Person(NamedTuple):
    """A user, and where staff work."""

    id: UUID
    name: str
    email: str | None
    phone: str | None
    role: str
    time_zone: str | None
    created_at: datetime
    disabled_at: datetime | None
    pseudonymised_at: datetime | None
    activated: bool  # has a password
    staff_role: str | None
    duty: str | None
    facility_id: UUID | None
    works_here: bool  # a doctor, at the facility of who asks


class NewStaff(NamedTuple):
    """A desk."""

    role: str
    duty: str | None
    facility_id: UUID


class NewDoctor(NamedTuple):
    """What makes a doctor one."""

    specialization: str | None = None
    license_number: str | None = None
    years_experience: int | None = None


class NewPatient(NamedTuple):
    """What is medical about a patient."""

    date_of_birth: date | None = None
    gender: str | None = None
    blood_type: str | None = None
    address: str | None = None


class Part(NamedTuple):
    """A role and what belongs to it."""

    role: str
    staff: NewStaff | None = None  # for staff, who have a desk
    doctor: NewDoctor = NewDoctor()
    patient: NewPatient = NewPatient()


class NewPerson(NamedTuple):
    """An account that is to be made."""

    name: str
    email: str | None
    phone: str | None
    time_zone: str | None
    part: Part
    password_hash: str | None = None


async def find(db: Database | Transaction, user_id: UUID, facility_id: UUID | None) -> Person | None:
    """Return a person, as somebody of a facility (or of none) sees one; None when there is nobody."""
    row = await db.fetch_one(_QUERIES.find, user_id=user_id, facility_id=facility_id)
    return None if row is None else Person(*row)


async def create(transaction: Transaction, person: NewPerson) -> UUID:
    """Store an account with the rows of its role; raises Conflict for what is taken, or not there."""
    row = await transaction.fetch_one(
        _QUERIES.insert_user,
        name=person.name,
        email=person.email,
        phone=person.phone,
        role=person.part.role,
        time_zone=person.time_zone,
        password=person.password_hash,
    )
    if row is None:
        raise LookupError("an INSERT with RETURNING gave no row")
    user_id: UUID = row["id"]
    await _put_part(transaction, user_id, person.part)
    return user_id


async def renew_link(
    transaction: Transaction, user_id: UUID, link_hash: bytes, now: datetime, *, expires_at: datetime
) -> str | None:
    """Store a one-use link in the place of the earlier ones; returns its purpose, None where nobody could use it."""
    row = await transaction.fetch_one(
        _QUERIES.renew_link, user_id=user_id, hash=link_hash, now=now, expires_at=expires_at
    )
    return None if row is None else row["purpose"]


async def change_role(db: Database, person: Person, part: Part, now: datetime, entry: audit.Entry) -> None:
    """Give somebody another role and end their sessions; raises Conflict with one of the words above."""
    async with db.transaction() as transaction:
        await judge_again(transaction, person, entry)
        if person.role == "staff" and part.role != "staff":
            await transaction.execute(_QUERIES.remove_staff, id=person.id)
        await transaction.execute(_QUERIES.set_role, user_id=person.id, role=part.role)
        await _put_part(transaction, person.id, part)
        await end_access(transaction, person.id, "role", now)
        await audit.record(transaction, entry)


async def disable(db: Database, person: Person, now: datetime, entry: audit.Entry) -> None:
    """Let somebody in no more, and end their sessions; raises Conflict with one of the words above."""
    async with db.transaction() as transaction:
        await judge_again(transaction, person, entry)
        await transaction.execute(_QUERIES.disable, user_id=person.id, now=now)
        await end_access(transaction, person.id, "disabled", now)
        await audit.record(transaction, entry)


async def enable(db: Database, person: Person, entry: audit.Entry) -> None:
    """Let somebody in again; raises Conflict with one of the words above."""
    async with db.transaction() as transaction:
        await judge_again(transaction, person, entry)
        await transaction.execute(_QUERIES.enable, user_id=person.id)
        await audit.record(transaction, entry)


async def has_password(db: Database, passwords: Passwords, user_id: UUID, password: str) -> bool:
    """Say whether this is the password of an account that counts."""
    row = await db.fetch_one(_QUERIES.find_password, user_id=user_id)
    return row is not None and await passwords.verify(row["password"], password)


async def change_password(db: Database, user_id: UUID, password_hash: str, now: datetime, entry: audit.Entry) -> None:
    """Replace a password and end all sessions of its user."""
    async with db.transaction() as transaction:
        await transaction.execute(_QUERIES.set_password, user_id=user_id, password=password_hash)
        await end_access(transaction, user_id, "password", now)
        await audit.record(transaction, entry)


async def judge_again(transaction: Transaction, person: Person, entry: audit.Entry) -> None:
    """Lock a person and see that they are what was judged, and that an administrator stays; raises Conflict.

    Two administrators who take the office from each other at once come here one after the other.
    """
    if person.role == "admin" or person.staff_role is None:  # only administrators deal with these
        admins = {row["id"] for row in await transaction.fetch(_QUERIES.lock_admins)}
        if entry.actor_id is not None and UUID(entry.actor_id) not in admins:
            raise Conflict(NO_ADMIN)
        if admins <= {person.id}:
            raise Conflict(LAST_ADMIN)
    row = await transaction.fetch_one(_QUERIES.lock_person, user_id=person.id)
    if row is None or (row["role"], row["staff_role"]) != (person.role, person.staff_role):
        raise Conflict(CHANGED)
    if row["pseudonymised_at"] is not None:
        raise Conflict(NOBODY)


async def end_access(transaction: Transaction, user_id: UUID, reason: str, now: datetime) -> None:
    """End the sessions, links and trusted browsers of a user; their sockets hear of it by the sessions' trigger."""
    await sessions.end_all_of(transaction, user_id, reason=reason, now=now)
    await transaction.execute(_QUERIES.end_links, user_id=user_id)
    await totp.distrust(transaction, user_id)


async def _put_part(transaction: Transaction, user_id: UUID, part: Part) -> None:
    if part.role == "patient":
        await transaction.execute(_QUERIES.put_patient, id=user_id, **part.patient._asdict())
    elif part.role == "doctor":
        await transaction.execute(_QUERIES.put_doctor, id=user_id, **part.doctor._asdict())
    elif part.staff is not None:
        await transaction.execute(_QUERIES.put_staff, id=user_id, **part.staff._asdict())
