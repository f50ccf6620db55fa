"""Finding where an ambulance stood."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.history.stops import SAMPLE_US, STOP_AFTER_US, Stop, StopFinder
from storage.history import Fixes
from tests.hub.history.lines import SECOND, START, fixes, part, recorded


def _find(*pages: Fixes) -> list[Stop]:
    finder = StopFinder()
    for page in pages:
        finder.add(page.fix_at, page.latitude, page.longitude)
    return finder.finish()


def _drive_stand_drive(stand_s: int, *, noise_m: float = 4.0, origin: tuple[float, float] = (48.0, 11.0)) -> Fixes:
    """300 s at 10 m/s, so many seconds at one place, 300 s at 10 m/s; a fix a second."""
    rng = np.random.default_rng(stand_s)
    north = np.concatenate((np.arange(300) * 10.0, np.full(stand_s, 3_000.0), 3_000.0 + np.arange(300) * 10.0))
    at = np.arange(len(north), dtype=float)
    return fixes(at, north + rng.normal(0, noise_m, len(at)), rng.normal(0, noise_m, len(at)), origin=origin)


def test_a_stand_between_two_drives_is_one_stop_from_its_first_to_its_last_fix() -> None:
    (stop,) = _find(_drive_stand_drive(600))
    sample_s = SAMPLE_US / SECOND
    assert (stop.began_at - START) / SECOND == pytest.approx(300, abs=sample_s)
    assert (stop.ended_at - START) / SECOND == pytest.approx(900, abs=sample_s)
    assert stop.latitude == pytest.approx(48.0 + 3_000 / 111_195, abs=1e-4)


def test_traffic_lights_are_no_stop() -> None:
    assert _find(_drive_stand_drive(120)) == []


@pytest.mark.parametrize("origin", [(0.0, 180.0), (78.2, 15.6), (-33.0, -179.9999)])
def test_a_stop_is_found_anywhere_on_earth(origin: tuple[float, float]) -> None:
    (stop,) = _find(_drive_stand_drive(600, origin=origin))
    assert -180 <= stop.longitude <= 180
    assert min(abs(stop.longitude - origin[1]), 360 - abs(stop.longitude - origin[1])) < 0.001


def test_one_stray_fix_does_not_cut_a_stop_in_two() -> None:
    drive = _drive_stand_drive(900)
    latitude = drive.latitude.copy()
    latitude[700] += 0.01
    assert len(_find(drive._replace(latitude=latitude))) == 1


def test_a_stop_goes_on_through_silence_at_the_same_place_and_not_to_another() -> None:
    same = fixes([0, 60, 4_000, 4_060], [0, 1, 2, 1], [0, 0, 0, 0])
    assert [(stop.began_at - START, stop.ended_at - START) for stop in _find(same)] == [(0, 4_060 * SECOND)]
    other = fixes([0, 60, 4_000, 4_060], [0, 1, 900, 901], [0, 0, 0, 0])
    assert _find(other) == []


def test_crawling_is_not_standing() -> None:
    at = np.arange(3_600.0)
    assert all(stop.ended_at - stop.began_at < 600 * SECOND for stop in _find(fixes(at, at * 0.4, at * 0)))


@given(st.lists(st.integers(1, 1_499), max_size=5, unique=True), st.integers(0, 3))
def test_how_the_fixes_are_cut_into_pages_makes_no_difference_but_of_samples(cuts: list[int], seed: int) -> None:
    drive = _drive_stand_drive(900 + seed)
    borders = [0, *sorted(cuts), len(drive.fix_at)]
    pages = [part(drive, first, last) for first, last in pairwise(borders)]
    (whole,), (cut,) = _find(drive), _find(*pages)
    assert abs(whole.began_at - cut.began_at) <= SAMPLE_US and abs(whole.ended_at - cut.ended_at) <= SAMPLE_US
    assert {cut.began_at, cut.ended_at} <= set(drive.fix_at.tolist())


@given(st.lists(st.tuples(st.integers(1, 400), st.integers(-200, 200)), min_size=1, max_size=80))
def test_stops_of_any_fixes_are_in_order_and_long_enough(steps: list[tuple[int, int]]) -> None:
    at, north = np.cumsum([step[0] for step in steps]), np.cumsum([step[1] for step in steps])
    drive = fixes(at.astype(float), north.astype(float), north * 0.0)
    stops = _find(drive)
    instants = [instant for stop in stops for instant in stop[:2]]
    assert instants == sorted(instants)
    assert set(instants) <= set(drive.fix_at.tolist())
    assert all(stop.ended_at - stop.began_at >= STOP_AFTER_US for stop in stops)


def test_the_car_of_munich_stands_nowhere_and_that_of_dresden_in_one_jam() -> None:
    assert _find(recorded("munich_1hz.csv")) == []
    (jam,) = _find(recorded("dresden_1_1hz.csv"))
    assert 180 <= (jam.ended_at - jam.began_at) / SECOND < 200
