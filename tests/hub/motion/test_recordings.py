"""Five squats are five, five times standing up are five, and a stride is nothing, on every joint that moves."""

from __future__ import annotations

import pytest

from hub.motion.rules import Target
from tests.hub.motion.recorded import RECORDINGS, SQUAT, STAND_UP, count, read, true_peaks

pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="needs the recordings that lie beside the project")

MOVING = [*(("squat", joint) for joint in SQUAT), *(("sts", joint) for joint in STAND_UP)]
TARGETS = {"squat": SQUAT, "sts": STAND_UP}
EARLY_S = {"squat": 0.35, "sts": 0.25}  # ankles and arms turn round that much before or after the pelvis


@pytest.mark.parametrize(("name", "joint"), MOVING)
def test_every_joint_counts_five_valid_repetitions(name: str, joint: str) -> None:
    counted = count(read(name, joint), TARGETS[name][joint])
    assert [each.number for each in counted] == [1, 2, 3, 4, 5]
    assert all(each.valid for each in counted)


@pytest.mark.parametrize(("name", "joint"), MOVING)
def test_peaks_are_where_the_pelvis_turns_round(name: str, joint: str) -> None:
    counted = count(read(name, joint), TARGETS[name][joint])
    for each, true_s in zip(counted, true_peaks(name), strict=True):
        assert each.peak_at / 1e6 == pytest.approx(true_s, abs=0.1 if "knee" in joint else EARLY_S[name])


@pytest.mark.parametrize(("name", "joint"), MOVING)
def test_a_peak_is_an_angle_that_was_measured(name: str, joint: str) -> None:
    samples = read(name, joint)
    angles = {at_us: angle for _, at_us, angle in samples}
    for each in count(samples, TARGETS[name][joint]):
        assert each.peak_angle == pytest.approx(angles[each.peak_at], abs=1.0)


@pytest.mark.parametrize("joint", ["elbow_flexion_r", "shoulder_flexion_r"])
def test_crossed_arms_count_nothing_valid_while_standing_up(joint: str) -> None:
    assert not any(each.valid for each in count(read("sts", joint), Target(0.0, 140.0)))


@pytest.mark.parametrize("joint", SQUAT)
def test_walking_is_no_valid_repetition(joint: str) -> None:
    assert not any(each.valid for each in count(read("walk", joint), SQUAT[joint]))


@pytest.mark.parametrize("joint", [joint for joint in SQUAT if "ankle" not in joint])  # bends by 25 degrees in all
def test_without_a_target_five_are_five_too(joint: str) -> None:
    assert len(count(read("squat", joint), Target())) == 5
