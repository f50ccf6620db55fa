"""The cells of changing and removing: every row, every field, for everybody who asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.access import page
from tests.access.asking import API, Cell, marks_of
from tests.access.oracle import Oracle, fields_of_word, words_of
from tests.access.page import Grant
from tests.access.people import ASKING, DEVICES, Caller, uid
from tests.access.read_cells import missing_id, refusal
from tests.access.rows import Row

# What a field is changed to, where it is not a text of its own.
VALUES: Mapping[str, Any] = {
    "base_location": {"latitude": 48.0, "longitude": 11.0},
    "blood_type": "AB-",
    "capability": "advanced",
    "date_of_birth": "1981-02-03",
    "day_of_week": 3,
    "destination_location": {"latitude": 48.0, "longitude": 11.0},
    "duration_min": 45,
    "duty": "dispatcher",
    "end_time": "18:00:00",
    "gender": "other",
    "hold_s": 5,
    "joint": "left_knee_flexion",
    "last_day": "2040-01-01",
    "location": {"latitude": 48.0, "longitude": 11.0},
    "media_url": "https://media.hub.test/bends.mp4",
    "pain_after": 3,
    "pain_before": 4,
    "phone": "+91 20 5550 1000",
    "callback_number": "112",
    "pickup_location": {"latitude": 48.0, "longitude": 11.0},
    "needs": "advanced",
    "priority": 2,
    "read": True,
    "reps": 5,
    "rest_angle": 5,
    "sets": 2,
    "start_time": "08:00:00",
    "target_angle": 80,
    "target_reps": 11,
    "time_zone": "Europe/Berlin",
    "type": "clinic",
    "years_experience": 8,
}
IDS = {"patient_id": "lonely", "destination_facility_id": "south", "facility_id": "north", "doctor_id": "idle-doc"}
# Whether these are possible depends on more than rights: on other rows, and on each other.
DEPENDING = ("doctor_id", "device_id", "cancel_reason", "closed_at", "scheduled_for", "end_date", "start_date")
# Where a PATCH may take a status from where it is, as the schema's comments and the page say.
_OPEN = ("received", "queued", "assigned", "on_scene", "transporting", "at_destination")
MOVES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "appointments": {
        "requested": ("scheduled", "cancelled"),
        "scheduled": ("arrived", "completed", "cancelled", "missed"),
        "arrived": ("completed", "cancelled"),
    },
    "ambulances": {"available": ("out_of_service",), "out_of_service": ("available",)},
    "ambulance_requests": dict.fromkeys(_OPEN, ("cancelled",)),
    "physio_sessions": {
        "scheduled": ("in_progress", "cancelled", "missed"),
        "in_progress": ("completed", "cancelled"),
    },
    "workout_plans": {"draft": ("active",), "active": ("ended",)},
}
# Words that let a caller take a status only there.
ONLY = {
    "cancel": ("cancelled",),
    "cancel while open": ("cancelled",),
    "start": ("in_progress",),
    "stop": ("completed",),
    "duty": ("available", "out_of_service"),
}
# Fields that stay as they are once a session or a visit has begun.
WHILE_AHEAD = {
    "appointments": ("scheduled_at", "duration_min"),
    "physio_sessions": ("scheduled_at", "duration_min", "device_id"),
}
# Rows of a table on which a caller tries every column, and those that answer 404 or 403 whatever is tried.
SWEPT = {"held": 2, "refused": 5, "outside": 1}
CANCELLING = ("ambulance_requests", "cancelled")


def new_value(row: Row, field: str) -> Any:
    """Return another value of a field, as JSON."""
    if field == "status" and row.table in MOVES:
        return next(iter(MOVES[row.table].values()))[0]
    if field in IDS:
        return str(uid(IDS[field]))
    if field == "device_id":
        return DEVICES["idle-px"].number
    if field in ("requested_at", "closed_at", "scheduled_for", "scheduled_at"):
        moment: datetime = row["scheduled_at"] or row["requested_at"]
        return (moment + timedelta(minutes=-1 if field == "requested_at" else 1)).isoformat()
    if field.endswith("_date"):
        return (row["start_date"] + timedelta(days=1)).isoformat()
    if field == "email":
        return f"changed.{row.name}@hub.test"
    return VALUES.get(field, f"MARK.{row.name}.{field}+")


def change(oracle: Oracle, who: Caller, row: Row, field: str, value: Any = None) -> Cell:
    """Return the cell of changing one field of one row."""
    value = new_value(row, field) if value is None else value
    body = {field: value, "cancel_reason": "Nobody there"} if (row.table, value) == CANCELLING else {field: value}
    fields = oracle.visible(who, row)
    statuses, code = _changed(oracle, who, row, field, value)
    shown = fields if statuses == (200,) else None
    if shown and field == "status":  # which may end what the caller saw the row by
        later, changed = oracle.after(row, field, value)
        shown = later.visible(who, changed) or frozenset({"id"})
    about = f"{row}.{field}={value}" if field == "status" else f"{row}.{field}"
    path = f"{API}/{row.table}/{row.id}"
    return Cell(f"{row.table}.U", who, about, "PATCH", path, statuses, code, body, shown, marks_of(row, fields))


def _changed(oracle: Oracle, who: Caller, row: Row, field: str, value: Any) -> tuple[tuple[int, ...], str | None]:
    """Return what is answered to a change."""
    action = f"{row.table}.U"
    if not oracle.asked(who, action):
        return (refusal(who),), None
    if not oracle.visible(who, row):
        return (404,), "not_found"
    held = oracle.holding(who, action, row)
    if not held:
        return (403,), "forbidden"
    if field not in oracle.writable(who, row):
        return (403,), "field_forbidden"
    begun = row["status"] not in ("requested", "scheduled") and field in WHILE_AHEAD.get(row.table, ())
    if begun or (field == "status" and value not in _moves(row, held)):
        return (409,), "conflict"
    depends = field in DEPENDING or value == "in_progress"  # nobody is in two sessions
    return ((200, 409, 422) if depends else (200,)), None


def _moves(row: Row, held: Iterable[Grant]) -> set[str]:
    """Return where the grants that hold let a status go."""
    found: set[str] = set()
    possible = MOVES[row.table].get(row["status"], ())
    for grant in held:
        named = [word for word in words_of(row.table, grant) if "status" in fields_of_word(row.table, word)]
        if not named or any(word not in ONLY for word in named):
            found |= set(possible)
        found |= {move for word in named for move in ONLY.get(word, ()) if move in possible}
    return found


def changes(oracle: Oracle, table: str, callers: Iterable[Caller] = ASKING) -> Iterator[Cell]:
    """Yield a cell for every field that there is, changeable or not, where it makes a difference which."""
    listed = page.fields()[table]
    tried = sorted(listed.get("change", ())) or sorted(listed[""])
    swept: Counter[tuple[str, str]] = Counter()
    if not is_routed(f"{table}.U"):
        return
    for who in callers:
        path = f"{API}/{table}/{missing_id(table)}"
        status = 404 if oracle.asked(who, f"{table}.U") else refusal(who)
        body = {tried[0]: new_value(next(iter(oracle.world.of(table))), tried[0])}
        yield Cell(f"{table}.U", who, f"{table}/missing", "PATCH", path, (status,), body=body)
        for row in oracle.world.of(table):
            held = oracle.holding(who, f"{table}.U", row)
            seen = held and oracle.visible(who, row)
            asked = oracle.asked(who, f"{table}.U")
            some = _some(swept, who, "held" if seen else "refused" if asked else "outside")
            if not seen:
                yield from [change(oracle, who, row, tried[0])] if some else []
                continue
            others = sorted(listed[""] - oracle.writable(who, row))
            for field in (*sorted(oracle.writable(who, row)), *(others if some else others[:1])):
                yield from _of_field(oracle, who, row, field)


def _some(swept: Counter[tuple[str, str]], who: Caller, kind: str) -> bool:
    """Count a row; tell whether it is among the first of its kind."""
    swept[who.name, kind] += 1
    return swept[who.name, kind] <= SWEPT[kind]


def _of_field(oracle: Oracle, who: Caller, row: Row, field: str) -> Iterator[Cell]:
    if field != "status" or row.table not in MOVES or field not in oracle.writable(who, row):
        yield change(oracle, who, row, field)
        return
    for status in sorted({status for ends in MOVES[row.table].values() for status in ends} - {row["status"]}):
        yield change(oracle, who, row, field, status)


def is_routed(action: str) -> bool:
    """Tell whether there is a route: what is nobody's, or only the hub's own, has none."""
    return page.has(action) and any(grant.code != "SY" for grant in page.of_action(action))


def removal(oracle: Oracle, who: Caller, row: Row) -> Cell:
    """Return the cell of removing one row."""
    action, path = f"{row.table}.D", f"{API}/{row.table}/{row.id}"
    if not is_routed(action):
        return Cell(action, who, repr(row), "DELETE", path, (405,))
    if not oracle.asked(who, action):
        return Cell(action, who, repr(row), "DELETE", path, (refusal(who),))
    if not oracle.visible(who, row):
        return Cell(action, who, repr(row), "DELETE", path, (404,), "not_found")
    if not oracle.holding(who, action, row):
        return Cell(action, who, repr(row), "DELETE", path, (403,), "forbidden")
    return Cell(action, who, repr(row), "DELETE", path, (204, 409))


def removals(oracle: Oracle, table: str, callers: Iterable[Caller] = ASKING) -> Iterator[Cell]:
    """Yield the cells of removing each row, and one that is not there."""
    if not page.has(f"{table}.D") or table == "devices":  # those are revoked, by a command
        return
    swept: Counter[tuple[str, str]] = Counter()
    for who in callers:
        routed = is_routed(f"{table}.D")
        status = 404 if oracle.asked(who, f"{table}.D") else refusal(who) if routed else 405
        path = f"{API}/{table}/{missing_id(table)}"
        yield Cell(f"{table}.D", who, f"{table}/missing", "DELETE", path, (status,))
        for row in oracle.world.of(table):
            cell = removal(oracle, who, row)
            kind = "refused" if oracle.asked(who, f"{table}.D") else "outside"
            if cell.statuses[0] < 300 or _some(swept, who, kind):
                yield cell
