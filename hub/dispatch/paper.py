"""Times that a person enters afterwards: those of a call on paper, and corrections of stored ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from hub.dispatch.actor import Actor
from hub.dispatch.correction import corrected, from_paper, passed_over
from hub.dispatch.moves import Held, Moves
from hub.dispatch.receiving import NewCall, stored_as
from hub.dispatch.stored import TIMED, state_of
from hub.errors import InvalidValue
from storage.dispatch import assignments, requests
from storage.dispatch.assignments import Event, NewAssignment
from storage.dispatch.rows import AssignmentRow, RequestRow
from storage.errors import Conflict as StoredConflict


class Stated(NamedTuple):
    """What stands on the paper of a call."""

    call: NewCall
    ambulance_id: int
    times: Mapping[str, datetime]  # by stage
    no_transport: bool = False
    reason: str | None = None  # why it was cancelled


class Corrected(NamedTuple):
    """An assignment with other times, and what the audit log is told of it."""

    row: AssignmentRow
    told: Mapping[str, object]


async def enter(moves: Moves, stated: Stated, actor: Actor) -> tuple[RequestRow, AssignmentRow]:
    """Store a call that is over with its assignment; raises InvalidValue for what cannot have been."""
    call = stated.call
    if call.requested_at is None:
        raise InvalidValue("say when the call was received", field="requested_at")
    state = from_paper(stated.times, moves.now, no_transport=stated.no_transport)
    _check_called(call.requested_at, state.times["offered"])
    if state.status == "cancelled" and not stated.reason:
        raise InvalidValue("say why it was cancelled", field="reason")
    is_cancelled = state.status == "cancelled"
    new = stored_as(call, moves.now, actor.user_id)._replace(
        status="cancelled" if is_cancelled else "completed",
        cancel_reason=stated.reason if is_cancelled else None,
        closed_at=max(state.times.values()),
        back_entered=True,
    )
    try:
        request = await requests.insert(moves.transaction, new)
        row = await assignments.insert(
            moves.transaction, _assignment(request, stated, state.status, passed_over(state))
        )
    except StoredConflict as error:
        raise InvalidValue("there is no such row", field=_blamed(error.constraint)) from error
    for stage, at in sorted(state.times.items(), key=lambda each: (each[1], TIMED.index(each[0]))):
        await assignments.add_event(moves.transaction, _event(row, stage, at, moves.now, actor))
    return request, row


def _check_called(requested_at: datetime, offered_at: datetime) -> None:
    if offered_at < requested_at:
        raise InvalidValue("a unit is notified after the call was received", field="offered_at")


def _assignment(request: RequestRow, stated: Stated, status: str, skipped: list[str]) -> NewAssignment:
    times: dict[str, Any] = {f"{stage}_at": at for stage, at in stated.times.items()}
    return NewAssignment(
        request.id,
        stated.ambulance_id,
        status=status,
        cancel_reason=stated.reason if status == "cancelled" else None,
        no_transport=stated.no_transport,
        skipped=skipped,
        **times,
    )


def _event(row: AssignmentRow, stage: str, at: datetime, now: datetime, actor: Actor) -> Event:
    return Event(row.id, stage, at, now, "paper", None, actor.user_id)


def _blamed(constraint: str) -> str:
    """Return the field that a reference of these two tables is about."""
    return constraint.removeprefix("ambulance_requests_").removeprefix("assignments_").removesuffix("_fkey")


async def correct(
    moves: Moves, held: Held, row: AssignmentRow, times: Mapping[str, datetime | None], reason: str, actor: Actor
) -> Corrected:
    """Give stages other times, an event for each; raises Conflict and InvalidValue."""
    offered_at = times.get("offered")
    if offered_at is not None:
        _check_called(held.request.requested_at, offered_at)
    before = state_of(row)
    state = corrected(before, times, moves.now)
    changed = {stage: at for stage, at in times.items() if before.times.get(stage) != at}
    if not changed:
        return Corrected(row, {"before": {}, "after": {}})
    given: dict[str, Any] = {f"{stage}_at": at for stage, at in changed.items()}
    row = await assignments.store(moves.transaction, row._replace(**given, skipped=passed_over(state)))
    for stage, at in changed.items():
        # What was taken away has no time any more: the event says when that was.
        event = Event(row.id, stage, at or moves.now, moves.now, "correction", None, actor.user_id)
        await assignments.add_event(moves.transaction, event._replace(reason=reason))
    told = {
        "before": {stage: _text(before.times.get(stage)) for stage in changed},
        "after": {stage: _text(at) for stage, at in changed.items()},
    }
    return Corrected(row, told)


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
