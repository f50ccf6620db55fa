"""Token buckets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.access.rate import RateLimit


def test_a_burst_passes_and_then_one_a_period() -> None:
    limit = RateLimit(per_s=2, burst=3)
    assert [limit.take("a", 0) for _ in range(4)] == [0, 0, 0, 0.5]
    assert limit.take("a", 0.5) == 0
    assert limit.take("a", 0.5) == 0.5


def test_keys_do_not_share() -> None:
    limit = RateLimit(per_s=1, burst=1)
    assert (limit.take("a", 0), limit.take("b", 0), limit.take("a", 0)) == (0, 0, 1)


def test_a_forgotten_key_starts_anew() -> None:
    limit = RateLimit(per_s=0.001, burst=1)
    limit.take("a", 0)
    limit.forget("a")
    assert limit.take("a", 0) == 0


def test_a_clock_that_steps_back_gives_nothing_away() -> None:
    limit = RateLimit(per_s=1, burst=1)
    limit.take("a", 100)
    assert limit.take("a", 50) == 1


def test_there_are_never_more_keys_than_the_bound() -> None:
    limit = RateLimit(per_s=1, burst=1, keys_max=10)
    for number in range(1000):
        limit.take(str(number), 0)
    assert len(limit) == 10
    assert limit.take("999", 0) == 1


@given(st.lists(st.floats(0, 10), min_size=1, max_size=200))
def test_no_pattern_of_calls_gets_more_than_rate_and_burst(gaps: list[float]) -> None:
    limit = RateLimit(per_s=2, burst=5)
    now_s, passed = 0.0, 0
    for gap in gaps:
        now_s += gap
        passed += limit.take("a", now_s) == 0
    assert passed <= 5 + 2 * now_s + 1e-6
