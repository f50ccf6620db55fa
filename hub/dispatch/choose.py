"""Which unit for which call: priority 1 at once and greedily, all others matched together. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from hub.dispatch.cost import Matrix, leaving_s
from hub.dispatch.coverage import Coverage
from hub.dispatch.decision import Candidate, Choice, Inputs, Rival
from hub.dispatch.match import components, match
from hub.dispatch.policy import DispatchPolicy
from hub.dispatch.unit import Unit, Waiting
from hub.dispatch.weigh import Weighed, is_worth_it


def candidates(
    waiting: Waiting, units: Sequence[Unit], eta_s: Mapping[int, float], policy: DispatchPolicy, coverage: Coverage
) -> list[Candidate]:
    """Return every unit in the order of preference, those that can not be asked last, the nearest of them first.

    `eta_s` has the seconds by the unit's id; one that is missing has no way there.
    """
    row = np.array([[eta_s.get(unit.id, np.nan) for unit in units]], float)
    weighed = Weighed([waiting], units, row, policy, coverage)
    return weighed.candidates(0, len(units), len(units))


def choose(
    waiting: Sequence[Waiting],
    units: Sequence[Unit],
    eta_s: Matrix,
    policy: DispatchPolicy,
    coverage: Coverage,
    *,
    may_divert: bool = False,
) -> list[Choice]:
    """Return a choice for each call, in their order; no unit is chosen twice.

    `eta_s` has a row for each call and a column for each unit, NaN where there is no way. Without `may_divert` no unit
    that has a call is chosen: that takes a person.
    """
    weighed = Weighed(waiting, units, eta_s, policy, coverage)
    due = [row for row, each in enumerate(waiting) if _is_due(each, policy)]
    at_once = [] if len(due) > weighed.free_count() else [row for row in due if waiting[row].priority == 1]
    chosen: dict[int, Choice] = {}
    weighed.rank(range(len(waiting)))
    for row in sorted(at_once, key=lambda row: -waiting[row].waited_s):
        chosen[row] = choice = _single(weighed, row, may_divert=may_divert)
        if choice.ambulance_id is not None:
            weighed.take(choice.ambulance_id)
    for row in [row for row in range(len(waiting)) if row not in due]:
        chosen[row] = _matched(weighed, [row], [{}], [0.0], may_divert=may_divert)[0]
    chosen |= _batch(weighed, [row for row in due if row not in chosen], may_divert=may_divert)
    return [chosen[row] for row in range(len(waiting))]


def reconsider(
    waiting: Waiting,
    current: int,
    units: Sequence[Unit],
    eta_s: Mapping[int, float],
    policy: DispatchPolicy,
    coverage: Coverage,
) -> Choice | None:
    """Return the choice that is worth a swap from the unit that has the call or its offer; None: leave it.

    The engine may carry it out only while nobody has accepted; after that it is for a person to see.
    """
    mine = [replace(unit, stage=None, request_id=None, priority=None) if unit.id == current else unit for unit in units]
    asked = replace(waiting, offered_to=waiting.offered_to - {current}, refused_by=waiting.refused_by - {current})
    row = np.array([[eta_s.get(unit.id, np.nan) for unit in mine]], float)
    choice = _single(Weighed([asked], mine, row, policy, coverage), 0, may_divert=False)
    before, after = choice.candidate(current), choice.candidate(choice.ambulance_id)
    if after is None or after.cost_s is None or choice.ambulance_id == current:
        return None
    before_s = before.cost_s if before is not None and before.why_not is None else None
    if before_s is not None and not is_worth_it(before_s, after.cost_s, policy):
        return None
    return choice


def has_slipped(promised_in_s: float, eta_s: float, policy: DispatchPolicy) -> bool:
    """Say whether an ETA is so much later than promised that the choice has to be looked at again."""
    return eta_s - promised_in_s > max(policy.slip_s, policy.slip_share * promised_in_s)


def choose_again(inputs: Inputs) -> Choice:
    """Return the choice that follows from these inputs."""
    weighed = Weighed.of(inputs)
    for taken in inputs.taken:
        weighed.take(taken)
    if not inputs.is_matched:
        return _single(weighed, 0, may_divert=inputs.may_divert)
    if not _is_due(inputs.waiting, inputs.policy):
        return _matched(weighed, [0], [{}], [0.0], may_divert=inputs.may_divert)[0]
    rows: list[Mapping[int, float]] = [rival.costs for rival in inputs.rivals]
    leave = [rival.leave_s for rival in inputs.rivals]
    rows.insert(inputs.row, weighed.costs_of(0, may_divert=inputs.may_divert))
    leave.insert(inputs.row, _leave_s(inputs.waiting, inputs.policy))
    unit = match(rows, leave)[inputs.row]
    return weighed.choice(0, unit, inputs)


def _is_due(waiting: Waiting, policy: DispatchPolicy) -> bool:
    return waiting.is_scheduled_in_s is None or waiting.is_scheduled_in_s <= policy.scheduled_lead_s


def _leave_s(waiting: Waiting, policy: DispatchPolicy) -> float:
    return round(leaving_s(waiting, policy), 1)


def _single(weighed: Weighed, row: int, *, may_divert: bool) -> Choice:
    inputs = weighed.inputs(row, may_divert=may_divert)
    costs = weighed.costs_of(row, may_divert=may_divert, with_busy=False)
    return weighed.choice(row, next(iter(costs), None), inputs)


def _batch(weighed: Weighed, rows: list[int], *, may_divert: bool) -> dict[int, Choice]:
    weighed.rank(rows)
    costs = [weighed.costs_of(row, may_divert=may_divert) for row in rows]
    leave = [_leave_s(weighed.waiting[row], weighed.policy) for row in rows]
    chosen: dict[int, Choice] = {}
    for group in components(costs):
        members = [rows[each] for each in group]
        found = _matched(
            weighed, members, [costs[each] for each in group], [leave[each] for each in group], may_divert=may_divert
        )
        chosen.update(zip(members, found, strict=True))
    return chosen


def _matched(
    weighed: Weighed,
    rows: list[int],
    costs: Sequence[Mapping[int, float]],
    leave: list[float],
    *,
    may_divert: bool,
) -> list[Choice]:
    units = match(costs, leave)
    rivals = [
        Rival(weighed.waiting[row].id, leave_s, dict(each))
        for row, leave_s, each in zip(rows, leave, costs, strict=True)
    ]
    return [
        weighed.choice(
            row,
            units[place],
            replace(
                weighed.inputs(row, may_divert=may_divert),
                is_matched=True,
                rivals=(*rivals[:place], *rivals[place + 1 :]),
                row=place,
            ),
        )
        for place, row in enumerate(rows)
    ]
