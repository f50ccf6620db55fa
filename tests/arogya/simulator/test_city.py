"""The made-up city and its calls."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from arogya.simulator.calls import PRIORITIES, calls_of
from arogya.simulator.city import HOSPITALS, STATIONS, build


def test_a_seed_is_a_city_and_its_calls() -> None:
    one, same, other = build(3, size=12), build(3, size=12), build(4, size=12)
    assert (one.zones, one.stations, one.hospitals) == (same.zones, same.stations, same.hospitals)
    assert one.zones != other.zones
    assert calls_of(one, 50, 2, seed=1) == calls_of(same, 50, 2, seed=1)
    assert calls_of(one, 50, 2, seed=1) != calls_of(one, 50, 2, seed=2)


@pytest.mark.parametrize("size", [6, 24])
def test_stations_and_hospitals_are_different_crossings(size: int) -> None:
    city = build(1, size=size)
    assert len(set(city.stations)) == STATIONS
    assert len(set(city.hospitals)) == HOSPITALS
    assert max(city.stations + city.hospitals) < len(city.places)


def test_demand_goes_by_the_hour_and_is_a_day_in_all() -> None:
    demand = build(2, size=16).demand
    assert demand.sum() == pytest.approx(1.0)
    assert demand.min() > 0.0
    by_hour = demand.sum(axis=1)
    assert by_hour[4] < 0.6 / 24 < 1.1 / 24 < by_hour[18]
    moved = np.abs(demand[3] / by_hour[3] - demand[11] / by_hour[11]).sum() / 2
    assert moved > 0.2  # people are elsewhere by day


def test_calls_come_in_order_as_often_and_as_urgent_as_asked() -> None:
    city = build(2, size=16)
    calls = calls_of(city, 200, 10, seed=5)
    assert [call.number for call in calls] == list(range(len(calls)))
    assert [call.at_s for call in calls] == sorted(call.at_s for call in calls)
    assert len(calls) == pytest.approx(2_000, rel=0.1)
    found = Counter(call.priority for call in calls)
    for priority, share in enumerate(PRIORITIES, 1):
        assert found[priority] / len(calls) == pytest.approx(share, rel=0.2)
    assert {call.hospital for call in calls} <= {None, *city.hospitals}
    assert all(min(call.turnout_s, call.drive, call.scene_s, call.handover_s) > 0 for call in calls)
