"""What the columns work out is what the counter works out; `test_bank` compares all of it."""

from __future__ import annotations

import numpy as np

from hub.motion.columns import Columns
from hub.motion.repetitions import Counter, weight
from hub.motion.rules import Rules
from hub.motion.zigzag import advance, weights


def test_the_weights_of_many_samples_are_those_of_each() -> None:
    times = np.array([[1, 10_000], [333_333, 1_000_000], [10_000, 1]])
    for _ in range(2):  # the second time they are known
        assert weights(times).tolist() == [[weight(each) for each in row] for row in times.tolist()]


def test_joints_that_turn_in_the_same_block_come_one_after_the_other() -> None:
    columns = Columns.empty(3)
    for slot in range(3):
        counter = Counter(Rules())
        counter.step(1, 0, 0.0)
        columns.set_counter(slot, counter)
    up_and_down = [0.0, 30.0, 60.0, 60.0, 60.0, 20.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    later = [0.0, 0.0, 0.0, *up_and_down[:-3]]
    angles = np.array([up_and_down, later, up_and_down]).T
    at = np.arange(1, 12)[:, None] * 100_000
    done = advance(columns, np.array([2]), at, angles)
    assert [(each.joint, each.repetition.number) for each in done] == [(0, 1), (1, 1), (2, 1)]
    assert done[1].repetition.peak_at == done[0].repetition.peak_at + 300_000
    assert columns.number.tolist() == [1, 1, 1]
    assert columns.last_at.tolist() == [1_100_000] * 3
