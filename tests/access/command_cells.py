"""The cells of what is no row of a table: accounts, second factors, sign-ins, devices, positions, alarms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from tests.access import dispatch_cells
from tests.access.asking import API, Cell, marks_of
from tests.access.oracle import Oracle
from tests.access.people import ASKING, DEVICES, PEOPLE, Caller, Person, mark, uid
from tests.access.read_cells import missing_id, refusal
from tests.access.rows import Row
from tests.access.stage import session_of
from tests.handlers.rig import ORIGIN

NEW_PASSWORD = "a long walk by the river"
UNKNOWN = "A" * 43


class Command(NamedTuple):
    """Something done to one row; `done` is what is answered to those who may, without anything having changed."""

    action: str
    table: str
    ending: str  # of the path, after the row's id
    done: tuple[int, ...]
    body: Any = None
    rows: tuple[str, ...] = ()  # the targets, by name
    method: str = "POST"


SPARE = ("disabled", "new-patient", "new-doctor", "spare-px", "spare-tb")  # to whom it may happen
COMMANDS = (
    Command("users.U.role", "users", "role", (200, 409, 422), {"role": "patient"}, ("new-patient", "doc", "rc")),
    Command("users.U.disabled", "users", "disable", (200, 409), None, ("disabled", "pat", "sa", "doc", "rc-sv")),
    Command("users.invite", "users", "invite", (409,), None, ("disabled", "doc", "rc-sv")),
    Command("users.pseudonymise", "users", "pseudonymise", (200, 409), None, ("new-doctor", "sa")),
    Command("totp.bypass", "users", "totp_bypass", (409,), None, ("disabled", "doc")),
    Command("devices.D", "devices", "revoke", (200, 409), None, ("spare-px", "spare-tb", "idle-px")),
    Command("devices.C", "devices", "rotate", (201, 409), None, ("spare-px", "spare-tb", "idle-px")),
    Command("devices.C", "devices", "claim_code", (201, 409), None, ("spare-px", "spare-tb")),
    Command("devices.bind", "devices", "bind", (200, 204, 409), {"patient_id": None}, ("spare-px", "south-px")),
)
OWN = Command(
    "users.U.password",
    "users",
    "password",
    (422, 429),
    {"current_password": "not this one", "new_password": NEW_PASSWORD},
)


def commands(oracle: Oracle, who: Caller) -> Iterator[Cell]:
    """Yield one caller's cells of commands; nothing is changed by any of them."""
    for command in COMMANDS:
        for name in command.rows:
            cell = _command(oracle, who, command, oracle.world.named(command.table, name))
            if cell is not None:
                yield cell
    for name in sorted({"sa", "pat", who.name} & PEOPLE.keys()):
        cell = _command(oracle, who, OWN, oracle.world.named("users", name))
        if cell is not None:
            yield cell
    yield from _alone(oracle, who)
    yield from _positions(oracle, who)
    yield from _sign_ins(oracle, who)
    yield from _motion(oracle, who)
    yield _exercise_day(oracle, who)
    yield from _tickets(oracle, who)
    yield from _accounts(oracle, who)
    yield from _talk(oracle, who)
    yield from dispatch_cells.cells(oracle, who)


def _command(oracle: Oracle, who: Caller, command: Command, row: Row) -> Cell | None:
    """Return the cell of one command; None where it would really happen to somebody who is still needed."""
    path, about = f"{API}/{row.table}/{row.id}/{command.ending}", f"{row}/{command.ending}"
    parts = (command.action, who, about, command.method, path)
    if not oracle.asked(who, command.action):
        return Cell(*parts, (refusal(who),), body=command.body)
    held = oracle.holding(who, command.action, row)
    if held:
        marks = marks_of(row, oracle.visible(who, row)) | _known(oracle, who, row)
        return (
            Cell(*parts, command.done, body=command.body, marks=marks) if row.name in SPARE or command is OWN else None
        )
    if not oracle.visible(who, row):
        return Cell(*parts, (404,), "not_found", command.body)
    return Cell(*parts, (403,), "forbidden", command.body)


def _known(oracle: Oracle, who: Caller, row: Row) -> frozenset[str]:
    """Return what somebody knows of a person from the other tables of people."""
    found = [one for table in ("staff", "doctors") for one in oracle.world.of(table) if one.id == row.id]
    return frozenset[str]().union(*(marks_of(one, oracle.visible(who, one)) for one in found))


# What is asked of nobody's row: action, method, path, what is answered to those who may, body.
ALONE: tuple[tuple[str, str, str, tuple[int, ...], Any], ...] = (
    ("alarms.R", "GET", f"{API}/alarms", (200,), None),
    ("alarms.U", "POST", f"{API}/alarms/{missing_id('alarms')}/acknowledge", (404,), None),
    ("nearest.R", "GET", f"{API}/ambulances/nearest?latitude=1&longitude=1", (200,), None),
    ("nearest.R", "GET", f"{API}/ambulances/inside?south=-90&west=-180&north=90&east=180", (200,), None),
    ("positions.R", "GET", f"{API}/fleet/playback", (200,), None),
    ("map.R", "GET", f"{API}/map", (200,), None),
    ("map.R", "GET", f"{API}/map/roads", (404,), None),
    ("sessions.R", "GET", f"{API}/sessions", (200,), None),
    ("sessions.R", "GET", f"{API}/sessions/current", (200,), None),
    ("sessions.R", "GET", f"{API}/rights", (200,), None),
    ("notifications.U", "POST", f"{API}/notifications/read", (200,), {"up_to_sequence": 0}),
    ("audit_log.R", "GET", f"{API}/audit_log", (200,), None),
    ("audit_log.R", "GET", f"{API}/audit_log/999999", (404,), None),
    ("record_accesses.R", "GET", f"{API}/record_accesses", (200,), None),
    ("totp.R", "GET", f"{API}/totp", (200,), None),
    ("totp.U", "POST", f"{API}/totp/recovery_codes", (409,), {"code": "000000"}),
    (
        "break_glass.C",
        "POST",
        f"{API}/break_glass",
        (422,),
        {"patient_id": str(uid("nobody")), "reason": "found unconscious"},
    ),
)
STRANGERS: tuple[tuple[str, str, str, tuple[int, ...], Any], ...] = (
    ("openapi.R", "GET", "/openapi.json", (200,), None),
    ("health.R", "GET", "/live", (200,), None),
    ("health.R", "GET", "/ready", (200, 503), None),
    ("sessions.C", "POST", f"{API}/sessions", (401,), {"email": "x@hub.test", "password": "x", "client": "app"}),
    ("activations.C", "POST", f"{API}/activations", (404,), {"token": UNKNOWN, "password": NEW_PASSWORD}),
    ("devices.claim", "POST", f"{API}/devices/claim", (404,), {"code": "AAAA-AAAA-AAAA-AAAA"}),
    (
        "registrations.C",
        "POST",
        f"{API}/registrations",
        (422,),
        {"name": "New", "email": "new@hub.test", "password": "x"},
    ),
    ("password_resets.C", "POST", f"{API}/password_resets", (202,), {"email": "nobody@hub.test"}),
    ("trackers.C", "GET", f"/track/{UNKNOWN}?lat=1&lon=1", (404,), None),
    ("trackers.C", "POST", f"/track/{UNKNOWN}", (404,), None),
    ("trackers.C", "POST", "/owntracks", (401,), None),
    ("totp.C", "POST", f"{API}/totp", (401,), {"email": "x@hub.test", "password": "x"}),
)


def _alone(oracle: Oracle, who: Caller) -> Iterator[Cell]:
    all_marks = frozenset[str]().union(
        *(
            marks_of(row, oracle.visible(who, row))
            for table in ("ambulances", "users")
            for row in oracle.world.of(table)
        ),
        {f"MARK.{who.name}.user_agent"},
    )
    for action, method, path, done, body in ALONE:
        statuses = done if oracle.asked(who, action) else (refusal(who),)
        yield Cell(action, who, path, method, path, statuses, body=body, marks=all_marks)
    for action, method, path, done, body in STRANGERS:  # a credential that is sent is not looked at
        if who.name in ("nobody", "pat"):
            lines = (action, "users.C", "patients.C") if action == "registrations.C" else (action,)
            granted = all(oracle.asked(ASKING[0], line) for line in lines)
            yield Cell(action, who, path, method, path, done if granted else (403,), body=body)


ENDINGS = ("positions", "track", "trips", "positions.gpx", "positions.geojson", "positions.csv")


def _positions(oracle: Oracle, who: Caller) -> Iterator[Cell]:
    for row in oracle.world.of("ambulances"):
        for ending in ENDINGS if row.name == "live" else ENDINGS[:1]:
            path = f"{API}/ambulances/{row.id}/{ending}"
            status, seen = 200, oracle.visible(who, row)
            if not oracle.asked(who, "positions.R"):
                status = 403 if seen or not oracle.asked(who, "ambulances.R") else 404
                status = refusal(who) if isinstance(who, type(ASKING[0])) else status
            yield Cell("positions.R", who, f"{row}/{ending}", "GET", path, (status,), marks=marks_of(row, seen))


def _sign_ins(oracle: Oracle, who: Caller) -> Iterator[Cell]:
    """Whose sign-ins they see, and that nobody ends another's."""
    for name in ("pat", "doc", "sa", "admin"):
        row, asked = oracle.world.named("users", name), oracle.asked(who, "sessions.R")
        status = refusal(who)
        if asked:
            mine = isinstance(who, Person) and who.id == row.id
            status = 200 if mine or "AD" in who.codes else 403 if oracle.visible(who, row) else 404
        marks = frozenset({f"MARK.{name}.user_agent"})
        yield Cell(
            "sessions.R", who, f"{row}/sessions", "GET", f"{API}/users/{row.id}/sessions", (status,), marks=marks
        )
    if "AD" not in who.codes:
        path, status = f"{API}/sessions/{session_of('other-admin')}", 404
        status = status if oracle.asked(who, "sessions.D") else refusal(who)
        yield Cell("sessions.D", who, "another's sign-in", "DELETE", path, (status,))


def _motion(oracle: Oracle, who: Caller) -> Iterator[Cell]:
    """The motion of a session, as a chart and as a file, and its repetitions; and taking its rest pose."""
    for reading in oracle.world.of("joint_motion_logs"):
        for ending in ("motion?points=100", "motion.csv", "repetitions", "targets"):
            path = f"{API}/physio_sessions/{reading['session_id']}/{ending}"
            status = refusal(who)
            if oracle.asked(who, "joint_motion_logs.R"):
                status = 200 if oracle.visible(who, reading) else 404
            yield Cell("joint_motion_logs.R", who, f"{reading} {ending}", "GET", path, (status,))
    for session in oracle.world.of("physio_sessions"):
        action, status = "physio_sessions.U.calibrate", refusal(who)
        if oracle.asked(who, action):
            status = 403 if oracle.visible(who, session) else 404
            status = 409 if oracle.holding(who, action, session) and status == 403 else status  # no sensor sends
        path = f"{API}/physio_sessions/{session.id}/rest"
        yield Cell(action, who, f"{session} rest", "POST", path, (status,))


def _exercise_day(oracle: Oracle, who: Caller) -> Cell:
    """What a patient is to do today shows the exercises of their plans and what their own sensors are called."""
    action, path = "exercise_day.R", f"{API}/exercise_day"
    status = 200 if oracle.asked(who, action) else refusal(who)
    exercises = (marks_of(row, oracle.visible(who, row)) for row in oracle.world.of("plan_exercises"))
    sensors = (mark(device.name, "name") for device in DEVICES.values() if device.patient == who.name)
    return Cell(action, who, path, "GET", path, (status,), marks=frozenset(sensors).union(*exercises))


def _tickets(oracle: Oracle, who: Caller) -> Iterator[Cell]:
    for purpose in ("live", "device"):
        words = {grant.condition for grant in oracle.asked(who, "ws_tickets.C")}
        status = 201 if purpose in words else refusal(who)
        body, headers = {"purpose": purpose}, {"Origin": ORIGIN}
        yield Cell("ws_tickets.C", who, purpose, "POST", f"{API}/ws-tickets", (status,), body=body, headers=headers)


# Which roles somebody adds, by what is asked for; the zone is none, so that nothing is added.
ROLES: dict[str, Callable[[Caller], dict[str, Any]]] = {
    "patient": lambda who: {"role": "patient"},
    "receptionist": lambda who: {"role": "staff", "staff": _desk(who, "receptionist")},
    "admin of a facility": lambda who: {"role": "staff", "staff": _desk(who, "admin")},
    "doctor": lambda who: {"role": "doctor"},
    "admin": lambda who: {"role": "admin"},
}
GIVEN = {"patient only": ("patient",), "patient,receptionist": ("patient", "receptionist"), None: tuple(ROLES)}


def _desk(who: Caller, role: str) -> dict[str, str]:
    place = {"facility_id": str(uid("north"))} if "AD" in who.codes else {}
    return {"role": role, **place}


def _accounts(oracle: Oracle, who: Caller) -> Iterator[Cell]:
    given = {role for grant in oracle.asked(who, "users.C") for role in GIVEN[grant.condition]}
    if who.name == "nobody":
        given = set()
    for role, part in ROLES.items():
        body = {"name": "New", "email": "new@hub.test", "time_zone": "No/Where", **part(who)}
        statuses = (422,) if role in given else (refusal(who),)
        yield Cell("users.C", who, f"adds a {role}", "POST", f"{API}/users", statuses, body=body)


def _talk(oracle: Oracle, who: Caller) -> Iterator[Cell]:
    """What waits for somebody, and to whom they may write: to exactly those."""
    seen = [row for row in oracle.world.of("messages") if oracle.visible(who, row)]
    people = [PEOPLE[name] for name in PEOPLE if any(uid(name) in (m["sender_id"], m["receiver_id"]) for m in seen)]
    marks = frozenset[str]().union(*(marks_of(row, oracle.visible(who, row)) for row in seen), names_of(people))
    granted = bool(oracle.asked(who, "messages.R"))
    yield Cell("messages.R", who, "inbox", "GET", f"{API}/inbox", (200 if granted else refusal(who),), marks=marks)
    path = f"{API}/messages/recipients"
    if not oracle.asked(who, "messages.C"):
        yield Cell("messages.C", who, "recipients", "GET", path, (refusal(who),))
        return
    sender = {"id": None, "sender_id": getattr(who, "id", None)}
    to = [
        person
        for person in PEOPLE.values()
        if person is not who
        and person.name != "disabled"
        and oracle.holding(who, "messages.C", Row("messages", "new", {**sender, "receiver_id": person.id}))
    ]
    ids = frozenset(str(person.id) for person in to)
    yield Cell("messages.C", who, "recipients", "GET", path, (200,), marks=names_of(to), ids=ids)


def names_of(people: Iterable[Person]) -> frozenset[str]:
    """Return the marks in some people's names."""
    return frozenset(f"MARK.{person.name}.{part}" for person in people for part in ("first_name", "last_name"))


def all_commands(oracle: Oracle, callers: Iterable[Caller] = ASKING) -> Iterator[Cell]:
    """Yield everybody's."""
    for who in callers:
        yield from commands(oracle, who)
