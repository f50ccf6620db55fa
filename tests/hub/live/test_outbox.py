"""When a viewer lags, and when for too long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.live.outbox import Outbox
from hub.live.tick import Pace, Turns
from hub.transport import Delivery


def test_a_viewer_is_written_to_only_while_nothing_waits() -> None:
    outbox = Outbox(slow_s=5.0, now_s=0.0)
    assert outbox.open(0)
    assert not outbox.open(1)
    assert outbox.waiting_bytes == 1
    assert outbox.open(0)
    assert outbox.waiting_bytes == 0


def test_a_viewer_that_takes_nothing_is_stuck_after_a_time_whatever_the_bytes() -> None:
    outbox = Outbox(slow_s=5.0, now_s=0.0)
    assert not outbox.stuck(Delivery(waiting=True, taken_bytes=1), 100.0)
    assert not outbox.stuck(Delivery(waiting=True, taken_bytes=1), 104.9)
    assert outbox.stuck(Delivery(waiting=True, taken_bytes=1), 105.0)


def test_a_slow_line_that_makes_progress_is_left_to_it() -> None:
    outbox = Outbox(slow_s=5.0, now_s=0.0)
    for second in range(60):
        assert not outbox.stuck(Delivery(waiting=True, taken_bytes=10 * second), 4.0 * second)


def test_a_viewer_that_misses_nothing_may_take_nothing() -> None:
    outbox = Outbox(slow_s=5.0, now_s=0.0)
    for second in range(60):
        assert not outbox.stuck(Delivery(waiting=False, taken_bytes=0), 10.0 * second)


def test_a_viewer_is_checked_every_other_second() -> None:
    outbox = Outbox(slow_s=5.0, now_s=10.0)
    assert [outbox.due(10.0 + second) for second in range(3)] == [False, False, True]
    outbox.stuck(Delivery(waiting=False, taken_bytes=0), 12.5)
    assert not outbox.due(14.0)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2), st.floats(0.0, 2.0)), max_size=50))
def test_a_viewer_is_never_stuck_within_the_allowed_time_of_its_last_progress(
    looks: list[tuple[bool, int, float]],
) -> None:
    outbox, now_s, taken, progress_s = Outbox(slow_s=3.0, now_s=0.0), 0.0, 0, 0.0
    for waiting, more, later_s in looks:
        now_s += later_s
        taken += more
        if more or not waiting:
            progress_s = now_s
        assert outbox.stuck(Delivery(waiting, taken), now_s) == (now_s - progress_s >= 3.0)


def test_the_first_tick_after_a_quiet_time_is_due_at_once_and_the_next_one_waits() -> None:
    pace = Pace(0.1)
    assert pace.wait_s(1_000.0) == 0.0
    pace.ticked(1_000.0)
    assert pace.wait_s(1_000.03) == pytest.approx(0.07)
    assert pace.wait_s(1_000.2) == 0.0


def test_a_turn_is_due_while_something_is_wanted_and_what_nobody_wanted_does_not_put_off_the_next() -> None:
    turns = Turns(0.1)
    assert turns.due_s(1_000.0) == float("inf")
    assert turns.take(1_000.0), "a look at laggards"
    turns.want()
    assert turns.due_s(1_000.01) == 1_000.01
    assert turns.take(1_000.01)
    assert turns.due_s(1_000.02) == float("inf")
    turns.want()
    assert turns.due_s(1_000.02) == pytest.approx(1_000.11)
    assert not turns.take(1_000.1)
    assert turns.take(1_000.12)
