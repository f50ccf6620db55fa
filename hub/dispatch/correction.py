"""Correcting the times of an assignment, and making one of the times that stand on paper. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Final

from hub.dispatch.assignment import ENDS, STAGES, Assignment
from hub.errors import Conflict, InvalidValue

_KEPT: Final = ("offered", "accepted")  # an assignment that has gone on has these


def corrected(current: Assignment, times: Mapping[str, datetime | None], now: datetime) -> Assignment:
    """Return an assignment with other times: None takes one away, which is then of a stage that was passed over.

    Raises Conflict for a stage that it has not come to, and InvalidValue for a time that cannot be.
    """
    for stage, at in times.items():
        _check_one(current, stage, at, now)
    merged = {**current.times, **times}
    found = {stage: at for stage, at in merged.items() if at is not None}
    check_order(found)
    return replace(current, times=found)


def _check_one(current: Assignment, stage: str, at: datetime | None, now: datetime) -> None:
    field = f"{stage}_at"
    if stage not in current.times:
        _check_reached(current, stage, field)
    if at is None and (stage == current.status or stage in _KEPT):
        raise InvalidValue("an assignment does not get along without this time", field=field)
    if at is not None and at > now:
        raise InvalidValue("it has not happened yet", field=field)


def _check_reached(current: Assignment, stage: str, field: str) -> None:
    """Raise Conflict for a stage that has no time because it was not come to, rather than passed over."""
    last = "cleared" if current.status in ENDS else current.status
    reached = "accepted" in current.times and stage in STAGES and STAGES.index(stage) < STAGES.index(last)
    without = current.no_transport and stage in ("transporting", "at_destination")
    if not reached or without:
        raise Conflict(f"the assignment is {current.status.replace('_', ' ')}: it has no such time", field=field)


def check_order(times: Mapping[str, datetime]) -> None:
    """Raise InvalidValue unless the times ascend from stage to stage, and an end is the last of them."""
    stages = [stage for stage in STAGES if stage in times]
    ends = [stage for stage in times if stage in ENDS and stage != "cleared"]
    for earlier, later in pairwise([*stages, *ends]):
        if times[later] < times[earlier]:
            raise InvalidValue(
                f"{later.replace('_', ' ')} comes after {earlier.replace('_', ' ')}", field=f"{later}_at"
            )


def from_paper(times: Mapping[str, datetime], now: datetime, *, no_transport: bool) -> Assignment:
    """Return the assignment that these times on paper tell of: it was cleared, or cancelled; raises InvalidValue.

    A stage without a time was passed over: no time is made up for it.
    """
    for stage, at in times.items():
        if stage not in (*STAGES, "cancelled"):
            raise InvalidValue("an assignment from paper has no such time", field=f"{stage}_at")
        if at > now:
            raise InvalidValue("it has not happened yet", field=f"{stage}_at")
    if "offered" not in times:
        raise InvalidValue("say when the unit was notified", field="offered_at")
    if ("cleared" in times) == ("cancelled" in times):
        raise InvalidValue("say when it was cleared, or when it was cancelled", field="cleared_at")
    if no_transport and not {"transporting", "at_destination"}.isdisjoint(times):
        raise InvalidValue("nobody was taken along, or somebody was", field="no_transport")
    check_order(times)
    return Assignment("cleared" if "cleared" in times else "cancelled", dict(times), no_transport)


def passed_over(state: Assignment) -> list[str]:
    """Return the stages without a time that lie before the last one with a time."""
    last = max(STAGES.index(stage) for stage in state.times if stage in STAGES)
    without = ("transporting", "at_destination") if state.no_transport else ()
    return [stage for stage in STAGES[:last] if stage not in state.times and stage not in without]
