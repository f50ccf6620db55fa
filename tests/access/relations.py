"""What the scopes of the matrix mean, in plain Python over the rows of the world: nothing of it is the product's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from tests.access.people import AMBULANCES, Caller, Device, Person, uid
from tests.access.rows import Row
from tests.access.world import World

CARE = timedelta(days=90)
HALF_AN_HOUR = timedelta(minutes=30)
DRIVING = ("accepted", "en_route", "on_scene", "transporting", "at_destination")
CLOSED = ("completed", "cancelled", "duplicate")
# By table the column with the one whose row it is: the patient's, the doctor's, anybody's.
PATIENTS = {
    **dict.fromkeys(("users", "patients"), "id"),
    **dict.fromkeys(("appointments", "ambulance_requests", "physio_sessions", "workout_plans"), "patient_id"),
    "exercise_ticks": "patient_id",
    "transactions": "user_id",
    "notifications": "user_id",
}
DOCTORS = {
    **dict.fromkeys(("users", "doctors"), "id"),
    **dict.fromkeys(("appointments", "doctor_facilities", "doctor_schedules"), "doctor_id"),
    "physio_sessions": "therapist_id",
    "workout_plans": "created_by",
    "notifications": "user_id",
    "break_glass": "user_id",
}
OTHERS = {"users": "id", "staff": "id", "notifications": "user_id", "break_glass": "user_id"}
OWNERS = {"PT": PATIENTS, "DR": DOCTORS}
WRITERS = {"messages": "sender_id"}  # of whoever it is


def patient_of(world: World, row: Row) -> UUID | None:
    """Return whose clinical data a row is."""
    found: UUID | None
    if row.table in ("plan_exercises", "rehab_progress", "rehab_days"):
        found = world.row("workout_plans", row["plan_id"])["patient_id"]
    elif row.table == "joint_motion_logs":
        found = world.row("physio_sessions", row["session_id"])["patient_id"]
    else:
        found = row["id" if row.table == "patients" else "patient_id"]
    return found


def cares(world: World, doctor: UUID, patient: UUID | None) -> bool:
    """care(d, p), as the page defines it."""
    now, today = world.now, world.now.date()
    return any(
        (
            *(
                row["doctor_id"] == doctor and row["status"] != "cancelled" and row["scheduled_at"] >= now - CARE
                for row in world.of("appointments")
                if row["patient_id"] == patient
            ),
            *(
                row["therapist_id"] == doctor
                and row["status"] != "cancelled"
                and abs(row["scheduled_at"] - now) <= CARE
                for row in world.of("physio_sessions")
                if row["patient_id"] == patient
            ),
            *(
                row["created_by"] == doctor
                and row["status"] == "active"
                and (row["end_date"] is None or row["end_date"] >= today)
                for row in world.of("workout_plans")
                if row["patient_id"] == patient
            ),
        )
    )


def facilities_of(who: Caller) -> set[UUID]:
    """Return where somebody works."""
    return {uid(who.facility)} if isinstance(who, Person) and who.facility else set()


def own(world: World, who: Caller, code: str, row: Row) -> bool:
    """Tell whether it is the caller's row."""
    if isinstance(who, Device):
        return (row.table == "ambulances" and who.ambulance == row.name) or row is world.by_table.get(
            "devices", {}
        ).get(who.number)
    if not isinstance(who, Person):
        return False
    if code == "PT" and row.table in ("rehab_progress", "rehab_days", "joint_motion_logs", "plan_exercises"):
        return patient_of(world, row) == who.id
    column = WRITERS.get(row.table) or OWNERS.get(code, OTHERS).get(row.table)
    return column is not None and row[column] == who.id


def care(world: World, who: Caller, code: str, row: Row) -> bool:
    """Tell whether it is of a patient in the doctor's care."""
    if isinstance(who, Person) and row.table == "devices":  # a sensor of the facility, unless it is another's patient's
        sensors = [one for one in world.of("physio_devices") if one.id == row.id]
        mine = [one for one in sensors if one["patient_id"] is None or cares(world, who.id, one["patient_id"])]
        return row["facility_id"] in facilities_of(who) and bool(mine)
    return isinstance(who, Person) and cares(world, who.id, patient_of(world, row))


def fac(world: World, who: Caller, code: str, row: Row) -> bool:
    """Tell whether it is a row of the caller's facility."""
    places = facilities_of(who)
    if row.table == "facilities":
        return bool({row.id} & places)
    if row.table in ("users", "doctors"):
        return bool(places & _works_at(world, row.id))
    if row.table == "ambulances":
        return any(request["destination_facility_id"] in places for request in _driven(world, row.id))
    if row.table == "ambulance_requests":
        return row["destination_facility_id"] in places
    return row["facility_id"] in places


def _works_at(world: World, user_id: object) -> set[UUID]:
    desks = {row["facility_id"] for row in world.of("staff") if row.id == user_id}
    return desks | {row["facility_id"] for row in world.of("doctor_facilities") if row["doctor_id"] == user_id}


def _driven(world: World, ambulance_id: object) -> list[Row]:
    """The requests that an ambulance has now: asked to take one is not yet having it."""
    return [
        world.row("ambulance_requests", unit["request_id"])
        for unit in world.of("assignments")
        if unit["ambulance_id"] == ambulance_id and unit["status"] in DRIVING
    ]


def facpt(world: World, who: Caller, code: str, row: Row) -> bool:
    """Tell whether it is of a patient with an appointment, a request or a payment at the caller's facility."""
    return has_business(world, patient_of(world, row), facilities_of(who))


def has_business(world: World, patient: UUID | None, places: set[UUID]) -> bool:
    """Tell whether a patient has an appointment, a request or a payment at one of some facilities."""
    return (
        any(one["patient_id"] == patient and one["facility_id"] in places for one in world.of("appointments"))
        or any(
            one["patient_id"] == patient and {one["facility_id"], one["destination_facility_id"]} & places
            for one in world.of("ambulance_requests")
        )
        or any(one["user_id"] == patient and one["facility_id"] in places for one in world.of("transactions"))
    )


def asg(world: World, who: Caller, code: str, row: Row) -> bool:
    """Tell whether it belongs to a request that an ambulance has now: the tablet's, or the patient's own."""
    if isinstance(who, Device):
        mine = _driven(world, AMBULANCES.get(who.ambulance or ""))
        if row.table == "patients":
            return any(request["patient_id"] == row.id for request in mine)
        return any(request.id == row.id for request in mine)
    return isinstance(who, Person) and any(request["patient_id"] == who.id for request in _driven(world, row.id))


def bound(world: World, who: Caller, code: str, row: Row) -> bool:
    """Tell whether it is a session that a sensor is bound to: in progress, or scheduled for half an hour from now."""
    if not isinstance(who, Device) or row["device_id"] != who.number:
        return False
    starts: datetime = row["scheduled_at"]
    near = starts - HALF_AN_HOUR <= world.now < starts + timedelta(minutes=30) + HALF_AN_HOUR
    status: str = row["status"]
    return status == "in_progress" or (status == "scheduled" and near)


def part(world: World, who: Caller, code: str, row: Row) -> bool:
    """Tell whether the caller is the sender or the recipient."""
    return isinstance(who, Person) and who.id in (row["sender_id"], row["receiver_id"])


def bg(world: World, who: Caller, code: str, row: Row) -> bool:
    """Tell whether the caller has said why they look at this patient, and may still."""
    return isinstance(who, Person) and any(
        one["user_id"] == who.id
        and one["patient_id"] == patient_of(world, row)
        and one["granted_at"] <= world.now < one["expires_at"]
        for one in world.of("break_glass")
    )


def everything(world: World, who: Caller, code: str, row: Row) -> bool:
    """All rows."""
    return True


Relation = Callable[[World, Caller, str, Row], bool]
SCOPES: dict[str, Relation] = {
    **{"own": own, "care": care, "fac": fac, "facpt": facpt, "asg": asg, "bound": bound, "part": part, "bg": bg},
    "*": everything,
}
