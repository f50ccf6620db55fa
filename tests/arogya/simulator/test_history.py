"""The last days of the made-up city."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from arogya.simulator.city import build
from arogya.simulator.history import OVER_BEFORE, past_calls

NOW = datetime(2026, 3, 4, 15, 30, tzinfo=UTC)


def test_past_calls_are_over_in_order_and_each_unit_served_one_at_a_time() -> None:
    past = past_calls(build(1), NOW, units=6, days=2, per_day=60)
    assert past == past_calls(build(1), NOW, units=6, days=2, per_day=60)
    assert len(past) > 60
    busy_until = dict.fromkeys(range(6), NOW - timedelta(days=9))
    for call in past:
        times = [each for each in call[4:] if each is not None]
        assert times == sorted(times)
        assert call.cleared_at <= NOW - OVER_BEFORE
        assert (call.hospital is None) == (call.transporting_at is None) == (call.at_destination_at is None)
        assert call.offered_at >= busy_until[call.unit]
        busy_until[call.unit] = call.cleared_at
    assert {call.priority for call in past} == {1, 2, 3, 4}
    assert any(call.hospital is None for call in past)
