"""One step of an assignment by whoever makes it, and what it does to the others of the same call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from hub.dispatch.actor import ENGINE, Actor
from hub.dispatch.assignment import LIVE, TAKEN, IllegalStep, Step, is_late, is_repeat
from hub.dispatch.moves import Held, Moves, Why
from hub.dispatch.stored import state_of
from hub.errors import Conflict, Forbidden, InvalidValue
from storage.dispatch import alerts, assignments, orders
from storage.dispatch.alerts import AlertKey, NewAlert
from storage.dispatch.rows import AssignmentRow

LATE_S: Final = 60.0  # a stage that is told so much later than it was comes from a crew that was out of reach
QUICKER: Final = "another unit was quicker"


@dataclass(frozen=True, slots=True)
class Said:
    """Who says that a step was made, and how it is known again."""

    actor: Actor
    device_at: datetime | None = None  # when, on the clock of the tablet
    key: str | None = None  # of the message


async def make(moves: Moves, held: Held, row: AssignmentRow, step: Step, said: Said) -> AssignmentRow:
    """Make a step with all that follows; raises Forbidden for another unit's tablet, `IllegalStep` and InvalidValue."""
    actor = said.actor
    if actor.ambulance_id is not None and actor.ambulance_id != row.ambulance_id:
        raise Forbidden("another ambulance has this assignment")
    if await _was_made(moves, row, said):
        return row
    state = state_of(row)
    if actor.source == "crew" and step.to != "accepted" and row.status in LIVE and is_repeat(state, step):
        return row  # a second tablet of the unit, or what was told by radio before: it is so
    step = _timed(moves, row, step, actor, late=is_late(state, step))
    if step.to == "accepted":
        _check_untaken(held, row)
    made = await moves.step(held, row, step, Why(actor, said.device_at, said.key))
    if step.to == "accepted":
        for other in held.live:
            if other.status == "offered":
                quicker = Step("cancelled", moves.now, reason=QUICKER)
                await moves.step(held, other, quicker, Why(ENGINE))
    await moves.settle(held)
    if actor.source == "crew" and made.status in LIVE:
        await _tell_late(moves, made, step)
    return made


async def give_up(moves: Moves, held: Held, reason: str, actor: Actor) -> None:
    """Cancel whatever is live of a call that is about to end, or has ended."""
    for row in held.live:
        await moves.step(held, row, Step("cancelled", moves.now, reason=reason), Why(actor))


async def tell_crews(moves: Moves, held: Held) -> None:
    """Tell those who have a call, and those who were asked, what has changed of it."""
    for row in held.live:
        if row.status in TAKEN:
            await orders.call(moves.transaction, row.id)
        else:
            await orders.offer(moves.transaction, row.id)


async def _was_made(moves: Moves, row: AssignmentRow, said: Said) -> bool:
    """Say whether this very message moved it before; raises Conflict for a key of another assignment."""
    if said.key is None:
        return False
    found = await assignments.moved_by(moves.transaction, said.key)
    if found is not None and found != row.id:
        raise Conflict("this key came with another assignment before")
    return found is not None


def _timed(moves: Moves, row: AssignmentRow, step: Step, actor: Actor, *, late: bool) -> Step:
    """Return a step with a time that can be; what a person enters is refused rather than changed.

    A tablet's clock may run a little ahead: that is now. A time before that of the stage before, the machine raises.
    """
    if actor.source != "dispatcher":
        return replace(step, at=min(step.at, moves.now))
    if step.at > moves.now:
        raise InvalidValue("it has not happened yet", field="at")
    newest = max(state_of(row).times.values())
    if not late and row.status in LIVE and step.at < newest:
        raise InvalidValue(f"it was {row.status.replace('_', ' ')} later than that", field="at")
    return step


async def _tell_late(moves: Moves, row: AssignmentRow, step: Step) -> None:
    """Let dispatchers see that the crew was out of reach: what they have just heard of happened a while ago."""
    late_s = (moves.now - step.at).total_seconds()
    if late_s >= LATE_S:
        about = AlertKey("stage_late", row.request_id, row.id, row.ambulance_id)
        facts = {"stage": step.to, "late_s": round(late_s)}
        await alerts.raise_all(moves.transaction, [NewAlert(about, "info", facts)], at=moves.now)


def _check_untaken(held: Held, row: AssignmentRow) -> None:
    """Raise `IllegalStep` when another unit accepted the call while both were asked."""
    for other in held.assignments.values():
        if other.id == row.id or other.accepted_at is None or other.status not in TAKEN:
            continue
        if other.accepted_at >= row.offered_at and row.status in ("offered", "cancelled"):
            raise TakenByAnother(row.status, other.plate_number)


class TakenByAnother(IllegalStep):
    """A unit that was asked together with others was not the first to accept."""

    def __init__(self, current: str, plate_number: str) -> None:
        super().__init__(current, "accepted")
        self.plate_number = plate_number  # of the unit that has the call
        self.args = (f"{plate_number} was quicker: it has the call",)
        self.detail = self.args[0]
