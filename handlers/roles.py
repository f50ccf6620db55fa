"""Giving somebody another role."""

from __future__ import annotations

import msgspec

from handlers.accounts import desk_of
from handlers.call import API, Call, Nothing, Route
from handlers.people import DoctorPart, OnePerson, Role, StaffPart, change_entry, explained, find_person, shown
from hub.errors import Forbidden, InvalidValue
from storage import people
from storage.errors import Conflict
from storage.people import NewDoctor, Part


class NewRole(msgspec.Struct, forbid_unknown_fields=True):
    """The role, and the desk that comes with it for staff."""

    role: Role
    staff: StaffPart | None = None
    doctor: DoctorPart | None = None


async def change(call: Call[Nothing, NewRole]) -> OnePerson:
    """POST /users/{id}/role: the person's sessions end with the role; raises Forbidden for oneself."""
    context, body = call.context, call.body
    person = await find_person(call)
    if person.id == call.principal.user_id:
        raise Forbidden("nobody changes the own role")
    for role, given in (("staff", body.staff), ("doctor", body.doctor)):
        if given is not None and body.role != role:
            raise InvalidValue(f"only somebody with the role {role} has this", field=role)
    if body.role == "staff" and body.staff is None:
        raise InvalidValue("say where the person works, and as what", field="staff")
    doctor = NewDoctor() if body.doctor is None else NewDoctor(*msgspec.structs.astuple(body.doctor))
    part = Part(body.role, None if body.staff is None else desk_of(call, body.staff), doctor)
    if person.email is None and body.role != "patient":
        raise InvalidValue("only a patient's account does without an e-mail address", field="role")
    entry = change_entry(call, "users.U.role", person, changed=["role"], **{"from": person.role, "to": body.role})
    try:
        await people.change_role(context.app, person, part, context.clock.now(), entry)
    except Conflict as conflict:
        raise explained(conflict, facility_field="staff.facility_id") from conflict
    return await shown(call, person.id)


ROUTES: tuple[Route, ...] = (
    Route("POST", f"{API}/users/{{id}}/role", change, "users.U.role", "Give another role", OnePerson, body=NewRole),
)
