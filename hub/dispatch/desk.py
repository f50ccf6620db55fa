"""Every move of a call, each in one transaction with all that it causes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from hub.clock import Clock
from hub.dispatch import ending, noting, offering, paper, receiving, stepping, units
from hub.dispatch.actor import Actor, Gate
from hub.dispatch.assignment import Step
from hub.dispatch.decision import Decision
from hub.dispatch.moves import Moves
from hub.dispatch.offering import Asked
from hub.dispatch.policy import DispatchPolicy
from hub.dispatch.receiving import Keep, NewCall, Received
from hub.dispatch.request import CLOSED, require_open
from hub.errors import InvalidValue, NotFound
from storage import audit
from storage.dispatch import assignments
from storage.dispatch.rows import AssignmentRow, RequestRow
from storage.pool import Database, Transaction

KeepRow = Callable[[Transaction, AssignmentRow], Awaitable[None]]  # stores the answer in the transaction of the move


class Desk:
    """The one seam through which calls, assignments and the duty of units are moved, whoever moves them.

    It raises what `hub.errors` has: NotFound, Conflict with the present state, InvalidValue with the field, Forbidden.
    """

    def __init__(self, db: Database, clock: Clock, policy: DispatchPolicy) -> None:
        self._db = db  # as the role that writes what handlers write
        self._clock = clock
        self._policy = policy

    @asynccontextmanager
    async def _moves(self, gate: Gate | None = None) -> AsyncIterator[Moves]:
        async with self._db.transaction() as transaction:
            if gate is not None:
                await gate(transaction)
            yield Moves(transaction, self._clock.now(), self._policy)

    async def receive(
        self, call: NewCall, actor: Actor, entry: audit.Entry | None, keep: Keep | None = None
    ) -> Received:
        """Take a call, or join it to the open one that it repeats."""
        async with self._moves() as moves:
            received = await self._received(moves, call, actor)
            await _audit(moves, entry, received.row, str(received.row.id), {"joined": received.joined})
            if keep is not None:
                await keep(moves.transaction, received)
        return received

    async def offer(  # noqa: PLR0913 - who asks which unit for what, why, and under which conditions
        self,
        request_id: UUID,
        ambulance_id: int,
        *,
        actor: Actor,
        entry: audit.Entry | None = None,
        decision: Decision | UUID | None = None,
        reason: str | None = None,
        gate: Gate | None = None,
        keep: KeepRow | None = None,
    ) -> AssignmentRow:
        """Ask a unit to take a call; its tablets are told, and have until the offer expires."""
        async with self._moves(gate) as moves:
            [held] = await moves.hold([request_id], units_too=[ambulance_id])
            row = await offering.offer(moves, held, Asked(ambulance_id, decision, reason), actor)
            told = {"request": str(request_id), "ambulance": ambulance_id}
            await _audit(moves, entry, held.request, str(row.id), told, reason)
            if keep is not None:
                await keep(moves.transaction, row)
        return row

    async def step(  # noqa: PLR0913 - who makes which step, when by which clock, and under which conditions
        self,
        assignment_id: UUID,
        step: Step,
        *,
        actor: Actor,
        device_at: datetime | None = None,
        key: str | None = None,
        entry: audit.Entry | None = None,
        gate: Gate | None = None,
        keep: KeepRow | None = None,
    ) -> AssignmentRow:
        """Move an assignment; a repeat by the same key changes nothing and returns it as it is."""
        async with self._moves(gate) as moves:
            [held] = await moves.hold([await self._request_of(assignment_id, moves.transaction)])
            before = held.assignments[assignment_id]
            row = await stepping.make(moves, held, before, step, stepping.Said(actor, device_at, key))
            if row.version != before.version:
                detail = {"from": before.status, "to": row.status, "step": step.to}
                await _audit(moves, entry, held.request, str(row.id), detail, step.reason)
            if keep is not None:
                await keep(moves.transaction, row)
        return row

    async def divert(  # noqa: PLR0913 - which unit goes where instead, why, and under which conditions
        self,
        assignment_id: UUID,
        to_request: UUID,
        *,
        actor: Actor,
        reason: str,
        entry: audit.Entry | None = None,
        decision: Decision | UUID | None = None,
        gate: Gate | None = None,
        keep: KeepRow | None = None,
    ) -> AssignmentRow:
        """End an assignment and ask its unit to take another call instead; return the new one."""
        async with self._moves(gate) as moves:
            from_request = await self._request_of(assignment_id, moves.transaction)
            left, reached = await ending.two(moves, from_request, to_request, field="to")
            before = left.assignments[assignment_id]
            require_open(reached.request.status)
            step = Step("diverted", moves.now, reason=reason, diverted_to=to_request)
            await stepping.make(moves, left, before, step, stepping.Said(actor))
            row = await offering.offer(moves, reached, Asked(before.ambulance_id, decision, reason), actor)
            detail = {"from": str(from_request), "to": str(to_request), "ended": str(assignment_id)}
            await _audit(moves, entry, reached.request, str(row.id), detail, reason)
            if keep is not None:
                await keep(moves.transaction, row)
        return row

    async def cancel(
        self,
        request_id: UUID,
        reason: str,
        *,
        actor: Actor,
        entry: audit.Entry | None = None,
        gate: Gate | None = None,
    ) -> RequestRow:
        """End a call that nobody needs any more; who was on the way is called back."""
        if not reason:
            raise InvalidValue("say why it is cancelled", field="reason")
        async with self._moves(gate) as moves:
            held = await ending.cancel(moves, request_id, reason, actor)
            await _audit(moves, entry, held.request, str(request_id), {"to": "cancelled"}, reason)
        return held.request

    async def mark_duplicate(
        self,
        request_id: UUID,
        of: UUID,
        *,
        actor: Actor,
        entry: audit.Entry | None = None,
        gate: Gate | None = None,
    ) -> RequestRow:
        """End a call that repeats another one; who was on the way to it is called back."""
        async with self._moves(gate) as moves:
            held = await ending.mark_duplicate(moves, request_id, of, actor)
            await _audit(moves, entry, held.request, str(request_id), {"duplicate_of": str(of)})
        return held.request

    async def queue(self, request_id: UUID, *, unserved: bool, gate: Gate | None = None) -> None:
        """Note that a call waits for a unit, and since when none can take it."""
        async with self._moves(gate) as moves:
            [held] = await moves.hold([request_id])
            if held.request.status not in CLOSED:
                since = (held.request.unserved_since or moves.now) if unserved else None
                status = "queued" if held.request.status == "received" else held.request.status
                await moves.become(held, held.request._replace(status=status, unserved_since=since))

    async def correct_times(
        self,
        assignment_id: UUID,
        times: Mapping[str, datetime | None],
        reason: str,
        *,
        actor: Actor,
        entry: audit.Entry | None = None,
        gate: Gate | None = None,
    ) -> AssignmentRow:
        """Give stages other times, by their names; None takes one away, which leaves a stage that was passed over."""
        if not reason:
            raise InvalidValue("say why", field="reason")
        async with self._moves(gate) as moves:
            [held] = await moves.hold([await self._request_of(assignment_id, moves.transaction)])
            corrected = await paper.correct(moves, held, held.assignments[assignment_id], times, reason, actor)
            await _audit(moves, entry, held.request, str(assignment_id), corrected.told, reason)
        return corrected.row

    async def enter_paper(  # noqa: PLR0913 - what stands on the paper, and who enters it
        self,
        call: NewCall,
        ambulance_id: int,
        times: Mapping[str, datetime],
        *,
        actor: Actor,
        entry: audit.Entry | None = None,
        no_transport: bool = False,
        reason: str | None = None,
        keep: KeepRow | None = None,
    ) -> tuple[RequestRow, AssignmentRow]:
        """Store a call that is over, with the times that stand on paper; what the unit does now stays as it is."""
        async with self._moves() as moves:
            stated = paper.Stated(call, ambulance_id, times, no_transport=no_transport, reason=reason)
            request, row = await paper.enter(moves, stated, actor)
            await _audit(moves, entry, request, str(request.id), {"ambulance": ambulance_id})
            if keep is not None:
                await keep(moves.transaction, row)
        return request, row

    async def note(self, assignment_id: UUID, *, gate: Gate | None = None, **times: datetime | None) -> None:
        """Note what was noticed of an assignment, each the first time only; `eta_at` every time, of its call too."""
        async with self._moves(gate) as moves:
            [held] = await moves.hold([await self._request_of(assignment_id, moves.transaction)])
            await noting.note(moves, held, held.assignments[assignment_id], times)

    async def set_duty(
        self,
        ambulance_id: int,
        status: Literal["available", "out_of_service"],
        *,
        actor: Actor,
        entry: audit.Entry | None = None,
        gate: Gate | None = None,
    ) -> None:
        """Let a unit take part or not; raises Conflict while it has an assignment."""
        async with self._moves(gate) as moves:
            before = await units.set_duty(moves, ambulance_id, status, actor)
            if entry is not None and before != status:
                told = {"changed": ["status"], "from": before, "to": status}
                await audit.record(moves.transaction, replace(entry, entity_id=str(ambulance_id), detail=told))

    async def set_presence(self, ambulance_id: int, *, offline: bool, gate: Gate | None = None) -> bool:
        """Note that a free unit fell silent or is heard again; False where that changes nothing."""
        async with self._moves(gate) as moves:
            return await units.set_presence(moves, ambulance_id, offline=offline)

    async def join(self, transaction: Transaction, call: NewCall) -> UUID | None:
        """Add a call to the open one that it repeats, in a transaction of the caller's; None where there is none."""
        moves = Moves(transaction, self._clock.now(), self._policy)
        found = await receiving.repeated(transaction, call, moves.now, self._policy)
        if found is not None:
            await self._joined(moves, found, call)
        return found

    async def follow(
        self, transaction: Transaction, request_id: UUID, *, was: str, reason: str | None, actor: Actor
    ) -> None:
        """Let everything follow from a call that was changed as a record, in the transaction of that change.

        `was` is its status before. Where it was cancelled, who is on the way is called back; else crews are told.
        """
        moves = Moves(transaction, self._clock.now(), self._policy)
        [held] = await moves.hold([request_id])
        if held.request.status in CLOSED:
            await stepping.give_up(moves, held, reason or "the call is over", actor)
            await moves.become(held, held.request, was=was)
            return
        await stepping.tell_crews(moves, held)

    async def _received(self, moves: Moves, call: NewCall, actor: Actor) -> Received:
        found = await receiving.repeated(moves.transaction, call, moves.now, self._policy)
        if found is not None:
            return Received(await self._joined(moves, found, call), True)
        return Received(await receiving.store(moves.transaction, call, moves.now, actor.user_id), False)

    async def _joined(self, moves: Moves, request_id: UUID, call: NewCall) -> RequestRow:
        [held] = await moves.hold([request_id])
        row = await receiving.join(moves.transaction, held.request, call, moves.now)
        if row.version != held.request.version:
            held.request = row
            await stepping.tell_crews(moves, held)
        return row

    async def _request_of(self, assignment_id: UUID, transaction: Transaction) -> UUID:
        found = await assignments.request_of(transaction, assignment_id)
        if found is None:
            raise NotFound
        return found


async def _audit(
    moves: Moves,
    entry: audit.Entry | None,
    request: RequestRow,
    entity_id: str,
    detail: Mapping[str, object],
    reason: str | None = None,
) -> None:
    """Write a person's move down, with the patient whom it is about."""
    if entry is not None:
        told = replace(entry, entity_id=entity_id, patient_id=request.patient_id, detail=detail, reason=reason)
        await audit.record(moves.transaction, told)
