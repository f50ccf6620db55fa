"""Building a track out of pages."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.history.track import GAP_US, Track, TrackBuilder
from hub.ingest.flags import INACCURATE, JUMP, LATE, NULL_ISLAND, STATIONARY
from storage.history import Fixes
from tests.hub.history.lines import RECORDINGS, SECOND, START, farthest_m, fixes, part, recorded


def _track(*pages: Fixes, points_max: int = 1_000, tolerance_m: float = 0.0) -> Track:
    builder = TrackBuilder(points_max=points_max, tolerance_m=tolerance_m)
    for page in pages:
        builder.add(page)
    return builder.finish()


def _pages(whole: Fixes, rows: int) -> list[Fixes]:
    return [part(whole, first, first + rows) for first in range(0, len(whole.fix_at), rows)]


def _deviation_m(whole: Fixes, track: Track) -> float:
    chosen = np.searchsorted(whole.fix_at, track.line.fix_at).tolist()
    return farthest_m(whole.latitude, whole.longitude, chosen)


def _wander(count: int, seed: int) -> Fixes:
    rng = np.random.default_rng(seed)
    moving = np.repeat(rng.random(count // 200 + 1) < 0.6, 200)[:count]
    bearing = np.cumsum(rng.normal(0, 0.05, count))
    north, east = np.cumsum(12 * moving * np.cos(bearing)), np.cumsum(12 * moving * np.sin(bearing))
    noise = rng.normal(0, 3, (2, count))
    return fixes(np.arange(float(count)), north + noise[0], east + noise[1], speed=12.0)


@settings(max_examples=25)
@given(st.integers(2, 3_000), st.integers(2, 400), st.integers(50, 3_000), st.integers(0, 99))
def test_any_track_has_its_ends_and_no_fix_lies_farther_away_than_it_says(
    count: int, points_max: int, rows: int, seed: int
) -> None:
    whole = _wander(count, seed)
    track = _track(*_pages(whole, rows), points_max=points_max)
    at = track.line.fix_at.tolist()
    assert len(at) <= points_max
    assert (at[0], at[-1]) == (whole.fix_at[0], whole.fix_at[-1])
    assert all(earlier < later for earlier, later in pairwise(at))
    places = np.searchsorted(whole.fix_at, track.line.fix_at)
    assert whole.fix_at[places].tolist() == at
    assert whole.latitude[places].tolist() == track.line.latitude.tolist()
    assert _deviation_m(whole, track) <= track.tolerance_m + 1e-6
    assert track.stored == count


@settings(max_examples=25)
@given(st.integers(200, 3_000), st.integers(100, 3_000), st.integers(0, 99))
def test_the_ends_of_stops_and_gaps_stay(count: int, rows: int, seed: int) -> None:
    whole = _wander(count, seed)
    silence = np.arange(count) // 700 * 2 * GAP_US
    whole = whole._replace(fix_at=whole.fix_at + silence)
    track = _track(*_pages(whole, rows), points_max=60)
    assert len(track.gaps) == (count - 1) // 700
    instants = {instant for span in [*track.stops, *track.gaps] for instant in span[:2]}
    assert instants <= set(track.line.fix_at.tolist())


def test_where_the_points_are_too_few_the_longest_stops_and_gaps_stay() -> None:
    at, north = [], []
    for number in range(20):
        at += [number * 2_000.0, number * 2_000.0 + 200 + number * 60]
        north += [number * 5_000.0] * 2
    track = _track(fixes(at, north, [0.0] * len(at)), points_max=6)
    assert len(track.stops) == 20
    assert len(track.line) == 6
    longest = sorted([*track.stops, *track.gaps], key=lambda span: span[0] - span[1])[:2]
    assert {instant for span in longest for instant in span[:2]} <= set(track.line.fix_at.tolist())


def test_what_is_not_believed_is_not_on_the_track_and_what_came_late_is() -> None:
    flags = [0, NULL_ISLAND, JUMP, INACCURATE, LATE, STATIONARY, 0]
    track = _track(fixes(range(7), [0, 9e6, 8e5, 500, 10, 10, 20], [0] * 7, flags=flags))  # type: ignore[arg-type]
    assert [(at - START) // SECOND for at in track.line.fix_at.tolist()] == [0, 4, 5, 6]
    assert track.stored == 7


def test_no_two_points_are_at_once() -> None:
    track = _track(fixes([0, 0.0004, 0.001, 0.001, 1], [0, 1, 2, 3, 4], [0] * 5), fixes([1.0001, 2], [5, 6], [0, 0]))
    assert [at - START for at in track.line.fix_at.tolist()] == [0, 1_000, SECOND, 2 * SECOND]


def test_nothing_gives_an_empty_track_and_one_fix_a_point() -> None:
    empty = _track()
    assert (len(empty.line), empty.stops, empty.gaps, empty.stored, empty.tolerance_m) == (0, [], [], 0, 0.0)
    assert len(_track(fixes([0], [0], [0], flags=JUMP)).line) == 0
    assert len(_track(fixes([0], [0], [0])).line) == 1


def test_a_long_range_is_thinned_again_and_again_and_stays_bounded() -> None:
    whole = _wander(60_000, 5)
    builder = TrackBuilder(points_max=50)
    for page in _pages(whole, 1_000):
        builder.add(page)
        assert sum(len(line) for line in builder._waiting) <= 17_000
    track = builder.finish()
    assert len(track.line) == 50
    assert _deviation_m(whole, track) <= track.tolerance_m


def test_the_top_speed_between_two_points_is_not_thinned_away() -> None:
    whole = _wander(5_000, 1)
    speed = whole.speed.copy()
    speed[2_345], speed[100:200] = 33.0, np.nan
    track = _track(*_pages(whole._replace(speed=speed), 700), points_max=20)
    assert np.nanmax(track.line.top_speed) == 33.0
    assert track.line.top_speed[np.searchsorted(track.line.fix_at, whole.fix_at[2_345])] == 33.0


def test_for_the_odometer_a_standing_vehicle_rests_where_it_came_to_stand() -> None:
    rng = np.random.default_rng(2)
    drift = rng.normal(0, 30, 100)
    track = _track(fixes(range(100), drift, drift, flags=STATIONARY), points_max=1_000, tolerance_m=1.0)  # type: ignore[arg-type]
    assert len(track.line) == 1


@pytest.mark.parametrize("name", RECORDINGS)
@pytest.mark.parametrize("rows", [100, 20_000])
def test_a_recording_keeps_its_shape_its_ends_and_its_gaps(name: str, rows: int) -> None:
    drive = recorded(name)
    track = _track(*_pages(drive, rows), points_max=120)
    assert len(track.line) <= 120
    assert _deviation_m(drive, track) <= track.tolerance_m + 1e-6 < 90
    silences = int((np.diff(drive.fix_at) > GAP_US).sum())
    assert len(track.gaps) == silences
