"""The counter of one joint, sample by sample."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import cos, pi

import pytest

from hub.motion.repetitions import Counter, Repetition, Standing, weight
from hub.motion.rules import Rules, Target, rules_of

KNEE = Target(0.0, 90.0)
STEP_US = 10_000
START_US = 1_700_000_000_000_000


class Joint:
    """A joint that moves as it is told, measured a hundred times a second."""

    def __init__(self, target: Target = KNEE, number: int = 0) -> None:
        self.counter = Counter(rules_of(target), number)
        self.seq = 0
        self.at_us = START_US
        self.angle = target.rest_angle or 0.0
        self.counted: list[Repetition] = []

    def sample(self, angle: float, after_us: int = STEP_US) -> None:
        """Measure an angle."""
        self.seq += 1
        self.at_us += after_us
        self.angle = angle
        done = self.counter.step(self.seq, self.at_us, angle)
        if done is not None:
            self.counted.append(done)

    def stay(self, seconds: float) -> None:
        """Do not move."""
        for _ in range(round(seconds * 100)):
            self.sample(self.angle)

    def move(self, to: float, seconds: float) -> None:
        """Move smoothly."""
        for angle in _way(self.angle, to, round(seconds * 100)):
            self.sample(angle)

    def repeat(self, peak: float, seconds: float = 2.0, hold_s: float = 0.2) -> None:
        """Go out and come back."""
        rest = self.angle
        self.move(peak, seconds / 2)
        self.stay(hold_s)
        self.move(rest, seconds / 2)
        self.stay(0.5)


def _way(start: float, end: float, steps: int) -> Iterator[float]:
    for step in range(1, steps + 1):
        yield start + (end - start) * (1 - cos(pi * step / steps)) / 2


def test_a_repetition_is_told_with_all_that_is_known_of_it() -> None:
    joint = Joint()
    joint.stay(1.0)
    began = joint.at_us
    joint.repeat(95.0, seconds=2.0, hold_s=1.0)
    (done,) = joint.counted
    assert (done.number, done.valid) == (1, True)
    assert began < done.started_at < began + 200_000  # a tenth of a turn on its way
    assert done.peak_at == pytest.approx(began + 1_000_000, abs=50_000)
    assert began + 2_000_000 < done.ended_at < began + 3_000_000
    assert done.peak_angle == 95.0
    assert done.range_deg == pytest.approx(95.0, abs=0.5)
    assert done.out_s == (done.peak_at - done.started_at) / 1e6
    assert done.back_s == (done.ended_at - done.peak_at) / 1e6
    assert done.hold_s == pytest.approx(1.0 + 2 * 0.21, abs=0.05)  # above 85 degrees: also the ends of both ways
    assert 0.1 < done.smoothness < 0.6
    assert (done.last_seq - done.first_seq) * STEP_US == done.ended_at - done.started_at


@pytest.mark.parametrize(
    ("target", "peak", "valid"),
    [
        pytest.param(KNEE, 85.5, True, id="within-the-tolerance"),
        pytest.param(KNEE, 84.5, False, id="partial"),
        pytest.param(Target(105.0, 5.0), 9.5, True, id="standing-up"),
        pytest.param(Target(105.0, 5.0), 40.0, False, id="half-up"),
        pytest.param(Target(), 30.0, True, id="without-a-target"),
    ],
)
def test_valid_is_what_reaches_the_target(target: Target, peak: float, valid: bool) -> None:
    joint = Joint(target)
    joint.stay(0.5)
    joint.repeat(peak)
    assert [(each.peak_angle, each.valid) for each in joint.counted] == [(peak, valid)]
    assert joint.counter.standing.valid == valid


def test_numbers_go_on_from_what_was_counted_before() -> None:
    joint = Joint(number=7)
    joint.repeat(90.0)
    joint.repeat(50.0)
    assert [each.number for each in joint.counted] == [8, 9]
    assert joint.counter.standing == Standing(9, 1, "rest", None, 0.0)


def test_repetitions_share_no_sample() -> None:
    joint = Joint()
    for _ in range(4):
        joint.move(90.0, 0.7)
        joint.move(0.0, 0.7)
    joint.stay(1.0)
    spans = [(each.first_seq, each.last_seq) for each in joint.counted]
    assert len(spans) == 4
    assert all(before[1] < after[0] for before, after in pairwise(spans))


def test_on_the_way_it_tells_the_peak_and_how_long_it_is_held() -> None:
    joint = Joint(Target(105.0, 5.0))
    joint.stay(1.0)
    joint.move(4.0, 1.0)
    joint.stay(2.0)
    standing = joint.counter.standing
    assert (standing.count, standing.phase, standing.peak_angle) == (0, "out", 4.0)
    assert standing.hold_s == pytest.approx(2.2, abs=0.1)


@pytest.mark.parametrize(
    ("seconds", "hold_s"), [pytest.param(0.2, 0.05, id="shorter-than-0.4-s"), pytest.param(2.0, 20.0, id="over-20-s")]
)
def test_too_short_and_too_long_are_no_repetitions(seconds: float, hold_s: float) -> None:
    joint = Joint()
    joint.repeat(90.0, seconds, hold_s)
    assert joint.counted == []
    joint.repeat(90.0)
    assert len(joint.counted) == 1


def test_a_single_wrong_sample_neither_counts_nor_reaches_the_target() -> None:
    joint = Joint()
    joint.stay(0.5)
    joint.sample(300.0)
    joint.angle = 0.0
    joint.stay(0.5)
    joint.move(60.0, 1.0)
    joint.sample(300.0)
    joint.angle = 60.0
    joint.move(0.0, 1.0)
    joint.stay(0.5)
    assert [(round(each.peak_angle), each.valid) for each in joint.counted] == [(60, False)]


@pytest.mark.parametrize("after_us", [0, -1, -1_000_000])
def test_what_is_not_later_is_dropped(after_us: int) -> None:
    joint = Joint()
    joint.stay(0.5)
    before = joint.counter.standing, joint.counter.y
    joint.counter.step(joint.seq + 1, joint.at_us + after_us, 300.0)
    assert (joint.counter.standing, joint.counter.y) == before


@pytest.mark.parametrize("jump_us", [1_000_001, -1_000_001, 3_600_000_000, -3_600_000_000])
def test_half_a_repetition_is_not_trusted_over_a_gap(jump_us: int) -> None:
    joint = Joint()
    joint.move(90.0, 1.0)
    joint.sample(90.0, jump_us)
    assert joint.counter.standing.phase == "rest"
    joint.move(0.0, 1.0)
    joint.stay(0.5)
    assert joint.counted == []
    joint.repeat(90.0)
    assert len(joint.counted) == 1


def test_a_second_without_samples_is_no_gap() -> None:
    joint = Joint()
    joint.move(90.0, 1.0)
    joint.sample(90.0, 1_000_000)
    joint.move(0.0, 1.0)
    assert len(joint.counted) == 1


@pytest.mark.parametrize("rest_s", [5.0, 15.0, 25.0, 60.0])
def test_a_long_rest_loses_no_repetition(rest_s: float) -> None:
    joint = Joint()
    for _ in range(3):
        joint.angle += 2.0  # never as low as before
        joint.stay(rest_s)
        joint.repeat(90.0)
    assert len(joint.counted) == 3


def test_another_rest_pose_is_found() -> None:
    joint = Joint()
    joint.stay(1.0)
    joint.move(20.0, 1.0)  # more than half of what makes a turn, and stays there
    joint.stay(30.0)
    joint.repeat(95.0, seconds=4.0)
    assert len(joint.counted) == 1


def test_a_strap_that_slips_counts_nothing() -> None:
    joint = Joint()
    joint.move(60.0, 360.0)  # ten degrees a minute
    assert joint.counted == []
    assert joint.counter.standing.phase == "rest"


def test_a_target_that_changes_holds_for_the_repetition_in_hand() -> None:
    joint = Joint()
    joint.stay(0.5)
    joint.move(60.0, 1.0)
    joint.counter.set_rules(rules_of(Target(0.0, 60.0)))
    joint.stay(0.5)
    joint.move(0.0, 1.0)
    (done,) = joint.counted
    assert done.valid
    assert done.hold_s == pytest.approx(0.6, abs=0.15)


def test_the_other_direction_begins_anew_at_rest() -> None:
    joint = Joint()
    joint.repeat(90.0)
    joint.move(90.0, 1.0)
    joint.counter.set_rules(rules_of(Target(90.0, 0.0)))
    assert joint.counter.standing == Standing(1, 1, "rest", None, 0.0)
    joint.stay(0.5)
    joint.repeat(0.0)
    assert [each.number for each in joint.counted] == [1, 2]


def test_a_sample_weighs_the_more_the_longer_it_was_waited_for() -> None:
    assert weight(50_000) == pytest.approx(0.632, abs=0.001)
    assert 0.0 < weight(1) < weight(5_000) < weight(20_000) < weight(1_000_000) < 1.0


def test_a_different_rate_counts_the_same() -> None:
    peaks = []
    for steps in (25, 50, 200):
        counter, found, at_us = Counter(Rules()), [], 0
        for angle in [*_way(0, 80, 2 * steps), *_way(80, 0, 2 * steps), *[0.0] * steps]:
            at_us += 1_000_000 // steps
            found.append(counter.step(at_us, at_us, angle))
        (done,) = [each for each in found if each]
        peaks.append(done.peak_angle)
    assert peaks == pytest.approx([80.0, 80.0, 80.0], abs=0.1)
