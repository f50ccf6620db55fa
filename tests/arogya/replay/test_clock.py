"""The clock of a recording."""

from __future__ import annotations

from arogya.replay.clock import TraceClock


def test_it_runs_faster_from_where_it_was_started() -> None:
    clock = TraceClock(20.0)
    clock.start(1_000_000_000, 50.0)
    assert clock.shown == 1_000_000_000
    clock.take(1_010_000_000)
    clock.take(1_005_000_000)
    assert clock.shown == 1_010_000_000
    assert clock.due_s(1_010_000_000) == 50.5
    assert clock.due_s(990_000_000) == 49.5
