"""A token bucket as one number."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.bus.bucket import spend

PER_S, BURST = 2.0, 5.0


@given(st.lists(st.floats(0, 3), min_size=1, max_size=80))
def test_no_stretch_of_time_has_more_tokens_than_the_burst_and_what_flowed_in(pauses_s: list[float]) -> None:
    now_s, until_s = 1_000.0, 0.0
    taken_s: list[float] = []
    for pause_s in pauses_s:
        now_s += pause_s
        until_s, wait_s = spend(until_s, now_s, PER_S, BURST)
        if wait_s == 0.0:
            taken_s.append(now_s)
    for first, began_s in enumerate(taken_s):
        for last, ended_s in enumerate(taken_s[first:], first):
            assert last - first + 1 <= BURST + (ended_s - began_s) * PER_S + 1e-3


def test_who_waits_as_long_as_told_gets_a_token() -> None:
    until_s = 0.0
    for _ in range(5):
        until_s, wait_s = spend(until_s, 0.0, PER_S, BURST)
        assert wait_s == 0.0
    until_s, wait_s = spend(until_s, 0.0, PER_S, BURST)
    assert wait_s == 0.5
    assert spend(until_s, 0.4, PER_S, BURST)[1] > 0.0
    assert spend(until_s, wait_s, PER_S, BURST)[1] == 0.0


def test_a_clock_that_was_set_back_costs_no_more_than_a_full_bucket() -> None:
    until_s, _ = spend(0.0, 10_000.0, PER_S, BURST)
    until_s, wait_s = spend(until_s, 10.0, PER_S, BURST)
    assert 0.0 < wait_s <= 1 / PER_S
    assert spend(until_s, 10.0 + wait_s, PER_S, BURST)[1] == 0.0
