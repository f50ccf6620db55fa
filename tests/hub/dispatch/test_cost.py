"""What it costs to send a unit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hub.dispatch.cost import Costs, costs, due_s, leaving_s
from hub.dispatch.eligibility import columns_of
from hub.dispatch.policy import DispatchPolicy
from hub.dispatch.unit import Unit, Waiting
from tests.hub.dispatch.scene import POLICY, busy, call, etas, unit

WEIGHTS = POLICY.weights


def cost(asked: Waiting, of: Unit, eta_s: float = 200.0, loss: float = 0.0, policy: DispatchPolicy = POLICY) -> Costs:
    found = costs([asked], columns_of([of], policy), etas([eta_s]), np.array([loss]), policy)
    return Costs(*(part.item() for part in found))  # type: ignore[arg-type]  # numbers stand for tables here


def test_a_free_unit_nearby_costs_its_eta() -> None:
    parts = cost(call(1), unit(1))
    assert parts == Costs(200.0, *(0.0,) * 6)  # type: ignore[arg-type]  # as above
    assert parts.total() == 200.0


@pytest.mark.parametrize(
    ("age_s", "expected"), [(60.0, 0.0), (150.0, 60.0), (300.0, 120.0), (301.0, 120.0), (None, 120.0)]
)
def test_an_old_fix_costs_more_and_a_base_most(age_s: float | None, expected: float) -> None:
    assert cost(call(1), unit(1, fix_age_s=age_s)).stale == pytest.approx(expected)


def test_a_unit_without_a_tablet_costs_the_radio() -> None:
    assert cost(call(1), unit(1, is_connected=False)).stale == WEIGHTS.away_penalty_s


def test_to_come_late_is_a_step() -> None:
    target_s = POLICY.of(2).target_s
    assert cost(call(1), unit(1), target_s).target == 0.0
    assert cost(call(1), unit(1), target_s + 1).target == WEIGHTS.late_step_s
    assert cost(call(1, waited_s=100.0), unit(1), target_s - 50).target == WEIGHTS.late_step_s


def test_cover_counts_by_priority_and_never_for_the_most_urgent() -> None:
    for priority, rule in POLICY.priorities.items():
        expected = rule.coverage_weight_s * 0.5 * WEIGHTS.job_s / 3_600.0
        assert cost(call(1, priority), unit(1), loss=0.5).coverage == pytest.approx(expected)
    assert POLICY.of(1).coverage_weight_s == 0.0


def test_a_unit_that_is_waited_for_costs_the_wait() -> None:
    assert cost(call(1), busy(1, 2, "at_destination", free_in_s=90.0)).until_free == 90.0
    assert cost(call(1), busy(1, 2, "on_scene", free_in_s=90.0)).until_free == 0.0  # nobody knows where it will be


def test_a_diversion_costs_its_penalty() -> None:
    assert cost(call(1, 1), busy(1, 3)).divert == WEIGHTS.divert_penalty_s
    assert cost(call(1, 1), unit(1)).divert == 0.0


def test_to_send_more_than_is_needed_costs_except_for_the_most_urgent() -> None:
    able = unit(1, capability="neonatal")
    assert cost(call(1, 2), able).capability == 2 * WEIGHTS.spare_capability_s
    assert cost(call(1, 1), able).capability == 0.0
    assert cost(call(1, 2, needs="neonatal"), able).capability == 0.0


def test_leaving_a_call_gets_dearer() -> None:
    young, old = (leaving_s(call(1, 3, waited_s), POLICY) for waited_s in (0.0, 600.0))
    assert old - young == pytest.approx(600.0 * POLICY.of(3).leave_growth)
    scheduled = call(1, 4, 86_400.0, is_scheduled_in_s=POLICY.scheduled_lead_s)
    assert leaving_s(scheduled, POLICY) == POLICY.of(4).leave_s  # its time has not begun to run
    assert due_s(replace(scheduled, is_scheduled_in_s=-10.0), POLICY) == -10.0
