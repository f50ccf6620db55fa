"""The cells of dispatching: what is asked of calls, assignments, crews and the board."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.access.asking import API, Cell, marks_of
from tests.access.fleet_rows import REQUESTS
from tests.access.oracle import Oracle
from tests.access.people import AMBULANCES, Caller, Device, mark
from tests.access.read_cells import missing_id, refusal
from tests.access.relations import DRIVING
from tests.access.rows import Row

MISSING = missing_id("assignments")
LONG_AGO = "2001-01-01T00:00:00Z"
WHY = {"reason": "so it is"}


class Asked(NamedTuple):
    """What those with a grant are answered, whatever row it is about; nothing changes by it."""

    action: str
    method: str
    path: str
    done: int
    body: Any = None


ANYWHERE: tuple[Asked, ...] = (
    Asked("dispatch.R", "GET", "dispatch/board", 200),
    Asked("dispatch.R", "GET", "dispatch/likely?callback_number=112", 200),
    Asked("dispatch.R", "GET", f"ambulance_requests/{MISSING}/timeline", 404),
    Asked("dispatch_decisions.R", "GET", f"dispatch/decisions/{MISSING}", 404),
    Asked("dispatch_decisions.R", "GET", f"ambulance_requests/{MISSING}/suggestions", 404),
    Asked("dispatch.R", "GET", "dispatch/advice", 200),
    Asked("dispatch_alerts.R", "GET", "dispatch/alerts", 200),
    Asked("dispatch_alerts.U", "POST", f"dispatch/alerts/{MISSING}/acknowledge", 404),
    Asked("dispatch_reports.R", "GET", "dispatch/report", 200),
    Asked("crew_messages.R", "GET", f"ambulances/{AMBULANCES['live']}/messages", 200),
    Asked("crew_messages.C", "POST", f"ambulances/{AMBULANCES['cleared']}/messages", 409, {"text": "Hello"}),
    Asked("crew_messages.U", "POST", f"crew_messages/{MISSING}/read", 404),
    Asked("crew_reports.C", "POST", "crew/reports", 422, {"sent_at": 1, "reports": []}),
    Asked("handover_notes.R", "GET", "dispatch/handovers", 200),
    Asked("handover_notes.C", "POST", "dispatch/handovers", 422, {"note": ""}),
    Asked("places.R", "GET", "places?q=Bridge", 200),
    Asked("assignments.C", "POST", f"ambulance_requests/{MISSING}/offers", 404, {"ambulance_id": AMBULANCES["free"]}),
    Asked(
        "paper_calls.C",
        "POST",
        "paper_calls",
        422,
        {"requested_at": LONG_AGO, "ambulance_id": AMBULANCES["free"], "times": {"offered_at": LONG_AGO}},
    ),
)


def cells(oracle: Oracle, who: Caller) -> Iterator[Cell]:
    """Yield one caller's cells; nothing is changed by any of them."""
    seen = frozenset[str]().union(
        *(
            marks_of(row, oracle.visible(who, row))
            for table in ("ambulances", "ambulance_requests", "patients", "users", "facilities")
            for row in oracle.world.of(table)
        )
    )
    for asked in ANYWHERE:
        granted = bool(oracle.asked(who, asked.action))
        status = asked.done if granted else refusal(who)
        path = f"{API}/{asked.path}"
        yield Cell(asked.action, who, asked.path, asked.method, path, (status,), body=asked.body, marks=seen)
    yield _of_crew(oracle, who, seen)
    for row in oracle.world.of("ambulance_requests"):
        yield from _of_request(oracle, who, row)
    for row in oracle.world.of("assignments"):
        yield from _of_assignment(oracle, who, row, seen)


def _of_crew(oracle: Oracle, who: Caller, seen: frozenset[str]) -> Cell:
    """What a crew sees of its own ambulance: those who see every assignment are no crew."""
    ambulance = who.ambulance if isinstance(who, Device) else None
    status = refusal(who)
    if oracle.asked(who, "assignments.R"):
        status = 403 if ambulance is None else 200
    marks = seen | _told(ambulance) if ambulance is not None else seen
    return Cell("assignments.R", who, "crew/state", "GET", f"{API}/crew/state", (status,), marks=marks)


def _told(ambulance: str) -> frozenset[str]:
    """Return the marks of what a crew is told: asked, what it is and where; having it, whom it is about, too."""
    told = {mark(ambulance, "plate_number")}
    for name, (patient, unit, place, _, stage) in REQUESTS.items():
        if unit == ambulance and stage != "cleared":
            told |= {mark(name, column) for column in ("complaint", "location_note")} | {mark(place, "name")}
            if stage in DRIVING:
                told |= {mark(name, column) for column in ("notes", "caller", "callback_number")}
                told |= {mark(patient or "", column) for column in ("first_name", "phone")}
    return frozenset(told)


def _of_request(oracle: Oracle, who: Caller, row: Row) -> Iterator[Cell]:
    """Ending a call: one that is open is not really ended, and one that is closed cannot be."""
    action = "ambulance_requests.U"
    held = oracle.holding(who, action, row)
    everything = any(grant.scope == "*" for grant in held)
    mine = any(grant.condition == "cancel while open" for grant in held)
    for ending, body, may, done in (
        ("cancel", WHY, everything or mine, 409),
        ("duplicate", {"of": MISSING}, everything, 422),
    ):
        path = f"{API}/ambulance_requests/{row.id}/{ending}"
        if may and ending == "cancel" and row["status"] != "completed":
            continue
        status = done if may else _hidden(oracle, who, action, visible=bool(oracle.visible(who, row)))
        yield Cell(action, who, f"{row}/{ending}", "POST", path, (status,), body=body)
    granted = bool(oracle.asked(who, "assignments.C"))
    status = (409 if row["status"] == "completed" else 422) if granted else refusal(who)
    path, unit = f"{API}/ambulance_requests/{row.id}/offers", {"ambulance_id": 999_999}
    yield Cell("assignments.C", who, f"{row}/offers", "POST", path, (status,), body=unit)


def _of_assignment(oracle: Oracle, who: Caller, row: Row, seen: frozenset[str]) -> Iterator[Cell]:
    """Reading an assignment, and steps that none of them can make."""
    mine = _has(who, row)
    path = f"{API}/assignments/{row.id}"
    status = _status(oracle, who, "assignments.R", mine=mine, done=200)
    yield Cell("assignments.R", who, repr(row), "GET", path, (status,), marks=seen)
    for ending, body, crews_too in (
        ("stages", {"stage": "expired_or_so"}, True),
        ("stages", {"stage": "accepted", "at": LONG_AGO}, True),
        ("withdraw", WHY, False),
        ("divert", {"to": MISSING, **WHY}, False),
    ):
        status = _status(oracle, who, "assignments.U", mine=mine, done=409 if crews_too else 403)
        everything = any(grant.scope == "*" for grant in oracle.asked(who, "assignments.U"))
        if everything and ending == "withdraw" and row["status"] != "cleared":
            continue
        statuses = (409, 422) if everything or status == 409 else (status,)
        if ending == "stages" and body["stage"] != "accepted":
            statuses = (422,) if oracle.asked(who, "assignments.U") else (status,)
        yield Cell("assignments.U", who, f"{row}/{ending}", "POST", f"{path}/{ending}", statuses, body=body)
    granted = bool(oracle.asked(who, "assignments.U.times"))
    times = {**WHY, "at_destination_at": "2101-01-01T00:00:00Z"}
    statuses = (409, 422) if granted else (refusal(who),)
    yield Cell("assignments.U.times", who, f"{row}/times", "PATCH", f"{path}/times", statuses, body=times)


def _has(who: Caller, row: Row) -> bool:
    """Tell whether it is what a tablet's ambulance does now: asked to take a call is not yet having it."""
    return (
        isinstance(who, Device)
        and row["ambulance_id"] == AMBULANCES.get(who.ambulance or "")
        and (row["status"] in DRIVING)
    )


def _status(oracle: Oracle, who: Caller, action: str, *, mine: bool, done: int) -> int:
    granted = oracle.asked(who, action)
    if not granted:
        return refusal(who)
    return done if mine or any(grant.scope == "*" for grant in granted) else 404


def _hidden(oracle: Oracle, who: Caller, action: str, *, visible: bool) -> int:
    """Return what those are answered who may not, by whether they see it."""
    if not oracle.asked(who, action):
        return refusal(who)
    return 403 if visible else 404
