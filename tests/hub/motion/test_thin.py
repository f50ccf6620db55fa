"""Thinned motion keeps every peak."""

from __future__ import annotations

import time

import numpy as np
import pytest

from hub.motion.thin import min_max

POINTS = 2_000


def knee(count: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Return a knee that bends and trembles."""
    t = np.arange(count) / 100.0
    trembling = np.random.default_rng(7).normal(0.0, 0.5, count)
    return (45 - 45 * np.cos(t) + trembling).astype(np.float32)


@pytest.mark.parametrize("count", [0, 1, 3, 1_999, 2_000, 2_001, 2_002, 3_999, 120_000])
def test_the_ends_and_the_extremes_stay_and_no_more_than_asked_for(count: int) -> None:
    angle = knee(count)
    kept = min_max(angle, POINTS)
    assert len(kept) <= POINTS
    assert np.all(np.diff(kept) > 0)
    if count:
        assert (kept[0], kept[-1]) == (0, count - 1)
        assert (angle[kept].min(), angle[kept].max()) == (angle.min(), angle.max())


@pytest.mark.parametrize("place", [1, 777, 59_999, 119_998])
def test_a_single_spike_stays_wherever_it_is(place: int) -> None:
    angle = np.zeros(120_000, dtype=np.float32)
    angle[place] = -80.0
    assert place in min_max(angle, POINTS)


def test_fewest_points_still_show_both_extremes() -> None:
    angle = np.array([0, 5, 1, -7, 2, 0], dtype=np.float32)
    assert min_max(angle, 4).tolist() == [0, 1, 3, 5]


def test_a_long_session_is_thinned_in_a_few_milliseconds() -> None:
    angle = knee(120_000)
    durations = []
    for _ in range(5):
        started = time.perf_counter()
        min_max(angle, POINTS)
        durations.append(time.perf_counter() - started)
    assert min(durations) < 0.010
