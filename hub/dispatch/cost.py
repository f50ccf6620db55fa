"""What it costs to send a unit to a call, in seconds of ETA, part by part and for whole columns at a time. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hub.dispatch.eligibility import Columns, needs_of
from hub.dispatch.policy import DispatchPolicy
from hub.dispatch.unit import CAPABILITIES, Waiting

Matrix = NDArray[np.float64]
HOUR_S = 3_600.0


class Costs(NamedTuple):
    """The parts, a row for each call and a column for each unit; NaN where there is no ETA."""

    eta: Matrix
    until_free: Matrix  # of a unit that is waited for
    stale: Matrix  # its place is old, or nobody can be reached on its tablets
    target: Matrix  # it would be late
    coverage: Matrix  # what its absence costs others: λ times the calls that come late in the time of a job
    divert: Matrix  # it is taken from another call
    capability: Matrix  # it can do more than is needed

    def total(self) -> Matrix:
        """Return the sum."""
        return sum(self[1:], self.eta)


def costs(waiting: Sequence[Waiting], columns: Columns, eta_s: Matrix, losses: Matrix, policy: DispatchPolicy) -> Costs:
    """Return the costs; `losses` are calls an hour for each unit (`Coverage.loss`)."""
    rules = [policy.of(each.priority) for each in waiting]
    urgent = _column([each.priority == 1 for each in waiting]).astype(bool)
    weights = policy.weights
    until_free = np.where(columns.is_busy & ~(urgent & columns.can_divert), np.nan_to_num(columns.free_in_s), 0.0)
    due_in_s = _column([due_s(each, policy) for each in waiting])
    lambdas = _column([rule.coverage_weight_s for rule in rules]) * (weights.job_s / HOUR_S)
    needs = _column([CAPABILITIES.index(needs_of(each, policy)) for each in waiting])
    spare = np.maximum(columns.capability - needs, 0.0) * weights.spare_capability_s
    return Costs(
        eta_s,
        until_free,
        np.broadcast_to(_stale(columns, policy), eta_s.shape),
        np.where(until_free + eta_s > due_in_s, weights.late_step_s, 0.0),
        lambdas * losses,
        np.where(urgent & columns.can_divert, weights.divert_penalty_s, 0.0),
        np.where(urgent, 0.0, spare),
    )


def due_s(waiting: Waiting, policy: DispatchPolicy) -> float:
    """Return in how many seconds a unit has to be there to be in time; negative where that has passed."""
    if waiting.is_scheduled_in_s is not None:
        return waiting.is_scheduled_in_s
    return policy.of(waiting.priority).target_s - waiting.waited_s


def leaving_s(waiting: Waiting, policy: DispatchPolicy) -> float:
    """Return what leaving a call in the queue costs: dearer with its age, so that nobody waits for ever."""
    rule = policy.of(waiting.priority)
    age_s = waiting.waited_s
    if waiting.is_scheduled_in_s is not None:
        age_s = max(0.0, policy.scheduled_lead_s - waiting.is_scheduled_in_s)
    return rule.leave_s + rule.leave_growth * age_s


def _stale(columns: Columns, policy: DispatchPolicy) -> NDArray[np.float64]:
    weights = policy.weights
    age = np.where(columns.is_base, np.inf, columns.fix_age_s)
    share = np.where(age > weights.stale_after_s, np.minimum(1.0, age / policy.fix_fresh_s), 0.0)
    return share * weights.stale_penalty_s + columns.is_away * weights.away_penalty_s


def _column(values: Sequence[float]) -> Matrix:
    return np.array(values, float).reshape(-1, 1)
