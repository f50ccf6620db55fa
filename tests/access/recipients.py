"""To whom somebody may write, as the page's words say it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from tests.access.people import Caller, Person
from tests.access.relations import cares, facilities_of
from tests.access.rows import Row
from tests.access.world import World

Condition = Callable[[World, Caller, Row], bool]


def business_at(world: World, patient: UUID) -> set[UUID]:
    """Return where a patient has an appointment, a request or a payment."""
    found = [row["facility_id"] for row in world.of("appointments") if row["patient_id"] == patient]
    for row in world.of("ambulance_requests"):
        if row["patient_id"] == patient:
            found += [row["facility_id"], row["destination_facility_id"]]
    found += [row["facility_id"] for row in world.of("transactions") if row["user_id"] == patient]
    return {facility for facility in found if facility is not None}


def _staff_of(world: World, facilities: set[UUID], user_id: UUID) -> bool:
    return any(row.id == user_id and row["facility_id"] in facilities for row in world.of("staff"))


def _by_patient(world: World, who: Caller, row: Row) -> bool:
    if not isinstance(who, Person):
        return False
    to = row["receiver_id"]
    return cares(world, to, who.id) or _staff_of(world, business_at(world, who.id), to)


def _by_doctor(world: World, who: Caller, row: Row) -> bool:
    to = row["receiver_id"]
    return isinstance(who, Person) and (cares(world, who.id, to) or _staff_of(world, facilities_of(who), to))


def _by_desk(world: World, who: Caller, row: Row) -> bool:
    places, to = facilities_of(who), row["receiver_id"]
    works = any(one["doctor_id"] == to and one["facility_id"] in places for one in world.of("doctor_facilities"))
    return bool(places & business_at(world, to)) or works or _staff_of(world, places, to)


def _by_admin(world: World, who: Caller, row: Row) -> bool:
    return any(one.id == row["receiver_id"] for one in world.of("staff"))


RECIPIENTS: dict[str, Condition] = {
    "to care doctor, staff of a related facility": _by_patient,
    "to care patient, staff of own facility": _by_doctor,
    "to facpt, fac staff, fac doctor": _by_desk,
    "to staff": _by_admin,
}
