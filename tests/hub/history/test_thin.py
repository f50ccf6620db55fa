"""Thinning a line: what must hold for any line, and what the classic algorithm would have done."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.history.thin import thin, unwrapped
from tests.hub.history.lines import RECORDINGS, Floats, farthest_m, recorded

NOTHING = np.empty(0, dtype=np.int64)
places = st.lists(
    st.tuples(st.integers(-40, 40), st.integers(-40, 40)).map(lambda place: (place[0] * 1e-4, 11 + place[1] * 1e-4)),
    min_size=1,
    max_size=120,
)


def _columns(line: list[tuple[float, float]]) -> tuple[Floats, Floats]:
    return np.array([place[0] for place in line]), np.array([place[1] for place in line])


def _douglas_peucker(latitude: Floats, longitude: Floats, tolerance_m: float) -> list[int]:
    """The algorithm as its authors wrote it down, one chord after the other."""
    kept, chords = {0, len(latitude) - 1}, [(0, len(latitude) - 1)]
    while chords:
        first, last = chords.pop()
        distances = [
            farthest_m(latitude[[first, place, last]], longitude[[first, place, last]], [0, 2])
            for place in range(first + 1, last)
        ]
        if distances and max(distances) > tolerance_m:
            split = first + 1 + distances.index(max(distances))
            kept.add(split)
            chords += [(first, split), (split, last)]
    return sorted(kept)


@given(places, st.integers(2, 50), st.lists(st.integers(0, 119), max_size=6))
def test_any_line_keeps_its_ends_the_given_points_and_its_shape(
    line: list[tuple[float, float]], points_max: int, given_points: list[int]
) -> None:
    latitude, longitude = _columns(line)
    kept = np.array(sorted({place for place in given_points if place < len(line)})[: points_max - 2], dtype=np.int64)
    found = thin(latitude, longitude, kept, points_max=points_max)
    chosen = found.indices.tolist()
    assert chosen == sorted(set(chosen)) and set(chosen) <= set(range(len(line)))
    assert len(chosen) <= max(points_max, 2)
    assert {0, len(line) - 1, *kept.tolist()} <= set(chosen)
    assert farthest_m(latitude, longitude, chosen) == pytest.approx(found.tolerance_m, abs=1e-6)


@given(places, st.floats(0.5, 500))
def test_no_point_is_farther_away_than_was_tolerated(line: list[tuple[float, float]], tolerance_m: float) -> None:
    latitude, longitude = _columns(line)
    found = thin(latitude, longitude, NOTHING, points_max=10_000, tolerance_m=tolerance_m)
    assert found.tolerance_m <= tolerance_m
    assert farthest_m(latitude, longitude, found.indices.tolist()) == pytest.approx(found.tolerance_m, abs=1e-6)


def test_a_winding_road_gives_the_same_points_as_the_classic_algorithm() -> None:
    rng = np.random.default_rng(7)
    latitude = 48 + np.cumsum(rng.normal(0, 1e-4, 700))
    longitude = 11 + np.cumsum(rng.normal(0, 1e-4, 700))
    for tolerance_m in (5.0, 25.0, 120.0):
        found = thin(latitude, longitude, NOTHING, points_max=10_000, tolerance_m=tolerance_m)
        assert found.indices.tolist() == _douglas_peucker(latitude, longitude, tolerance_m)
    by_count = thin(latitude, longitude, NOTHING, points_max=len(found.indices))
    assert by_count.indices.tolist() == found.indices.tolist(), "so many points, or so many metres: one descent"


@given(places, st.integers(2, 40))
def test_more_points_are_never_worse_than_fewer(line: list[tuple[float, float]], points_max: int) -> None:
    latitude, longitude = _columns(line)
    few = thin(latitude, longitude, NOTHING, points_max=points_max)
    assert set(few.indices.tolist()) <= set(
        thin(latitude, longitude, NOTHING, points_max=len(line) + points_max).indices.tolist()
    )


@pytest.mark.parametrize("shape", ["one place", "a straight line", "there and back", "a grid"])
def test_lines_without_a_farthest_point_end_too(shape: str) -> None:
    steps = np.arange(5_000.0)
    latitude, longitude = {
        "one place": (np.zeros(5_000), np.zeros(5_000)),
        "a straight line": (steps * 1e-5, steps * 1e-5),
        "there and back": (np.abs(steps - 2_500) * 1e-5, np.zeros(5_000)),
        "a grid": ((steps % 2) * 1e-4, (steps % 3) * 1e-4),
    }[shape]
    found = thin(latitude, longitude, NOTHING, points_max=50)
    assert len(found.indices) <= 50
    assert farthest_m(latitude, longitude, found.indices.tolist()) == pytest.approx(found.tolerance_m, abs=1e-6)
    if shape == "there and back":
        assert 2_500 in found.indices, "the turning point lies beyond the chord, not beside it"


def test_a_line_across_the_antimeridian_is_thinned_like_any_other() -> None:
    rng = np.random.default_rng(3)
    latitude, longitude = np.cumsum(rng.normal(0, 1e-4, 500)), np.cumsum(rng.normal(0, 1e-4, 500))
    here = thin(latitude, longitude, NOTHING, points_max=40)
    there = thin(latitude, (longitude + 360.0) % 360.0 - 180.0, NOTHING, points_max=40)
    assert there.indices.tolist() == here.indices.tolist()
    assert there.tolerance_m == pytest.approx(here.tolerance_m, rel=1e-6)
    assert np.ptp(unwrapped((longitude + 360.0) % 360.0 - 180.0)) < 1.0


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_recording_loses_points_and_not_its_shape(name: str) -> None:
    drive = recorded(name)
    found = thin(drive.latitude, drive.longitude, NOTHING, points_max=100)
    assert len(found.indices) <= 100
    assert farthest_m(drive.latitude, drive.longitude, found.indices.tolist()) == pytest.approx(found.tolerance_m)
    assert found.tolerance_m < 60
