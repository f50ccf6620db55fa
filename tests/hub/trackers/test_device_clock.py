"""Telling a clock that stands wrong from fixes that were kept."""

from __future__ import annotations

import pytest

from hub.trackers.device_clock import DeviceClock

S = 1_000_000
NOON = 1_930_000_000 * S
DAY = 86_400 * S


def shown(clock: DeviceClock, *, behind: int, count: int = 12, every_s: int = 5) -> int:
    """Let a tracker whose clock stands so far behind post live fixes; return how old the last is taken for, in µs."""
    recorded_at = sent_at = 0
    for number in range(count):
        received_at = NOON + number * every_s * S
        recorded_at = received_at - 300_000 - behind
        recorded_at -= recorded_at % S  # apps write whole seconds
        sent_at = clock.sent_at(recorded_at, received_at)
    return sent_at - recorded_at


@pytest.mark.parametrize("behind", [0, DAY, 20_000 * DAY, 3_600 * S], ids=["right", "a day", "1970", "an hour"])
def test_live_fixes_are_fresh_whatever_the_clock_says(behind: int) -> None:
    assert shown(DeviceClock(), behind=behind) <= 4 * S


def test_a_clock_that_is_ahead_makes_no_fix_older() -> None:
    assert shown(DeviceClock(), behind=-5_000 * DAY) == 0


def test_a_backlog_keeps_its_age_while_it_is_drained() -> None:
    clock, ages = DeviceClock(), []
    for number in range(300):
        recorded_at = NOON - 3_600 * S + number * 5 * S
        received_at = NOON + number * S // 10
        ages.append(clock.sent_at(recorded_at, received_at) - recorded_at)
    assert ages[0] == 3_600 * S
    assert ages == sorted(ages, reverse=True)
    assert ages[-1] > 2_000 * S


def test_a_few_late_fixes_say_nothing_of_the_clock() -> None:
    clock = DeviceClock()
    for number in range(4):
        recorded_at = NOON - 600 * S + number * 10 * S
        assert clock.sent_at(recorded_at, NOON + number * 10 * S) - recorded_at == 600 * S
