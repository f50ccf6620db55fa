"""The moves of one transaction: calls held by their locks, and everything that a step of an assignment causes.

Locks are taken in one order, so that moves wait for each other and never in a circle: the calls by id, all their
assignments by id, the ambulances by id. What is told of a move is told by the database, at commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from hub.dispatch import telling
from hub.dispatch.actor import ENGINE, Actor
from hub.dispatch.assignment import AMBULANCE_STATUS, LIVE, STAGES, TAKEN, Moved, Step, fill, is_late, take
from hub.dispatch.policy import DispatchPolicy
from hub.dispatch.request import CLOSED, progress
from hub.dispatch.stored import after, state_of
from hub.dispatch.telling import Told
from hub.errors import NotFound
from storage import notifications
from storage.dispatch import assignments, orders, requests, units
from storage.dispatch.assignments import Event
from storage.dispatch.rows import AssignmentRow, RequestRow, UnitRow
from storage.pool import Transaction

# What is no longer so once a step is made, of the assignment and of its call.
RESOLVED: Final[Mapping[str, tuple[str, ...]]] = {
    "accepted": ("unanswered", "undelivered", "stage_late"),
    "en_route": ("unanswered", "undelivered", "stage_late"),
    "on_scene": ("not_moving", "at_scene", "eta_slip", "undelivered", "stage_late"),
    "transporting": ("not_moving", "at_scene", "left_scene", "eta_slip", "stage_late"),
    "at_destination": ("at_scene", "left_scene", "at_destination", "stage_late"),
}
ANSWERED: Final = ("no_unit", "unattended", "unanswered", "declined")  # of a call that a unit has now


@dataclass(slots=True)
class Held:
    """A call and all assignments that it ever had, locked."""

    request: RequestRow
    assignments: dict[UUID, AssignmentRow]

    @property
    def live(self) -> list[AssignmentRow]:
        """Those that are live."""
        return [row for row in self.assignments.values() if row.status in LIVE]

    @property
    def having(self) -> AssignmentRow | None:
        """The one that has the call: of several the furthest, and of equals the first."""
        taken = [row for row in self.assignments.values() if row.status in TAKEN]
        return max(taken, key=lambda row: (STAGES.index(row.status), -row.offered_at.timestamp()), default=None)


@dataclass(frozen=True, slots=True)
class Why:
    """What is noted with a step beside the step."""

    actor: Actor
    device_at: datetime | None = None
    key: str | None = None


class Moves:
    """What one transaction does to calls."""

    def __init__(self, transaction: Transaction, now: datetime, policy: DispatchPolicy) -> None:
        self.transaction = transaction
        self.now = now  # of everything that happens in it
        self.policy = policy
        self.units: dict[int, UnitRow] = {}  # those that are locked
        self._steps: list[tuple[Held, str, AssignmentRow]] = []  # call, status before, assignment after

    async def hold(self, request_ids: Iterable[UUID], *, units_too: Iterable[int] = ()) -> list[Held]:
        """Lock calls with all that belongs to them, in the order in which they are asked for; raises NotFound."""
        wanted = list(request_ids)
        found = await requests.lock(self.transaction, wanted)
        if len(found) < len(set(wanted)):
            raise NotFound
        held = {key: Held(row, {}) for key, row in found.items()}
        for row in await assignments.lock_of(self.transaction, found):
            held[row.request_id].assignments[row.id] = row
        of_live = {row.ambulance_id for one in held.values() for row in one.live}
        self.units |= await units.lock(self.transaction, of_live | set(units_too))
        return [held[key] for key in wanted]

    async def step(self, held: Held, row: AssignmentRow, step: Step, why: Why) -> AssignmentRow:
        """Make a step, or note the time of a stage that is told late; raises `IllegalStep` and InvalidValue."""
        state = state_of(row)
        late = is_late(state, step)
        moved = fill(state, step) if late else take(state, step)
        made = await assignments.store(self.transaction, after(row, moved, step))
        held.assignments[row.id] = made
        await self._write_down(made, step, moved, why)
        if not late:
            await self._carry_out(held, row, made, step, why)
        return made

    async def settle(self, held: Held) -> RequestRow:
        """Let a call follow from its assignments, once all steps of it are made."""
        status = progress(held.request.status, (row.status for row in held.assignments.values()))
        if status == "completed" and held.request.status != "completed":
            for row in held.live:  # asked to come as well, and not needed any more
                await self.step(held, row, Step("cancelled", self.now, reason="the call is over"), Why(ENGINE))
        await self.become(held, held.request._replace(status=status))
        return held.request

    async def become(self, held: Held, wanted: RequestRow, *, was: str | None = None) -> None:
        """Store what became of a call, tell its patient, and take off the board what is no longer so.

        `was` is its status before, where that was stored already.
        """
        having, before = held.having, held.request
        is_closed = wanted.status in CLOSED
        has_it = having is not None and not is_closed
        wanted = wanted._replace(
            ambulance_id=having.ambulance_id if having is not None and has_it else None,
            eta_at=having.eta_at if having is not None and has_it else None,
            unserved_since=None if is_closed or held.live else wanted.unserved_since,
            closed_at=(before.closed_at or max(self.now, before.requested_at)) if is_closed else None,
        )
        if wanted != before:
            await requests.advance(self.transaction, wanted)
            held.request = wanted._replace(version=before.version + 1)
        if is_closed:
            await assignments.resolve_alerts_of_request(self.transaction, before.id, self.now)
        await self._tell_patient(held, was or before.status)

    async def set_status(self, ambulance_id: int, status: str) -> None:
        """Let an ambulance be what its assignment makes it."""
        unit = self.units[ambulance_id]
        if unit.status != status:
            await units.set_status(self.transaction, ambulance_id, status)
            self.units[ambulance_id] = unit._replace(status=status)

    async def _write_down(self, row: AssignmentRow, step: Step, moved: Moved, why: Why) -> None:
        await assignments.add_event(
            self.transaction,
            Event(
                row.id,
                step.to,
                moved.at,
                self.now,
                why.actor.source,
                why.device_at,
                why.actor.user_id,
                why.actor.device_id,
                moved.skipped,
                step.reason,
                why.key,
            ),
        )

    async def _carry_out(self, held: Held, before: AssignmentRow, row: AssignmentRow, step: Step, why: Why) -> None:
        """Do what follows from a step: the ambulance, its tablets, the alerts."""
        self._steps.append((held, before.status, row))
        is_live = row.status in LIVE
        await self.set_status(row.ambulance_id, AMBULANCE_STATUS[row.status] if is_live else "available")
        await self._tell_tablets(before, row, step, but=why.actor.device_id)
        kinds = RESOLVED.get(step.to, ()) if is_live else None
        await assignments.resolve_alerts(self.transaction, row.id, self.now, kinds)
        if step.to == "accepted":
            await assignments.resolve_alerts_of_request(self.transaction, row.request_id, self.now, ANSWERED)

    async def _tell_tablets(self, before: AssignmentRow, row: AssignmentRow, step: Step, *, but: int | None) -> None:
        """Tell the crew what is new: the whole call once it has it, the end, and how often to say where it is.

        The tablet `but`, which said so itself, is not told of the end.
        """
        if row.status in TAKEN:
            await orders.call(self.transaction, row.id)
        else:
            await orders.recall(self.transaction, row.id, step.reason or step.to, but=but)
        if (before.status in TAKEN) != (row.status in TAKEN):
            policy = self.policy
            interval_s = policy.assigned_interval_s if row.status in TAKEN else policy.idle_interval_s
            await orders.reporting(self.transaction, row.ambulance_id, interval_s)

    async def _tell_patient(self, held: Held, status_before: str) -> None:
        """Tell the patient what the steps of this call mean for them, and when it has ended."""
        request, steps = held.request, [step for step in self._steps if step[0] is held]
        self._steps = [step for step in self._steps if step[0] is not held]
        if request.patient_id is None or request.back_entered:
            return
        told = [
            telling.of_step(
                Told(request.id, row.id, row.plate_number, row.eta_at),
                before,
                row.status,
                request_status=request.status,
                now=self.now,
            )
            for _, before, row in steps
        ]
        if request.status != status_before:
            told.append(telling.of_end(request.id, request.status))
        for one in told:
            if one is not None:
                await notifications.notify(
                    self.transaction, request.patient_id, one.kind, one.message, dedupe_key=one.dedupe_key
                )
