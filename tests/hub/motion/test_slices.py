"""Blocks of frames cut into slices: every sample once, in order, and never over a hole or a change of targets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hub.motion.slices import Slice, slices
from storage.motion import Frames


def block(frames: Sequence[tuple[int, int, list[list[float]], list[int]]]) -> Frames:
    """Return frames: first sample, time (received and started, µs), angles by joint, offsets if they have any."""
    angles = [np.array(each[2], np.float32).ravel() for each in frames]
    offsets = [each[3] for each in frames]
    return Frames(
        np.array([each[0] for each in frames]),
        np.array([each[1] for each in frames]),
        np.array([each[1] for each in frames]),
        np.array([0 if each[3] else 10 for each in frames]),
        np.array([len(each) for each in offsets]),
        np.array([len(each) for each in angles]),
        np.array([one for each in offsets for one in each], np.int64),
        np.concatenate(angles),
    )


def plain(found: Slice) -> tuple[int, list[int], list[list[float]]]:
    return found.seq, found.at_us.tolist(), found.angles.tolist()


def test_frames_of_any_length_and_spacing_become_one_slice() -> None:
    made = block(
        [(1, 100, [[1, 2], [3, 4]], []), (3, 200, [[5], [6]], []), (4, 300, [[7, 8, 9], [0, 1, 2]], [0, 3, 4])]
    )
    (found,) = slices(made, 2, (), 100)
    assert plain(found) == (1, [100, 110, 200, 300, 303, 304], [[1, 2, 5, 7, 8, 9], [3, 4, 6, 0, 1, 2]])


def test_a_slice_ends_at_a_hole_at_a_change_and_when_it_is_full() -> None:
    frames = [(1, 100), (2, 200), (5, 300), (6, 400), (7, 500), (8, 600), (9, 700)]
    made = block([(seq, at, [[seq]], []) for seq, at in frames])
    cut = [found.at_us.tolist() for found in slices(made, 1, (400, 650), 2)]
    assert cut == [[100, 200], [300], [400, 500], [600], [700]]
    assert [found.received_at for found in slices(made, 1, (400,), 100)] == [100, 300, 400]


def test_even_more_joints_than_readings_make_progress() -> None:
    made = block([(1, 100, [[1, 2], [3, 4], [5, 6]], [])])
    assert [plain(found) for found in slices(made, 3, (), 2)] == [
        (1, [100], [[1], [3], [5]]),
        (2, [110], [[2], [4], [6]]),
    ]
