"""The cells of adding: what everybody tries to add, to whom it belongs, and what is not theirs to say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.access import page
from tests.access.asking import API, Cell, marks_of
from tests.access.clinic_rows import JOINT
from tests.access.oracle import Oracle, fields_of
from tests.access.people import ASKING, DEVICES, Caller, Nobody, Person, uid
from tests.access.read_cells import refusal
from tests.access.relations import cares, has_business
from tests.access.rows import Row
from tests.access.write_cells import VALUES

Values = dict[str, Any]
# The columns that the credential fills, by table and code; for the desks also the facility.
OWNERS: dict[tuple[str, str], str] = {
    **{(table, "PT"): "patient_id" for table in ("appointments", "ambulance_requests", "physio_sessions")},
    **{(table, "DR"): "doctor_id" for table in ("appointments", "doctor_schedules")},
    ("physio_sessions", "DR"): "therapist_id",
    ("workout_plans", "DR"): "created_by",
    ("exercise_ticks", "PT"): "patient_id",
    **{("messages", code): "sender_id" for code in ("PT", "DR", "RC", "SA", "AD")},
}
DESK_TABLES = ("staff", "doctor_facilities", "doctor_schedules", "appointments", "physio_sessions")
SOUTH = ("south-rc", "south-sa", "south-doc", "south-pat", "dp", "sv", "rc-sv")
PATIENTS = ("pat", "south-pat", "lonely")
PLANNED = ("pat-plan", "pat-old-plan", "south-plan", "planned-plan")
RECEIVERS = ("pat", "ended", "lonely", "doc", "south-doc", "rc", "south-rc", "sa", "other-admin")
_hours = iter(range(1, 100_000))


@dataclass(frozen=True)
class Try:
    """Who tries to add something."""

    who: Caller
    now: datetime

    @property
    def place(self) -> str:
        """Where they would."""
        return "south" if self.who.name in SOUTH else "north"

    @property
    def doctor(self) -> str:
        """For whom: themselves, or a doctor of the place."""
        return self.who.name if "DR" in self.who.codes else "south-doc" if self.place == "south" else "doc"

    def soon(self) -> datetime:
        """Return a time at which nobody is taken."""
        return self.now + timedelta(days=200, hours=2 * next(_hours))


Tries = list[tuple[str, Values]]  # each under a label, with all columns as if nobody owned it yet


def _account(name: str) -> Callable[[Try], Tries]:
    return lambda asked: [("new", {"user_id": uid(name)})]


def _staff(asked: Try) -> Tries:
    new = {"user_id": uid("new-staff"), "facility_id": uid(asked.place)}
    return [(role, {**new, "role": role}) for role in ("receptionist", "admin")]


def _works(asked: Try) -> Tries:
    other = "doc" if asked.place == "south" else "south-doc"
    return [(other, {"doctor_id": uid(other), "facility_id": uid(asked.place)})]


def _window(asked: Try) -> Tries:
    times = {"day_of_week": 6, "start_time": "09:00:00", "end_time": "12:00:00"}
    return [(asked.doctor, {"doctor_id": uid(asked.doctor), "facility_id": uid(asked.place), **times})]


def _visit(asked: Try) -> Tries:
    people = {"patient_id": uid("pat"), "doctor_id": uid(asked.doctor), "facility_id": uid(asked.place)}
    return [("pat", {**people, "scheduled_at": asked.soon()})]


def _session(asked: Try) -> Tries:
    found = []
    for patient, plan in zip(PATIENTS, ("pat-plan", "south-plan", "pat-old-plan"), strict=True):
        values = {"patient_id": uid(patient), "therapist_id": uid(asked.doctor), "facility_id": uid(asked.place)}
        if "PT" in asked.who.codes:
            values = {"patient_id": uid(patient), "plan_id": uid(plan)}
        found.append((patient, {**values, "scheduled_at": asked.soon()}))
    return found


def _plan(asked: Try) -> Tries:
    made = {"created_by": uid(asked.doctor), "joint": JOINT, "start_date": asked.soon().date()}
    return [(patient, {"patient_id": uid(patient), **made}) for patient in PATIENTS]


def _exercise(asked: Try) -> Tries:
    made = {"name": "Bends", "target_reps": 5, "day_of_week": 2}
    return [(plan, {"plan_id": uid(plan), **made}) for plan in PLANNED]


def _tick(asked: Try) -> Tries:
    made = {"patient_id": uid("pat"), "day": (asked.now - timedelta(days=2)).date(), "reps": 5}
    return [(plan, {"exercise_id": uid(f"{plan}-bends"), **made}) for plan in PLANNED]


def _message(asked: Try) -> Tries:
    return [
        (name, {"sender_id": None, "receiver_id": uid(name), "content": "Hello"})
        for name in RECEIVERS
        if name != asked.who.name
    ]


TRIES: Mapping[str, Callable[[Try], Tries]] = {
    "facilities": lambda asked: [("new", {"name": "New", "type": "clinic"})],
    "patients": _account("new-patient"),
    "doctors": _account("new-doctor"),
    "staff": _staff,
    "doctor_facilities": _works,
    "doctor_schedules": _window,
    "appointments": _visit,
    "ambulances": lambda asked: [("new", {"plate_number": f"NEW {next(_hours)}"})],
    "ambulance_requests": lambda asked: [("pat", {"patient_id": uid("pat"), "callback_number": "112"})],
    "physio_sessions": _session,
    "workout_plans": _plan,
    "plan_exercises": _exercise,
    "exercise_ticks": _tick,
    "messages": _message,
}


def owned(who: Caller, table: str, oracle: Oracle) -> Values:
    """Return the columns that the credential fills."""
    if not isinstance(who, Person):
        return {}
    found: Values = {OWNERS[table, code]: who.id for code in who.codes if (table, code) in OWNERS}
    scopes = {grant.scope for grant in oracle.asked(who, f"{table}.C")}
    if table in DESK_TABLES and who.desk and scopes == {"fac"}:
        found["facility_id"] = uid(who.facility or "")
    return found


def creations(oracle: Oracle, table: str, callers: Iterable[Caller] = ASKING) -> Iterator[Cell]:
    """Yield everybody's cells of one table."""
    for who in callers:
        tried = False
        for label, values in TRIES[table](Try(who, oracle.world.now)):
            cells = list(_creation(oracle, who, table, label, values))
            yield from cells[:1] if tried else cells  # what is nobody's to say was tried with the first
            tried = tried or cells[0].statuses == (201,)


def _creation(oracle: Oracle, who: Caller, table: str, label: str, values: Values) -> Iterator[Cell]:
    action, path, mine = f"{table}.C", f"{API}/{table}", owned(who, table, oracle)
    body = {name: _json(value) for name, value in values.items() if name not in mine and value is not None}
    if not oracle.asked(who, action):
        yield Cell(action, who, label, "POST", path, (refusal(who),), body=body)
        return
    row = Row(table, "new", {"id": values.get("user_id", uuid4()), **values, **mine})
    held = [] if _makes_care(oracle, who, row) else oracle.holding(who, action, row)
    if isinstance(who, Nobody):  # who registers does so elsewhere
        yield Cell(action, who, label, "POST", path, (401,), body=body)
        return
    if not held:
        yield Cell(action, who, label, "POST", path, (403, 422), body=body)
        return
    settable = frozenset[str]().union(*(fields_of(table, grant, "create") for grant in held)) - set(mine)
    body = {name: value for name, value in body.items() if name in settable}
    person = "new-" + {"patients": "patient", "doctors": "doctor"}.get(table, "staff")
    marks = marks_of(Row(table, person, {}), page.fields()[table][""]) if "user_id" in values else frozenset[str]()
    yield Cell(action, who, label, "POST", path, (201,), body=body, marks=marks)
    for name in sorted(page.fields()[table][""] - settable):
        extra = {**body, name: _json(mine.get(name, values.get(name, _some(name, oracle))))}
        yield Cell(action, who, f"{label}+{name}", "POST", path, (403,), "field_forbidden", extra)


def _makes_care(oracle: Oracle, who: Caller, row: Row) -> bool:
    """Tell whether a doctor would bring somebody into the own care whom neither doctor nor facility knows."""
    if row.table != "appointments" or not isinstance(who, Person) or row["doctor_id"] != who.id:
        return False
    known = has_business(oracle.world, row["patient_id"], {row["facility_id"]})
    return not (known or cares(oracle.world, who.id, row["patient_id"]))


def _some(name: str, oracle: Oracle) -> Any:
    """Return a value that such a field may have."""
    if name == "device_id":
        return DEVICES["px"].number
    if name.endswith("_id"):
        return uid("north")
    if name.endswith(("_at", "_for")):
        return oracle.world.now
    return VALUES.get(name, "x")


def _json(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value
