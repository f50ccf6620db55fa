"""Calls that were written on paper while the hub was away, entered afterwards with the times that stand there."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from aiohttp import web
from msgspec import Meta

from handlers.call import API, Call, Nothing, Route
from handlers.dispatch.assignments import Moment
from handlers.dispatch.calls import Reason
from handlers.dispatch.rights import actor_of
from handlers.dispatch.shapes import Capability, DispatchAssignment, DispatchRequest, typed
from handlers.record_types import Location
from hub.dispatch.receiving import NewCall
from storage.dispatch import assignments, requests
from storage.dispatch.rows import AssignmentRow, LatLon
from storage.pool import Transaction
from storage.records.kinds import PHONE


class PaperTimes(msgspec.Struct, forbid_unknown_fields=True):
    """When a unit came to each stage; one without a time was passed over. It was cleared, or cancelled."""

    offered_at: Moment
    accepted_at: Moment | None = None
    en_route_at: Moment | None = None
    on_scene_at: Moment | None = None
    transporting_at: Moment | None = None
    at_destination_at: Moment | None = None
    cleared_at: Moment | None = None
    cancelled_at: Moment | None = None


class PaperCall(msgspec.Struct, forbid_unknown_fields=True):
    """A call as it stands on paper."""

    requested_at: Moment
    ambulance_id: Annotated[int, Meta(ge=1, le=2**63 - 1)]
    times: PaperTimes
    priority: Annotated[int, Meta(ge=1, le=4)] = 1
    needs: Capability | None = None
    patient_id: UUID | None = None
    caller: Annotated[str, Meta(max_length=200)] | None = None
    callback_number: Annotated[str, Meta(max_length=40, pattern=f"^{PHONE}$")] | None = None
    complaint: Annotated[str, Meta(max_length=2_000)] | None = None
    notes: Annotated[str, Meta(max_length=10_000)] | None = None
    pickup_location: Location | None = None
    location_note: Annotated[str, Meta(max_length=1_000)] | None = None
    destination: Annotated[str, Meta(max_length=500)] | None = None
    destination_facility_id: UUID | None = None
    destination_location: Location | None = None
    no_transport: bool = False
    cancel_reason: Reason | None = None


class PaperEntered(msgspec.Struct):
    """The call and its assignment as they are stored."""

    request: DispatchRequest
    assignment: DispatchAssignment


async def enter(call: Call[Nothing, PaperCall]) -> web.Response:
    """POST /paper_calls: what the unit does now stays as it is, and nobody is told anything."""
    body, made = call.body, []

    async def keep(transaction: Transaction, row: AssignmentRow) -> None:
        request = typed(await requests.body(transaction, row.request_id), DispatchRequest)
        assignment = typed(await assignments.body(transaction, row.id), DispatchAssignment)
        shown = msgspec.json.encode(PaperEntered(request, assignment))
        made.append(web.Response(status=201, body=shown, content_type="application/json"))
        if call.claim is not None:
            await call.claim.keep(transaction, made[0])

    times: dict[str, datetime | None] = msgspec.structs.asdict(body.times)
    await call.context.desk.enter_paper(
        _told(body),
        body.ambulance_id,
        {name.removesuffix("_at"): at for name, at in times.items() if at is not None},
        actor=actor_of(call),
        entry=call.audit_entry("paper_calls.C", "ambulance_requests", None),
        no_transport=body.no_transport,
        reason=body.cancel_reason,
        keep=keep,
    )
    return made[0]


def _told(body: PaperCall) -> NewCall:
    given: dict[str, Any] = msgspec.structs.asdict(body)
    for name in ("ambulance_id", "times", "no_transport", "cancel_reason"):
        del given[name]
    for name in ("pickup_location", "destination_location"):
        given[name] = _place(given[name])
    return NewCall(**given)


def _place(place: Location | None) -> LatLon | None:
    return None if place is None else (place.latitude, place.longitude)


ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        f"{API}/paper_calls",
        enter,
        "paper_calls.C",
        "Enter a call from paper, with its times",
        PaperEntered,
        body=PaperCall,
        status=201,
    ),
)
