"""When a viewer lags, and when for too long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.live.outbox import Flow, Outbox
from hub.live.tick import Pace


def test_a_viewer_is_written_to_only_while_nothing_waits() -> None:
    outbox = Outbox(slow_s=5.0, now_s=0.0)
    assert outbox.look(0, 1.0) is Flow.OPEN
    assert outbox.look(1, 2.0) is Flow.HELD
    assert outbox.waiting_bytes == 1
    assert outbox.look(0, 3.0) is Flow.OPEN
    assert outbox.waiting_bytes == 0


def test_a_viewer_that_takes_nothing_is_stuck_after_a_time_whatever_the_bytes() -> None:
    outbox = Outbox(slow_s=5.0, now_s=0.0)
    outbox.look(10_000_000, 100.0)
    assert outbox.look(10_000_000, 104.9) is Flow.HELD
    assert outbox.look(10_000_000, 105.0) is Flow.STUCK


def test_a_slow_line_that_makes_progress_is_left_to_it() -> None:
    outbox = Outbox(slow_s=5.0, now_s=0.0)
    for second in range(60):
        assert outbox.look(1_000_000 - 10_000 * second, 4.0 * second) is Flow.HELD


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0.0, 2.0)), max_size=50))
def test_a_viewer_is_never_stuck_within_the_allowed_time_of_its_last_progress(looks: list[tuple[int, float]]) -> None:
    outbox, now_s, waiting, progress_s = Outbox(slow_s=3.0, now_s=0.0), 0.0, 0, 0.0
    for buffered, later_s in looks:
        now_s += later_s
        if buffered == 0 or buffered < waiting or waiting == 0:
            progress_s = now_s
        waiting = buffered
        flow = outbox.look(buffered, now_s)
        assert (flow is Flow.OPEN) == (buffered == 0)
        assert (flow is Flow.STUCK) == (buffered > 0 and now_s - progress_s >= 3.0)


def test_the_first_tick_after_a_quiet_time_is_due_at_once_and_the_next_one_waits() -> None:
    pace = Pace(0.1)
    assert pace.wait_s(1_000.0) == 0.0
    pace.ticked(1_000.0)
    assert pace.wait_s(1_000.03) == pytest.approx(0.07)
    assert pace.wait_s(1_000.2) == 0.0
