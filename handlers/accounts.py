"""Accounts as others make and end them: added at a desk, disabled, enabled, made nobody."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from handlers.call import API, Call, Nothing, Route
from handlers.invitations import Invited, Link, deliver, fresh_link
from handlers.people import (
    DoctorPart,
    Email,
    Name,
    OnePerson,
    PatientPart,
    PersonRecord,
    Phone,
    Role,
    StaffPart,
    ZoneName,
    change_entry,
    check_born,
    explained,
    find_person,
    is_admin,
    is_receptionist_here,
    shown,
)
from hub.errors import FieldForbidden, Forbidden, InvalidValue
from hub.zones import check_zone
from storage import audit, people, pseudonyms
from storage.errors import Conflict
from storage.people import NewDoctor, NewPatient, NewPerson, NewStaff, Part, Person

DISABLING = "users.U.disabled"


class NewAccount(msgspec.Struct, forbid_unknown_fields=True):
    """Somebody new, with what belongs to the role; only patients do without an e-mail address."""

    name: Name
    role: Role
    email: Email | None = None
    phone: Phone | None = None
    time_zone: ZoneName | None = None
    staff: StaffPart | None = None
    doctor: DoctorPart | None = None
    patient: PatientPart | None = None


class Added(msgspec.Struct):
    """The new account, and the link with which its holder chooses a password."""

    user: PersonRecord
    activation_link: str | None
    emailed: bool
    expires_at: datetime | None


async def create(call: Call[Nothing, NewAccount]) -> Added:
    """POST /users; raises Forbidden for a role that is not the caller's to give."""
    context, body = call.context, call.body
    part = part_of(call, body)
    _check_may_add(call, part)
    if body.email is None and body.role != "patient":
        raise InvalidValue("only patients do without an e-mail address", field="email")
    check_zone(body.time_zone)
    check_born(part.patient.date_of_birth, context.clock.now().date())
    link = None if body.email is None else fresh_link(call)
    person = NewPerson(body.name, body.email, body.phone, body.time_zone, part)
    user_id = await _store(call, person, link)
    user = (await shown(call, user_id)).user
    if link is None or body.email is None:
        return Added(user, None, emailed=False, expires_at=None)
    invited: Invited = await deliver(call, link, name=body.name, email=body.email)
    return Added(user, invited.activation_link, invited.emailed, invited.expires_at)


async def disable(call: Call[Nothing, Nothing]) -> OnePerson:
    """POST /users/{id}/disable: the account's sessions and sockets end with it."""
    person, entry = await _judged(call, DISABLING, "disabled_at")
    try:
        await people.disable(call.context.app, person, call.context.clock.now(), entry)
    except Conflict as conflict:
        raise explained(conflict) from conflict
    return await shown(call, person.id)


async def enable(call: Call[Nothing, Nothing]) -> OnePerson:
    """POST /users/{id}/enable."""
    person, entry = await _judged(call, DISABLING, "disabled_at")
    try:
        await people.enable(call.context.app, person, entry)
    except Conflict as conflict:
        raise explained(conflict) from conflict
    return await shown(call, person.id)


async def pseudonymise(call: Call[Nothing, Nothing]) -> OnePerson:
    """POST /users/{id}/pseudonymise: whatever names the person goes, for good."""
    person, entry = await _judged(call, "users.pseudonymise", "pseudonymised_at")
    try:
        await pseudonyms.pseudonymise(call.context.app, person, call.context.clock.now(), entry)
    except Conflict as conflict:
        raise explained(conflict) from conflict
    return await shown(call, person.id)


def part_of(call: Call[Nothing, NewAccount], body: NewAccount) -> Part:
    """Return the role with what belongs to it; raises InvalidValue for parts that do not go with the role."""
    for role, given in (("staff", body.staff), ("doctor", body.doctor), ("patient", body.patient)):
        if given is not None and body.role != role:
            raise InvalidValue(f"only somebody with the role {role} has this", field=role)
    doctor = NewDoctor() if body.doctor is None else NewDoctor(*msgspec.structs.astuple(body.doctor))
    patient = NewPatient() if body.patient is None else NewPatient(*msgspec.structs.astuple(body.patient))
    staff = None
    if body.role == "staff":
        if body.staff is None:
            raise InvalidValue("say where the person works, and as what", field="staff")
        staff = desk_of(call, body.staff)
    return Part(body.role, staff, doctor, patient)


def desk_of(call: Call[Any, Any], staff: StaffPart) -> NewStaff:
    """Return a desk; the facility of who belongs to one is that one, and not theirs to name."""
    if is_admin(call):
        if staff.facility_id is None:
            raise InvalidValue("say at which facility", field="staff.facility_id")
        return NewStaff(staff.role, staff.duty, staff.facility_id)
    if staff.facility_id is not None:
        raise FieldForbidden("the facility is your own", field="staff.facility_id")
    if call.principal.facility_id is None:
        raise Forbidden
    return NewStaff(staff.role, staff.duty, call.principal.facility_id)


def _check_may_add(call: Call[Nothing, NewAccount], part: Part) -> None:
    """Hold a role against the rules that let the caller in; the desk's own names the roles that it may give."""
    words = {rule.condition for rule in call.rules}
    if None in words:
        return
    receptionist = part.staff is not None and (part.staff.role, part.staff.duty) == ("receptionist", None)
    if part.role == "patient" or (receptionist and "patient,receptionist" in words):
        return
    raise Forbidden("this role is not yours to give")


async def _store(call: Call[Nothing, NewAccount], person: NewPerson, link: Link | None) -> UUID:
    context = call.context
    try:
        async with context.app.transaction() as transaction:
            user_id = await people.create(transaction, person)
            if link is not None:
                now = context.clock.now()
                await people.renew_link(transaction, user_id, link.hash, now, expires_at=link.expires_at)
            await audit.record(transaction, call.audit_entry("users.C", "users", str(user_id)))
            return user_id
    except Conflict as conflict:
        raise explained(conflict, facility_field="staff.facility_id") from conflict


async def _judged(call: Call[Nothing, Nothing], action: str, changed: str) -> tuple[Person, audit.Entry]:
    """Return whose account is dealt with; raises Forbidden for the own one, and for those of other facilities."""
    person = await find_person(call)
    if person.id == call.principal.user_id:
        raise Forbidden("nobody does this to the own account")
    if not (is_admin(call) or is_receptionist_here(call, person)):
        raise Forbidden("this account is not yours to change")
    return person, change_entry(call, action, person, changed=[changed])


ROUTES: tuple[Route, ...] = (
    Route(
        "POST", f"{API}/users", create, "users.C", "Add a person", Added, body=NewAccount, status=201, replayable=False
    ),
    Route("POST", f"{API}/users/{{id}}/disable", disable, DISABLING, "Let somebody in no more", OnePerson),
    Route("POST", f"{API}/users/{{id}}/enable", enable, DISABLING, "Let somebody in again", OnePerson),
    Route(
        "POST",
        f"{API}/users/{{id}}/pseudonymise",
        pseudonymise,
        "users.pseudonymise",
        "Remove what names a person, for good",
        OnePerson,
    ),
)
