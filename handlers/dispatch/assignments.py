"""Commands of an assignment: a stage by radio or by the crew, calling a unit back, sending it elsewhere, its times."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from aiohttp import web
from msgspec import UNSET, Meta, UnsetType

from handlers.call import API, Call, Nothing, Route
from handlers.dispatch.answers import keeping
from handlers.dispatch.calls import Reason
from handlers.dispatch.rights import actor_of, may_move, may_read
from handlers.dispatch.shapes import DispatchAssignment, typed
from hub.dispatch.assignment import Step
from storage.dispatch import assignments

Moment = Annotated[datetime, Meta(tz=True)]
Stage = Literal["accepted", "declined", "en_route", "on_scene", "transporting", "at_destination", "cleared"]
_ACTION = "assignments.U"


class NewStage(msgspec.Struct, forbid_unknown_fields=True):
    """Where a unit is by now; `at` is when that was, without it now."""

    stage: Stage
    at: Moment | None = None
    no_transport: bool = False
    reason: Reason | None = None


class Withdrawn(msgspec.Struct, forbid_unknown_fields=True):
    """Why a unit is called back."""

    reason: Reason


class Diversion(msgspec.Struct, forbid_unknown_fields=True):
    """Which call the unit is asked to take instead, and why."""

    to: UUID
    reason: Reason


class OtherTimes(msgspec.Struct, forbid_unknown_fields=True):
    """The times that are other ones, and why; null takes the time of a stage away that was passed over."""

    reason: Reason
    offered_at: Moment | UnsetType = UNSET
    accepted_at: Moment | UnsetType = UNSET
    en_route_at: Moment | UnsetType | None = UNSET
    on_scene_at: Moment | UnsetType | None = UNSET
    transporting_at: Moment | UnsetType | None = UNSET
    at_destination_at: Moment | UnsetType | None = UNSET
    cleared_at: Moment | UnsetType = UNSET
    declined_at: Moment | UnsetType = UNSET
    expired_at: Moment | UnsetType = UNSET
    cancelled_at: Moment | UnsetType = UNSET
    diverted_at: Moment | UnsetType = UNSET


async def show(call: Call[Nothing, Nothing]) -> DispatchAssignment:
    """GET /assignments/{id}: a tablet reads the one that its ambulance has now. Raises NotFound."""
    reader = call.context.reader
    await may_read(call, reader, call.uuid)
    return typed(await assignments.body(reader, call.uuid), DispatchAssignment)


async def add_stage(call: Call[Nothing, NewStage]) -> web.Response:
    """POST /assignments/{id}/stages: a step that is not possible is a conflict, which says where the assignment is.

    A stage that was passed over may be told late, with its time.
    """
    body = call.body
    step = Step(body.stage, body.at or call.context.clock.now(), body.reason, no_transport=body.no_transport)
    return await _stepped(call, step, crews_too=True)


async def withdraw(call: Call[Nothing, Withdrawn]) -> web.Response:
    """POST /assignments/{id}/withdraw: the unit is free again, and its call waits for another one."""
    step = Step("cancelled", call.context.clock.now(), call.body.reason)
    return await _stepped(call, step, crews_too=False)


async def _stepped(call: Call[Any, Any], step: Step, *, crews_too: bool) -> web.Response:
    kept = keeping(call)
    await call.context.desk.step(
        call.uuid,
        step,
        actor=actor_of(call),
        entry=call.audit_entry(_ACTION, "assignments", None),
        gate=may_move(call, call.uuid, crews_too=crews_too),
        keep=kept.keep,
    )
    return kept.answer


async def divert(call: Call[Nothing, Diversion]) -> web.Response:
    """POST /assignments/{id}/divert: this one ends, and its unit is asked to take the other call, at once or not."""
    kept = keeping(call, 201)
    await call.context.desk.divert(
        call.uuid,
        call.body.to,
        actor=actor_of(call),
        reason=call.body.reason,
        entry=call.audit_entry(_ACTION, "assignments", None),
        gate=may_move(call, call.uuid, crews_too=False),
        keep=kept.keep,
    )
    return kept.answer


async def correct_times(call: Call[Nothing, OtherTimes]) -> DispatchAssignment:
    """PATCH /assignments/{id}/times: by a supervisor; the audit log keeps what was there before."""
    given = msgspec.structs.asdict(call.body)
    reason: str = given.pop("reason")
    times = {name.removesuffix("_at"): at for name, at in given.items() if at is not UNSET}
    entry = call.audit_entry("assignments.U.times", "assignments", None)
    await call.context.desk.correct_times(call.uuid, times, reason, actor=actor_of(call), entry=entry)
    return typed(await assignments.body(call.context.app, call.uuid), DispatchAssignment)


ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        f"{API}/assignments/{{id}}",
        show,
        "assignments.R",
        "One ambulance that was asked to take a call",
        DispatchAssignment,
    ),
    Route(
        "POST",
        f"{API}/assignments/{{id}}/stages",
        add_stage,
        _ACTION,
        "Say where a unit is by now",
        DispatchAssignment,
        body=NewStage,
    ),
    Route(
        "POST",
        f"{API}/assignments/{{id}}/withdraw",
        withdraw,
        _ACTION,
        "Call a unit back",
        DispatchAssignment,
        body=Withdrawn,
    ),
    Route(
        "POST",
        f"{API}/assignments/{{id}}/divert",
        divert,
        _ACTION,
        "Send a unit to another call",
        DispatchAssignment,
        body=Diversion,
        status=201,
    ),
    Route(
        "PATCH",
        f"{API}/assignments/{{id}}/times",
        correct_times,
        "assignments.U.times",
        "Correct the times of an assignment",
        DispatchAssignment,
        body=OtherTimes,
        merges=True,
    ),
)
