"""Asking a unit to take a call, and which decision that follows from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from hub.dispatch.actor import Actor
from hub.dispatch.decision import Decision
from hub.dispatch.moves import Held, Moves
from hub.dispatch.request import require_open
from hub.errors import Conflict, InvalidValue
from storage.dispatch import assignments, decisions, orders
from storage.dispatch.assignments import Event, NewAssignment
from storage.dispatch.decisions import DecisionRow, NewDecision
from storage.dispatch.rows import AssignmentRow, UnitRow
from storage.errors import Conflict as StoredConflict

WAITED_FOR = ("no_unit", "unattended", "declined")  # alerts of a call that end when a unit is asked
_IDLE = {"out_of_service": "is out of service", "offline": "has not been heard of"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which unit is asked, and why it."""

    ambulance_id: int
    decision: Decision | UUID | None = None  # one to store with the offer, or the id of a stored one
    reason: str | None = None  # of a person who chose another unit than was suggested


async def offer(moves: Moves, held: Held, asked: Asked, actor: Actor) -> AssignmentRow:
    """Ask a unit; raises Conflict when it cannot be asked, and InvalidValue for one that is not there."""
    require_open(held.request.status)
    unit = moves.units.get(asked.ambulance_id)
    if unit is None:
        raise InvalidValue("there is no such ambulance", field="ambulance_id")
    await _check_free(moves, unit)
    why = await _decided(moves, held, asked, actor)
    expires_s = moves.policy.of(held.request.priority).offer_expires_s
    new = NewAssignment(
        held.request.id,
        unit.id,
        moves.now,
        offer_expires_at=moves.now + timedelta(seconds=expires_s),
        offered_by=actor.user_id,
        eta_at=None if why.eta_s is None else moves.now + timedelta(seconds=why.eta_s),
        decision_id=why.id,
    )
    try:
        row = await assignments.insert(moves.transaction, new)
    except StoredConflict as error:
        raise Conflict(f"{unit.plate_number} already has a call") from error
    held.assignments[row.id] = row
    event = Event(row.id, "offered", moves.now, moves.now, actor.source, None, actor.user_id, actor.device_id)
    await assignments.add_event(moves.transaction, event._replace(reason=asked.reason))
    await moves.set_status(unit.id, "dispatched")
    await orders.offer(moves.transaction, row.id)
    await assignments.resolve_alerts_of_request(moves.transaction, held.request.id, moves.now, WAITED_FOR)
    await moves.settle(held)
    return row


async def _check_free(moves: Moves, unit: UnitRow) -> None:
    doing = await assignments.live_of(moves.transaction, unit.id)
    if doing is not None:
        raise Conflict(f"{unit.plate_number} already has a call: it is {doing.status.replace('_', ' ')}")
    if unit.status in _IDLE:
        raise Conflict(f"{unit.plate_number} {_IDLE[unit.status]}: choose another unit")


class _Why(NamedTuple):
    id: UUID | None = None  # of the stored decision
    eta_s: float | None = None  # that it went by


async def _decided(moves: Moves, held: Held, asked: Asked, actor: Actor) -> _Why:
    """Store why this unit was chosen, unless that is stored already; raises InvalidValue for another call's."""
    decision = asked.decision
    if decision is None:
        return _Why()
    if isinstance(decision, UUID):
        stored = await decisions.find(moves.transaction, decision)
        if stored is None or stored.request_id != held.request.id:
            raise InvalidValue("this is no decision about this call", field="decision_id")
        return _Why(decision, _eta_s(moves, stored, asked))
    new = NewDecision(
        held.request.id,
        asked.ambulance_id,
        moves.now,
        decision.kind,
        decision.travel,
        decision.duration_ms,
        decision.inputs,
        decision.candidates,
        decision.words,
        actor.user_id,
        asked.reason or decision.reason,
    )
    decision_id = await decisions.insert(moves.transaction, new)
    return _Why(decision_id, _eta_s(moves, decision, asked))


def _eta_s(moves: Moves, made: Decision | DecisionRow, asked: Asked) -> float | None:
    """Return how far away a unit was thought to be, unless that was so long ago that it is elsewhere by now."""
    if (moves.now - made.at).total_seconds() > moves.policy.fix_fresh_s:
        return None
    for one in made.candidates:
        if one.get("ambulance_id") == asked.ambulance_id:
            eta_s: float | None = one.get("eta_s")
            return eta_s
    return None
