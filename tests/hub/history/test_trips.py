"""The logbook of trips and stops."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from hub.dispatch.geo import distance_m
from hub.history.track import TrackBuilder
from hub.history.trips import POINTS_MAX, TOLERANCE_M, Leg, Totals, legs_of, totals_of
from hub.ingest.flags import STATIONARY
from storage.history import Fixes
from tests.hub.history.lines import SECOND, START, fixes, recorded


def _logbook(drive: Fixes) -> tuple[list[Leg], Totals]:
    builder = TrackBuilder(points_max=POINTS_MAX, tolerance_m=TOLERANCE_M)
    builder.add(drive)
    track = builder.finish()
    legs = legs_of(track)
    return legs, totals_of(track, legs)


def _shift(noise_m: float, known_by: str = "") -> Fixes:
    """Ten minutes at 15 m/s, twenty standing, ten at 10 m/s with a minute at the lights; a fix a second.

    A receiver's noise between two fixes is small on the road, and adds up where a vehicle stands.
    """
    rng = np.random.default_rng(4)
    speed = np.concatenate((np.full(600, 15.0), np.zeros(1_200), np.full(300, 10.0), np.zeros(60), np.full(240, 10.0)))
    north, noise = np.cumsum(speed), rng.normal(0, 1, (2, len(speed))) * np.where(speed == 0, noise_m, noise_m / 5)
    standing = [STATIONARY if known_by == "flags" and value == 0 else 0 for value in speed]
    drive = fixes(np.arange(float(len(speed))), north + noise[0], noise[1], flags=standing)
    return drive._replace(speed=speed.astype(np.float32)) if known_by == "speed" else drive


@pytest.mark.parametrize(("noise_m", "known_by"), [(0.0, ""), (1.0, ""), (8.0, "flags"), (8.0, "speed")])
def test_a_shift_is_a_trip_a_stop_and_a_trip_and_standing_drives_no_metre(noise_m: float, known_by: str) -> None:
    legs, totals = _logbook(_shift(noise_m, known_by))
    assert [leg.kind for leg in legs] == ["trip", "stop", "trip"]
    assert legs[0].distance_m == pytest.approx(9_000, rel=0.02)
    assert legs[1].distance_m == 0.0
    assert legs[2].distance_m == pytest.approx(5_400, rel=0.02)
    assert totals.distance_m == legs[0].distance_m + legs[2].distance_m
    assert totals.stopped_s == pytest.approx(1_200, abs=20)
    assert totals.moving_s == pytest.approx(1_200, abs=20)
    assert (totals.trips, totals.stops, totals.silent_s) == (2, 1, 0.0)


def test_legs_follow_each_other_without_overlap() -> None:
    legs, _ = _logbook(_shift(3.0))
    assert all(earlier.ended_at <= later.began_at for earlier, later in pairwise(legs))
    assert (legs[0].began_at, legs[-1].ended_at) == (START, START + 2_399 * SECOND)


def test_the_speed_is_what_the_device_stated_or_what_the_places_say() -> None:
    drive = _shift(0.0)
    legs, totals = _logbook(drive)
    assert legs[0].speed_max == pytest.approx(15.0, rel=0.05)
    assert legs[0].speed_mean == pytest.approx(15.0, rel=0.05)
    assert legs[1].speed_max is None
    speed = drive.speed.copy()
    speed[200] = 22.5
    legs, totals = _logbook(drive._replace(speed=speed))
    assert (legs[0].speed_max, totals.speed_max) == (22.5, 22.5)


def test_a_silence_ends_a_trip_and_its_way_is_not_made_up() -> None:
    at = [*range(0, 300, 10), *range(3_000, 3_300, 10)]
    north = [number * 100.0 for number in range(30)] + [60_000 + number * 100.0 for number in range(30)]
    legs, totals = _logbook(fixes(at, north, [0.0] * 60))
    assert [leg.kind for leg in legs] == ["trip", "trip"]
    assert totals.distance_m == pytest.approx(5_800, rel=0.01)
    assert totals.silent_s == 3_000 - 290


def test_a_parked_night_with_a_poor_receiver_is_one_stop() -> None:
    rng = np.random.default_rng(9)
    noise = rng.normal(0, 10, (2, 8_640))
    legs, totals = _logbook(fixes(np.arange(8_640.0) * 5, noise[0], noise[1]))
    assert [leg.kind for leg in legs] == ["stop"]
    assert (totals.distance_m, totals.trips) == (0.0, 0)


def test_nothing_has_no_legs() -> None:
    legs, totals = _logbook(fixes([0], [0], [0]))
    assert legs == []
    assert totals == Totals(0, 0, 0.0, 0.0, 0.0, 0.0, None)


def test_the_recorded_drives_are_as_long_as_their_fixes_say() -> None:
    for name in ("munich_1hz.csv", "dresden_1_1hz.csv"):
        drive = recorded(name)
        places = list(zip(drive.latitude.tolist(), drive.longitude.tolist(), strict=True))
        driven_m = sum(distance_m(*one, *other) for one, other in pairwise(places))
        legs, totals = _logbook(drive)
        stood = [leg for leg in legs if leg.kind == "stop"]  # in a jam, creeping: that way is not counted
        crept_m = sum(
            distance_m(*one, *other)
            for at, (one, other) in zip(drive.fix_at, pairwise(places), strict=False)
            if any(stop.began_at <= at < stop.ended_at for stop in stood)
        )
        assert totals.distance_m == pytest.approx(driven_m - crept_m, rel=0.02), name


def test_a_bus_drives_and_stops_and_its_silences_are_told() -> None:
    drive = recorded("liverpool_bus_4842.csv")
    legs, totals = _logbook(drive)
    whole_s = (drive.fix_at[-1] - drive.fix_at[0]) / SECOND
    assert totals.trips > 0
    assert totals.moving_s + totals.stopped_s + totals.silent_s <= whole_s + 1
    assert all(leg.speed_max is None or leg.speed_max < 40 for leg in legs)
