"""Patients who make an account of their own."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from handlers import attempts
from handlers.auth import check_origin
from handlers.call import API, Call, Nothing, Route
from handlers.context import LIMITS
from handlers.people import (
    BloodType,
    Chosen,
    Email,
    Gender,
    Name,
    OnePerson,
    Phone,
    ZoneName,
    check_born,
    explained,
    shown,
)
from hub.access.passwords import check_password
from hub.access.policy import allowed
from hub.errors import Forbidden, RateLimited
from hub.zones import check_zone
from storage import audit, people
from storage.errors import Conflict
from storage.people import NewPatient, NewPerson, Part

_ADDED = ("users.C", "patients.C")  # what registering adds: the matrix has to let strangers do that


class Registration(msgspec.Struct, forbid_unknown_fields=True):
    """Who somebody is, and with what they want to sign in."""

    name: Name
    email: Email
    password: Chosen
    phone: Phone | None = None
    time_zone: ZoneName | None = None
    date_of_birth: date | None = None
    gender: Gender | None = None
    blood_type: BloodType | None = None
    address: Annotated[str, Meta(max_length=500)] | None = None


async def create(call: Call[Nothing, Registration]) -> OnePerson:
    """POST /registrations: an account with the role patient; raises Conflict for an address that has one."""
    context, body = call.context, call.body
    check_origin(call.http_request, context)
    await limit_strangers(call)
    if not all(allowed(call.principal, action) for action in _ADDED):
        raise Forbidden
    check_password(body.password, name=body.name, email=body.email)
    check_zone(body.time_zone)
    check_born(body.date_of_birth, context.clock.now().date())
    patient = NewPatient(body.date_of_birth, body.gender, body.blood_type, body.address)
    stored = await context.passwords.hash(body.password)
    person = NewPerson(body.name, body.email, body.phone, body.time_zone, Part("patient", patient=patient), stored)
    try:
        async with context.app.transaction() as transaction:
            user_id = await people.create(transaction, person)
            await audit.record(transaction, call.audit_entry("registrations.C", "users", str(user_id)))
    except Conflict as conflict:
        raise explained(conflict) from conflict
    return await shown(call, user_id)


async def limit_strangers(call: Call[Any, Any]) -> None:
    """Count what somebody unknown asks for, by network; raises RateLimited."""
    limit = call.http_request.app[LIMITS].registrations
    wait_s = await limit.take(attempts.network(call), call.context.clock.monotonic_s())
    if wait_s:
        raise RateLimited(retry_after_s=wait_s)


ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        f"{API}/registrations",
        create,
        "registrations.C",
        "Make an account as a patient",
        OnePerson,
        body=Registration,
        status=201,
        public=True,
    ),
)
