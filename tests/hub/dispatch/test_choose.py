"""Which unit for which call."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from hub.dispatch.choose import candidates, choose, has_slipped, reconsider
from hub.dispatch.coverage import NOTHING, Coverage
from hub.dispatch.unit import Unit, Waiting
from tests.hub.dispatch.scene import POLICY, busy, call, etas, unit, units_and_calls

Scene = tuple[list[Waiting], list[Unit], NDArray[np.float64]]


def chosen(
    waiting: list[Waiting], units: list[Unit], times: NDArray[np.float64], coverage: Coverage = NOTHING
) -> list[int | None]:
    return [choice.ambulance_id for choice in choose(waiting, units, times, POLICY, coverage)]


@given(scene=units_and_calls(), may_divert=st.booleans())
def test_no_unit_gets_two_calls_and_only_units_that_can_be_asked_get_one(scene: Scene, may_divert: bool) -> None:
    waiting, units, times = scene
    choices = choose(waiting, units, times, POLICY, NOTHING, may_divert=may_divert)
    assert [choice.request_id for choice in choices] == [each.id for each in waiting]
    given_out = [choice.ambulance_id for choice in choices if choice.ambulance_id is not None]
    assert len(set(given_out)) == len(given_out)
    by_id = {each.id: each for each in units}
    for choice in choices:
        candidate = choice.candidate(choice.ambulance_id)
        if candidate is None:
            assert choice.kind == "queue"
            continue
        assert candidate.why_not is None
        assert choice.kind == ("offer" if by_id[candidate.ambulance_id].stage is None else "divert")
        assert may_divert or choice.kind == "offer"
    waited_for = [choice.waits_for for choice in choices if choice.waits_for is not None]
    assert len({*given_out, *waited_for}) == len(given_out) + len(waited_for)


@given(st.lists(st.floats(10, 3_000), min_size=1, max_size=12), st.lists(st.floats(0, 50), min_size=12, max_size=12))
def test_the_most_urgent_goes_by_eta_whatever_cover_is_lost(seconds: list[float], losses: list[float]) -> None:
    units = [unit(number) for number in range(len(seconds))]
    reach = {number: np.eye(len(units), dtype=bool)[number] for number in range(len(units))}
    coverage = Coverage(np.array(losses[: len(units)]), reach, 0.4)
    [found] = chosen([call(1, priority=1)], units, etas(seconds), coverage)
    assert found == int(np.argmin(np.round(seconds, 1)))


def test_the_most_urgent_is_served_before_the_batch_and_has_the_nearest() -> None:
    units = [unit(1), unit(2), unit(3)]
    waiting = [call(1, priority=3, waited_s=900), call(2, priority=1)]
    assert chosen(waiting, units, etas([60, 900, 2_000], [100, 400, 2_000])) == [2, 1]


def test_together_they_are_served_sooner_than_one_after_the_other() -> None:
    units = [unit(1), unit(2), unit(3)]
    waiting = [call(1), call(2)]
    # The nearest of the first is the only one near the second.
    assert chosen(waiting, units, etas([100, 130, 800], [110, 700, 800])) == [2, 1]


def test_cover_decides_between_units_that_are_about_as_near() -> None:
    units = [unit(1), unit(2)]
    alone = Coverage(np.array([3.0]), {1: np.array([True]), 2: np.array([False])}, 0.4)
    assert chosen([call(1, priority=3)], units, etas([200, 230]), alone) == [2]
    assert chosen([call(1, priority=1)], units, etas([200, 230]), alone) == [1]


@pytest.mark.parametrize("priority", [2, 3, 4])
def test_nobody_waits_for_ever(priority: int) -> None:
    units = [unit(1)]
    old = call(1, priority=priority, waited_s=24 * 3_600.0)
    for rival in (2, 3, 4):
        assert chosen([old, call(2, priority=rival)], units, etas([3_000], [60])) == [1, None]


def test_with_too_few_units_the_most_urgent_has_one() -> None:
    units = [unit(1)]
    for order in (1, -1):
        waiting = [call(1, priority=1), call(2, priority=2, waited_s=1_800)][::order]
        times = etas([1_200], [30])[::order]
        assert chosen(waiting, units, times) == [1, None][::order]


def test_a_unit_that_is_free_soon_may_be_waited_for_but_not_by_the_most_urgent() -> None:
    units = [unit(1), busy(2, 3, "at_destination", free_in_s=60.0)]
    waits, goes = (choose([call(1, p)], units, etas([1_700, 30]), POLICY, NOTHING)[0] for p in (3, 1))
    assert (waits.ambulance_id, waits.kind, waits.waits_for) == (None, "queue", 2)
    assert (goes.ambulance_id, goes.kind) == (1, "offer")


def test_only_a_person_takes_a_unit_from_another_call() -> None:
    units = [unit(1), busy(2, 3), busy(3, 2)]
    times = etas([900, 60, 30])
    [alone] = choose([call(1, priority=1)], units, times, POLICY, NOTHING)
    [person] = choose([call(1, priority=1)], units, times, POLICY, NOTHING, may_divert=True)
    assert (alone.kind, alone.ambulance_id, alone.better_divert) == ("offer", 1, 2)
    assert (person.kind, person.ambulance_id) == ("divert", 2)
    assert person.candidates[0].diverts == UUID(int=902)
    [less] = choose([call(1, priority=2)], units, times, POLICY, NOTHING, may_divert=True)
    assert (less.ambulance_id, less.better_divert) == (1, None)


def test_a_divert_for_seconds_is_not_told() -> None:
    [choice] = choose([call(1, priority=1)], [unit(1), busy(2, 4)], etas([300, 130]), POLICY, NOTHING)
    assert (choice.ambulance_id, choice.better_divert) == (1, None)


def test_a_scheduled_call_waits_for_its_time() -> None:
    later, due = (call(n, 4, 86_400.0, is_scheduled_in_s=in_s) for n, in_s in ((1, 4_000.0), (2, 600.0)))
    units = [unit(1), unit(2)]
    assert chosen([later, due], units, etas([60, 70], [60, 70])) == [None, 1]


@pytest.mark.parametrize("swap_s", [150, 60], ids=["worth-it", "for-seconds"])
def test_a_choice_is_changed_for_much_only(swap_s: int) -> None:
    units = [busy(1, 2, "offered"), unit(2)]
    asked = call(1, offered_to=frozenset({1}))
    choice = reconsider(asked, 1, units, {1: 400.0, 2: 400.0 - swap_s}, POLICY, NOTHING)
    assert (choice.ambulance_id if choice else None) == (2 if swap_s > 120 else None)


def test_a_unit_that_can_not_take_it_any_more_is_swapped_for_any_other() -> None:
    units = [replace(busy(1, 2, "offered"), status="out_of_service"), unit(2)]
    choice = reconsider(call(1), 1, units, {1: 100.0, 2: 1_000.0}, POLICY, NOTHING)
    assert choice is not None
    assert choice.ambulance_id == 2


@pytest.mark.parametrize(
    ("promised_s", "eta_s", "slipped"),
    [(300, 419, False), (300, 421, True), (1_200, 1_499, False), (1_200, 1_501, True)],
)
def test_an_eta_slips_by_two_minutes_and_a_quarter(promised_s: float, eta_s: float, slipped: bool) -> None:
    assert has_slipped(promised_s, eta_s, POLICY) is slipped


def test_every_unit_is_a_candidate_in_order_with_the_others_last() -> None:
    units = [unit(1), unit(2), unit(3, status="out_of_service"), unit(4, capability="transport"), unit(5)]
    found = candidates(call(1), units, {1: 500.0, 2: 200.0, 3: 10.0, 4: 20.0}, POLICY, NOTHING)
    assert [(each.ambulance_id, each.rank, each.why_not) for each in found] == [
        (2, 1, None),
        (1, 2, None),
        (3, None, "out_of_service"),
        (4, None, "capability"),
        (5, None, "no_way"),
    ]
    assert all(each.detail for each in found if each.why_not)


@given(scene=units_and_calls())
def test_costs_are_the_sum_of_their_parts_and_ranks_follow_them(scene: Scene) -> None:
    waiting, units, times = scene
    for choice in choose(waiting, units, times, POLICY, NOTHING):
        ranked = [each for each in choice.candidates if each.rank is not None]
        assert [each.rank for each in ranked] == list(range(1, len(ranked) + 1))
        costs = [each.cost_s for each in ranked if each.cost_s is not None]
        assert costs == sorted(costs)
        for each in choice.candidates:
            if each.parts is not None and each.cost_s is not None:
                parts = each.parts
                total = parts.eta + parts.until_free + parts.stale + parts.target + parts.coverage
                assert total + parts.divert + parts.capability == pytest.approx(each.cost_s, abs=0.5)


def test_nobody_there_is_an_answer_too() -> None:
    [choice] = choose([call(1, priority=1)], [], np.zeros((1, 0)), POLICY, NOTHING)
    assert (choice.kind, choice.candidates) == ("queue", ())
    assert choose([], [unit(1)], np.zeros((0, 1)), POLICY, NOTHING) == []
