"""The state machine of an assignment: one ambulance asked to take one request, one time per stage. Pure.

offered → accepted | declined | expired; accepted → en_route → on_scene → transporting → at_destination → cleared;
any live one → cancelled | diverted. The times are the NEMSIS eTimes: unit notified .03, acknowledged .04, en route .05,
on scene .06, left scene .09, at destination .11, back in service .13, cancelled .14.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from hub.errors import Conflict, InvalidValue

STAGES: Final = ("offered", "accepted", "en_route", "on_scene", "transporting", "at_destination", "cleared")
LIVE: Final = frozenset(STAGES[:-1])
_FILLED: Final = STAGES[STAGES.index("accepted") + 1 : -1]  # what may be reported late: not who took it, nor its end
TAKEN: Final = LIVE - {"offered"}  # a unit has it: an offer is none yet
ENDS: Final = frozenset({"cleared", "declined", "expired", "cancelled", "diverted"})
# What the ambulance is doing while its live assignment is at a stage.
AMBULANCE_STATUS: Final = MappingProxyType(
    {
        "offered": "dispatched",
        "accepted": "dispatched",
        "en_route": "en_route",
        "on_scene": "on_scene",
        "transporting": "transporting",
        "at_destination": "at_hospital",
    }
)


class IllegalStep(Conflict):
    """A step that the present state does not allow; says what that state is."""

    def __init__(self, current: str, wanted: str) -> None:
        super().__init__(f"the assignment is {current.replace('_', ' ')}: it cannot become {wanted.replace('_', ' ')}")
        self.current = current
        self.wanted = wanted


@dataclass(frozen=True, slots=True)
class Assignment:
    """Where an assignment stands, and when it came to each stage."""

    status: str
    times: Mapping[str, datetime] = field(default_factory=dict)  # by stage or end; a skipped stage has none
    no_transport: bool = False
    offer_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A move that somebody wants to make."""

    to: str
    at: datetime  # on the clock of the hub
    reason: str | None = None  # of a decline, a cancellation or a diversion
    diverted_to: UUID | None = None
    no_transport: bool = False  # cleared from the scene: nobody was taken along


@dataclass(frozen=True, slots=True)
class Moved:
    """What a step made of an assignment."""

    assignment: Assignment
    at: datetime  # the time that the stage got: never before that of the stage before
    skipped: tuple[str, ...]  # stages that were passed over by this step: they have no time


def take(current: Assignment, step: Step) -> Moved:
    """Return the assignment after a step; raises `IllegalStep`, and `InvalidValue` where a reason is missing.

    A stage may be reached over others (a crew forgot a button, or told by radio), which are then skipped; nothing goes
    back. A time before the newest one is raised to that: the times never descend (what was said stays in the event).
    """
    _require_words(step)
    if current.status not in LIVE or not _is_open(current.status, step):
        raise IllegalStep(current.status, step.to)
    at = max([step.at, *current.times.values()])
    skipped = _passed_over(current.status, step)
    after = replace(
        current,
        status=step.to,
        times={**current.times, step.to: at},
        no_transport=current.no_transport or (step.to == "cleared" and step.no_transport),
    )
    return Moved(after, at, skipped)


def is_late(current: Assignment, step: Step) -> bool:
    """Say whether a step tells of a stage that was passed over: it has no time, and the assignment is beyond it."""
    if step.to not in _FILLED or step.to in current.times or "accepted" not in current.times:
        return False
    if current.no_transport and STAGES.index(step.to) > STAGES.index("on_scene"):
        return False
    return current.status in ENDS or STAGES.index(step.to) < STAGES.index(current.status)


def fill(current: Assignment, step: Step) -> Moved:
    """Return the assignment with the time of a stage that was passed over; raises `IllegalStep` where it does not fit.

    A crew reports late what it forgot, or did out of reach: the time is taken as it is, when it lies between those of
    the stages before and after. Nothing else changes: what has ended stays ended, and no time is made up.
    """
    place = STAGES.index(step.to) if is_late(current, step) else 0
    before = [at for stage, at in current.times.items() if stage in STAGES[:place]]
    after = [at for stage, at in current.times.items() if stage not in STAGES[: place + 1]]
    if not before or not max(before) <= step.at <= min(after, default=step.at):
        raise IllegalStep(current.status, step.to)
    return Moved(replace(current, times={**current.times, step.to: step.at}), step.at, ())


def is_repeat(current: Assignment, step: Step) -> bool:
    """Say whether a step was made already: its stage has been reached, or passed by."""
    if step.to in current.times:
        return True
    return step.to == current.status


def _is_open(status: str, step: Step) -> bool:
    if step.to in ("cancelled", "diverted"):
        return True
    if step.to in ("declined", "expired", "accepted"):
        return status == "offered"
    if step.to not in STAGES or status == "offered":
        return False
    if step.to == "cleared" and status in ("accepted", "en_route"):
        return False  # nobody was reached: that is a cancellation
    if step.no_transport and (step.to != "cleared" or status != "on_scene"):
        return False
    return STAGES.index(step.to) > STAGES.index(status)


def _passed_over(status: str, step: Step) -> tuple[str, ...]:
    if step.to not in STAGES or step.no_transport:
        return ()
    return STAGES[STAGES.index(status) + 1 : STAGES.index(step.to)]


def _require_words(step: Step) -> None:
    if step.to in ("declined", "cancelled", "diverted") and not step.reason:
        raise InvalidValue("say why", field="reason")
    if step.to == "diverted" and step.diverted_to is None:
        raise InvalidValue("say to which request", field="to")
