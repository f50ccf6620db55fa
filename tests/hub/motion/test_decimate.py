"""What a chart draws of a stream: few points, every extreme, and nothing that was not measured."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hub.motion.decimate import POINTS_PER_S, Decimator, Points

SECOND_US = 1_000_000
START_US = 1_790_000_000_000_000


def waves(samples: int, rate_hz: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return two joints that move: a slow one, and one that trembles."""
    seconds = np.arange(samples) / rate_hz
    at = START_US + (seconds * SECOND_US).astype(np.int64)
    return at, np.stack([45 * np.sin(seconds), 20 + 9 * np.sin(35 * seconds)]).astype(np.float32)


def shown(at: NDArray[np.int64], angles: NDArray[np.float32], pieces: list[int]) -> list[list[Points]]:
    """Return what is drawn of a stream that comes in messages of these numbers of samples, looked at after each."""
    decimator, found, start = Decimator(len(angles)), [], 0
    for piece in pieces:
        decimator.add(at[start : start + piece], angles[:, start : start + piece])
        start += piece
        points = decimator.take()
        if points is not None:
            found.append(points)
    return found


def busiest(times: list[int]) -> int:
    """Return the most points of any second."""
    found = np.array(times)
    return int((np.searchsorted(found, found + SECOND_US) - np.arange(len(found))).max())


@settings(max_examples=60, deadline=None)
@example(rate_hz=50, pieces=[1, 4, 2, 31], pauses=[0, 0, 0, 676_667])
@given(
    rate_hz=st.sampled_from([50, 100, 200]),
    pieces=st.lists(st.integers(1, 300), min_size=1, max_size=40),
    pauses=st.lists(st.integers(0, 3_000_000), min_size=40, max_size=40),
)
def test_a_second_has_thirty_points_at_most_and_each_look_keeps_the_extremes_of_what_came(
    rate_hz: int, pieces: list[int], pauses: list[int]
) -> None:
    at, angles = waves(sum(pieces), rate_hz)
    starts = np.cumsum([0, *pieces[:-1]])
    for start, pause in zip(starts, pauses, strict=False):
        at[start:] += pause
    decimator, waiting, first = Decimator(2), 0, 0
    times: list[list[int]] = [[], []]
    for start, piece in zip(starts.tolist(), pieces, strict=True):
        decimator.add(at[start : start + piece], angles[:, start : start + piece])
        waiting += piece
        points = decimator.take()
        if points is None:
            continue
        came = angles[:, first : first + waiting]
        for joint, drawn in enumerate(points):
            times[joint] += drawn.at
            assert (min(drawn.angles), max(drawn.angles)) == (came[joint].min(), came[joint].max())
            assert {*zip(drawn.at, drawn.angles, strict=True)} <= {
                *zip(at[first : first + waiting].tolist(), came[joint].tolist(), strict=True)
            }
        first, waiting = first + waiting, 0
    for drawn_at in times:
        assert drawn_at == sorted(set(drawn_at))
        assert not drawn_at or busiest(drawn_at) <= POINTS_PER_S


def test_a_steady_stream_is_shown_in_the_look_that_follows_each_message() -> None:
    at, angles = waves(1_000, 100)
    found = shown(at, angles, [10] * 100)
    assert len(found) >= 99, "nothing waits for the next message"
    assert all(len(joint.at) >= 2 for points in found[1:] for joint in points)


def test_few_samples_are_all_shown() -> None:
    at, angles = waves(4, 50)
    (points,) = shown(at, angles, [4])
    assert points == [Points(at.tolist(), joint) for joint in angles.tolist()]


def test_a_short_look_waits_for_room_and_loses_nothing() -> None:
    at, angles = waves(200, 200)
    found = shown(at, angles, [1] * 200)
    drawn = [angle for points in found for angle in points[1].angles]
    assert max(drawn) == angles[1][: len(angles[1])].max()


def test_times_ascend_where_frames_overlap_a_little() -> None:
    at, angles = waves(30, 100)
    decimator = Decimator(2)
    decimator.add(at[:10], angles[:, :10])
    first = decimator.take()
    decimator.add(at[10:20] - 30_000, angles[:, 10:20])
    decimator.add(at[20:], angles[:, 20:])
    second = decimator.take()
    assert first is not None and second is not None
    assert first[0].at[-1] < second[0].at[0]
    assert second[0].at == sorted(set(second[0].at))


def test_a_clock_that_was_set_back_begins_anew() -> None:
    at, angles = waves(20, 100)
    decimator = Decimator(2)
    decimator.add(at[:10], angles[:, :10])
    decimator.take()
    decimator.add(at[10:] - 3_600 * SECOND_US, angles[:, 10:])
    points = decimator.take()
    assert points is not None and points[0].at[0] == int(at[10]) - 3_600 * SECOND_US


def test_what_is_added_may_change_afterwards() -> None:
    at, angles = waves(4, 50)
    expected = angles[0].tolist()
    decimator = Decimator(2)
    decimator.add(at, angles)
    angles[:] = 0
    points = decimator.take()
    assert points is not None and points[0].angles == expected
