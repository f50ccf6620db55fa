"""What happened about a call, in one list by time; and why a unit was chosen."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from handlers.call import API, Call, Nothing, Route
from handlers.dispatch.shapes import UnitRef
from hub.errors import NotFound
from storage.dispatch import timeline
from storage.dispatch.timeline import CallRow, HappenedRow

ROWS_MAX: Final = 2_000  # of one call


class Happening(msgspec.Struct):
    """Something that happened about a call. `what` is a stage, a command, an alert, who wrote, or the kind of a choice;
    `facts` has what belongs to the kind, such as its source, its reason, and when a command was sent and answered.
    """

    at: datetime
    kind: Literal["call", "stage", "noticed", "command", "alert", "message", "decision"]
    what: str
    assignment_id: UUID | None
    ambulance: UnitRef | None
    who: str | None
    facts: dict[str, Any]


class Timeline(msgspec.Struct):
    """Everything that is written down about a call, in order."""

    items: list[Happening]


class DecisionShown(msgspec.Struct):
    """A choice of a unit: each that was looked at, in the order of preference, and what it was made from."""

    id: UUID
    request_id: UUID | None
    ambulance: UnitRef | None
    at: datetime
    kind: Literal["suggest", "offer", "overrule", "divert", "queue", "relocate"]
    travel: Literal["line", "roads", "osrm", "valhalla"]
    duration_ms: float
    inputs: dict[str, Any]
    candidates: list[dict[str, Any]]
    words: str
    decided_by: str | None
    reason: str | None


async def show(call: Call[Nothing, Nothing]) -> Timeline:
    """GET /ambulance_requests/{id}/timeline: stages, what fixes suggested, commands, alerts, messages and choices.

    Raises NotFound.
    """
    found = await timeline.find_call(call.context.reader, call.uuid)
    if found is None:
        raise NotFound
    rows = await timeline.of_call(call.context.reader, call.uuid, ROWS_MAX)
    items = [_begun(found), *(_happened(row) for row in rows), *_ended(found)]
    return Timeline(sorted(items, key=lambda item: item.at))


async def show_decision(call: Call[Nothing, Nothing]) -> DecisionShown:
    """GET /dispatch/decisions/{id}: why this unit, and not another; raises NotFound."""
    row = await timeline.decision(call.context.reader, call.uuid)
    if row is None:
        raise NotFound
    unit = _unit(row.ambulance_id, row.plate_number)
    shown = (row.at, row.kind, row.travel, row.duration_ms, row.inputs, row.candidates, row.words)
    return DecisionShown(row.id, row.request_id, unit, *shown, row.decided_by, row.reason)  # type: ignore[arg-type]


def _begun(call: CallRow) -> Happening:
    return Happening(call.requested_at, "call", "received", None, None, call.created_by, {"source": call.source})


def _ended(call: CallRow) -> list[Happening]:
    if call.closed_at is None:
        return []
    facts = {} if call.cancel_reason is None else {"reason": call.cancel_reason}
    return [Happening(call.closed_at, "call", call.status, None, None, None, facts)]


def _happened(row: HappenedRow) -> Happening:
    facts = {name: value for name, value in row.facts.items() if value not in (None, [])}
    unit = _unit(row.ambulance_id, row.plate_number)
    return Happening(row.at, row.kind, row.what, row.assignment_id, unit, row.who, facts)  # type: ignore[arg-type]


def _unit(ambulance_id: int | None, plate_number: str | None) -> UnitRef | None:
    return None if ambulance_id is None or plate_number is None else UnitRef(ambulance_id, plate_number)


ROUTES: tuple[Route, ...] = (
    Route(
        *("GET", f"{API}/ambulance_requests/{{id}}/timeline", show, "dispatch.R", "What happened about a call"),
        Timeline,
    ),
    Route(
        "GET",
        f"{API}/dispatch/decisions/{{id}}",
        show_decision,
        "dispatch_decisions.R",
        "Why a unit was chosen",
        DecisionShown,
    ),
)
