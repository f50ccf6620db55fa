"""A made-up patient moves as patients do, and the same for the same seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from arogya.simulator.movement import EXERCISES, PARTIAL, SECOND_US, Exercise, draw, perform
from storage.records.joints import JOINTS

KNEE = Exercise("right_knee_flexion", 0.0, 100.0)
STEADY = Exercise("right_knee_flexion", 40.0, 40.0)  # does not move


def seeded(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_a_seed_is_a_session() -> None:
    first, again, other = (perform(draw(rng), rng) for rng in (seeded(5), seeded(5), seeded(6)))
    assert first.done == again.done
    assert np.array_equal(first.angle, again.angle)
    assert not np.array_equal(first.angle, other.angle)


def test_every_exercise_is_of_a_known_joint() -> None:
    assert {joint for joint, _, _ in EXERCISES} <= set(JOINTS)


def test_a_joint_is_where_the_truth_says() -> None:
    done = perform(KNEE, seeded())
    assert len(done.done) == KNEE.repetitions
    for each in done.done:
        at_top = (done.at_us >= each.topped_us) & (done.at_us <= each.left_us)
        assert done.angle[at_top] == pytest.approx(each.peak_angle, abs=0.01)
        assert each.peak_angle >= 100.0 if each.is_full else each.peak_angle == PARTIAL * 100.0
        assert done.angle[np.searchsorted(done.at_us, [each.started_us, each.ended_us])] == pytest.approx(0, abs=0.1)


def test_standing_up_goes_down_in_degrees() -> None:
    done = perform(replace(KNEE, rest_angle=105.0, target_angle=5.0, partial_share=0.0), seeded())
    assert done.angle[0] == 105.0
    assert all(each.peak_angle <= 5.0 for each in done.done)


@pytest.mark.parametrize("rate_hz", [50.0, 120.0, 200.0])
def test_samples_come_at_the_rate(rate_hz: float) -> None:
    steps = np.diff(perform(replace(KNEE, rate_hz=rate_hz), seeded()).at_us)
    assert steps.mean() == pytest.approx(SECOND_US / rate_hz, rel=0.001)
    assert np.ptp(steps) <= 1


@pytest.mark.parametrize("messages", [False, True])
def test_so_much_is_lost(messages: bool) -> None:
    whole = perform(replace(KNEE, repetitions=40), seeded())
    done = perform(replace(KNEE, repetitions=40, loss=0.15, loses_messages=messages), seeded())
    assert len(done.seq) / len(whole.seq) == pytest.approx(0.85, abs=0.03)
    assert done.seq.tolist() == list(range(1, len(done.seq) + 1))
    longest = np.diff(done.at_us).max()
    assert (longest >= 100_000) if messages else (longest < 100_000)


def test_noise_tremor_and_drift_are_as_strong_as_said() -> None:
    noisy = perform(replace(STEADY, noise_deg=5.0), seeded())
    assert float(np.std(noisy.angle)) == pytest.approx(5.0, rel=0.1)
    trembling = perform(replace(STEADY, tremor_deg=3.0), seeded())
    assert float(np.max(np.abs(trembling.angle - 40.0))) == pytest.approx(3.0, rel=0.05)
    slipping = perform(replace(STEADY, drift_deg_per_min=10.0), seeded())
    minutes = float(slipping.at_us[-1]) / SECOND_US / 60
    assert float(slipping.angle[-1]) == pytest.approx(40.0 + 10.0 * minutes, abs=0.1)


def test_sessions_have_every_kind_of_trouble() -> None:
    drawn = [draw(seeded(seed)) for seed in range(200)]
    assert {each.joint for each in drawn} == {joint for joint, _, _ in EXERCISES}
    assert {each.rate_hz for each in drawn} == {50.0, 60.0, 100.0, 120.0, 200.0}
    assert {each.loses_messages for each in drawn} == {False, True}
    assert max(each.noise_deg for each in drawn) > 4.5
    assert max(each.loss for each in drawn) > 0.14
    assert any(each.tremor_deg == 0.0 for each in drawn)
