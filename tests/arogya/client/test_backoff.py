"""When a client comes back."""

from __future__ import annotations

from random import Random

import pytest

from arogya.client.backoff import Backoff, Ending


def delays(backoff: Backoff, ending: Ending, count: int) -> list[float]:
    rng = Random(7)  # noqa: S311 - repeatable on purpose
    return [backoff.delay_s(ending, rng) for _ in range(count)]


def test_lost_connections_wait_longer_each_time_up_to_a_bound() -> None:
    waited = delays(Backoff(first_s=1.0, longest_s=8.0), Ending(close_code=1006), 200)
    ceilings = [1.0, 2.0, 4.0] + [8.0] * 197
    assert all(ceiling / 2 <= delay <= ceiling for delay, ceiling in zip(waited, ceilings, strict=True))


def test_a_welcome_makes_the_next_delay_short_again() -> None:
    backoff = Backoff(first_s=1.0)
    delays(backoff, Ending(), 10)
    backoff.succeeded()
    assert delays(backoff, Ending(), 1)[0] <= 1.0


def test_a_bound_that_is_reached_for_a_year_does_not_overflow() -> None:
    backoff = Backoff(failures=2_000_000)
    assert delays(backoff, Ending(), 1)[0] <= backoff.longest_s


@pytest.mark.parametrize(
    "ending",
    [Ending(close_code=4500), Ending(close_code=4503), Ending(close_code=4999), Ending(status=401), Ending(status=403)],
)
def test_a_refused_client_stays_away_for_five_minutes(ending: Ending) -> None:
    assert 300.0 <= delays(Backoff(), ending, 1)[0] <= 330.0


@pytest.mark.parametrize("code", [4000, 4001, 4003, 4499, 1006, 1013])
def test_codes_that_say_come_back_are_followed_soon(code: int) -> None:
    assert delays(Backoff(first_s=0.25), Ending(close_code=code), 1)[0] <= 0.25


def test_an_announced_restart_spreads_the_clients() -> None:
    rngs = [Random(seed) for seed in range(200)]  # noqa: S311 - repeatable on purpose
    waited = [Backoff(spread_s=3.0).delay_s(Ending(close_code=1012), rng) for rng in rngs]
    assert max(waited) <= 3.0
    assert max(waited) - min(waited) > 2.5


def test_a_restart_that_does_not_end_is_backed_off_from() -> None:
    waited = delays(Backoff(longest_s=20.0), Ending(close_code=1012), 20)
    assert waited[-1] >= 10.0


def test_what_the_hub_asked_for_is_the_least() -> None:
    assert delays(Backoff(), Ending(status=503, retry_after_s=40.0), 1)[0] >= 40.0
    assert delays(Backoff(stay_away_s=1.0), Ending(status=401, retry_after_s=40.0), 1)[0] == 40.0
