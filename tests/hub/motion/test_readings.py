"""Frames unfold into the readings that the view joint_motion_logs shows."""

from __future__ import annotations

import numpy as np
import pytest

from hub.motion.readings import NONE, courses, numbers, unfold
from storage.motion import Frames, Repetition, Stream

TWO = Stream(1, "motion", ("left_knee_flexion", "right_knee_flexion"))
NAN = float("nan")


def frames(*rows: tuple[int, int, int, list[int], list[float]]) -> Frames:
    """Return frames of (seq, started_at, interval, offsets, angles)."""
    seq, started_at, interval_us, offsets, angles = zip(*rows, strict=True)
    return Frames(
        np.array(seq, dtype=np.int64),
        np.array(started_at, dtype=np.int64),  # received as soon as they began
        np.array(started_at, dtype=np.int64),
        np.array(interval_us, dtype=np.int64),
        np.array([len(one) for one in offsets], dtype=np.int64),
        np.array([len(one) for one in angles], dtype=np.int64),
        np.array([us for one in offsets for us in one], dtype=np.int64),
        np.array([angle for one in angles for angle in one], dtype=np.float32),
    )


def test_a_frame_has_joint_after_joint_each_with_its_samples_in_time() -> None:
    read = unfold(TWO, frames((1, 1_000, 10, [], [1, 2, 3, 7, 8, 9]), (4, 2_000, 10, [], [4, 10])))
    assert read.of(0).angle.tolist() == [1, 2, 3, 4]
    assert read.of(1).angle.tolist() == [7, 8, 9, 10]
    assert read.of(0).at.tolist() == [1_000, 1_010, 1_020, 2_000]
    assert read.of(1).seq.tolist() == [1, 2, 3, 4]


def test_readings_come_sample_after_sample_and_none_is_left_out() -> None:
    read = unfold(TWO, frames((1, 0, 10, [], [1, NAN, 7, 8])))
    assert list(zip(read.seq.tolist(), read.joint.tolist(), read.angle.tolist(), strict=True)) == [
        *((1, 0, 1.0), (1, 1, 7.0)),
        (2, 1, 8.0),
    ]


def test_stated_offsets_win_over_the_interval() -> None:
    read = unfold(TWO, frames((1, 100, 10, [], [1, 2]), (2, 200, 10, [0, 3], [3, 4, 5, 6]), (4, 300, 10, [5], [7, 8])))
    assert read.of(0).at.tolist() == [100, 200, 203, 305]


def test_a_plain_insert_is_one_sample_up_to_its_joint() -> None:
    stream = TWO._replace(kind="sql")
    read = unfold(stream, frames((1, 0, 0, [], [5]), (2, 9, 0, [], [NAN, 6])))
    assert list(zip(read.seq.tolist(), read.joint.tolist(), read.angle.tolist(), strict=True)) == [(1, 0, 5), (2, 1, 6)]


def test_a_log_without_readings_unfolds_to_nothing() -> None:
    assert len(unfold(TWO, frames((1, 0, 10, [], [NAN, NAN]))).seq) == 0


@pytest.mark.parametrize(
    "rows",
    [
        [(1, 0, 10, [], [1, 2, 3, 7, 8, 9]), (4, 100, 20, [], [4, 5, 6, 10, 11, 12])],
        [(1, 0, 10, [], [1, NAN, 7, 8]), (3, 100, 20, [], [3, 4, NAN, 10])],
        [(1, 0, 10, [0, 3], [1, 2, 7, 8]), (3, 100, 10, [0, 4], [3, 4, 9, 10])],
        [(1, 0, 10, [], [1, 2, 7, 8]), (3, 100, 10, [0, 4], [3, 4, 9, 10])],
        [(1, 0, 10, [5], [1, 2, 7, 8]), (3, 100, 10, [4], [3, 4, 9, 10])],
        [(1, 0, 10, [], [1, 2, 7, 8]), (3, 100, 10, [], [3, 4, 5, 9, 10, 11])],
        [(1, 0, 10, [], [1, 2, 3])],
    ],
    ids=["alike", "missing", "offsets", "some offsets", "too few offsets", "lengths", "ragged"],
)
def test_the_course_of_each_joint_is_what_unfolds(rows: list[tuple[int, int, int, list[int], list[float]]]) -> None:
    read = unfold(TWO, frames(*rows))
    for joint, course in enumerate(courses(TWO, frames(*rows))):
        assert (course.at.tolist(), course.angle.tolist()) == (
            read.of(joint).at.tolist(),
            read.of(joint).angle.tolist(),
        )


def test_each_reading_has_the_number_of_its_repetition() -> None:
    read = unfold(TWO, frames((1, 0, 10, [], [1, 2, 3, 4, 5, 6, 7, 8])))
    right = TWO.joints[1]
    counted = [
        *(Repetition(1, right, 2, 4, 4), Repetition(1, right, 1, 1, 2)),
        *(Repetition(2, right, 9, 1, 4), Repetition(1, "neck_flexion", 9, 1, 4)),
    ]
    found = numbers(TWO, read, counted)
    assert found[read.joint == 1].tolist() == [1, 1, NONE, 2]
    assert set(found[read.joint == 0].tolist()) == {NONE}
