"""How a simulated ambulance drives."""

from __future__ import annotations

from itertools import pairwise
from math import cos, hypot, isnan, radians
from random import Random

import pytest

from arogya.simulator.roads import METRES_PER_DEGREE, SPEED_LIMITS, grow
from arogya.simulator.vehicle import ACCELERATION, BRAKING, Vehicle
from hub.protocol.fix import Fix, parse_fix

ROADS = grow(1)


def drive(seed: int, seconds: int, step_s: float = 1.0) -> list[Fix]:
    vehicle = Vehicle(ROADS, Random(seed))  # noqa: S311 - repeatable on purpose
    fixes = []
    for number in range(round(seconds / step_s)):
        vehicle.advance(step_s)
        fixes.append(vehicle.observe(round(number * step_s * 1e6)))
    return fixes


def metres(one: Fix, other: Fix) -> float:
    north = (one.latitude - other.latitude) * METRES_PER_DEGREE
    east = (one.longitude - other.longitude) * METRES_PER_DEGREE * cos(radians(one.latitude))
    return hypot(north, east)


def test_a_seed_is_a_whole_drive() -> None:
    assert repr(drive(4, 600)) == repr(drive(4, 600))
    assert repr(drive(4, 60)) != repr(drive(5, 60))


@pytest.mark.parametrize("seed", range(4))
def test_an_hour_of_driving_looks_like_driving(seed: int) -> None:
    fixes = drive(seed, 3600)
    speeds = [fix.speed for fix in fixes]
    assert max(speeds) <= max(SPEED_LIMITS.values()) + 1.0
    assert 3.0 < sum(speeds) / len(speeds) < 15.0
    assert 0.02 < sum(speed == 0 for speed in speeds) / len(speeds) < 0.6
    assert max(metres(one, other) for one, other in pairwise(fixes)) < 30.0


def test_speed_changes_no_faster_than_a_van_can() -> None:
    vehicle = Vehicle(ROADS, Random(3))  # noqa: S311 - repeatable on purpose
    speeds = []
    for _ in range(20_000):
        vehicle.advance(0.1)
        speeds.append(vehicle.speed)
    changes = [after - before for before, after in pairwise(speeds)]
    assert max(changes) <= ACCELERATION * 0.1 + 0.5 + 1e-9  # it starts with a jerk of 0.5 m/s
    stops = sum(change < -BRAKING * 0.1 - 1e-9 for change in changes)
    assert stops < 60, "only a red light stops it at once"


def test_what_it_reports_is_a_valid_fix_without_a_heading_while_it_stands() -> None:
    for fix in drive(2, 600):
        assert repr(parse_fix(fix.wire())) == repr(fix)
        assert isnan(fix.heading) == (fix.speed == 0.0 or isnan(fix.heading))
        assert 3.0 <= fix.accuracy < 20.0


def test_a_long_silence_is_driven_too() -> None:
    fixes = drive(2, 3600, step_s=60.0)
    assert max(metres(one, other) for one, other in pairwise(fixes)) > 200.0


def test_it_drives_where_it_is_sent_and_stays_there_until_it_is_sent_home() -> None:
    vehicle = Vehicle(ROADS, Random(3), 10)  # noqa: S311 - repeatable on purpose
    vehicle.advance(90.0)
    assert not vehicle.has_arrived
    vehicle.drive_to(400, is_urgent=True)
    vehicle.advance(1_200.0)
    assert vehicle.has_arrived
    assert vehicle.place == ROADS.nodes[400]
    vehicle.advance(600.0)
    assert vehicle.place == ROADS.nodes[400]
    assert vehicle.speed == 0.0
    vehicle.go_home()
    vehicle.advance(1.0)
    assert not vehicle.has_arrived
    assert vehicle.speed > 0.0


def test_sirens_are_quicker_than_traffic() -> None:
    def seconds(*, is_urgent: bool) -> int:
        vehicle = Vehicle(ROADS, Random(3), 10)  # noqa: S311 - repeatable on purpose
        vehicle.drive_to(500, is_urgent=is_urgent)
        for second in range(3_600):
            vehicle.advance(1.0)
            if vehicle.has_arrived:
                return second
        raise TimeoutError

    assert seconds(is_urgent=True) < 0.95 * seconds(is_urgent=False)
