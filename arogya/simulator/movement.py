"""How a made-up patient moves a joint, as a worn sensor sends it, and which repetitions that were; a seed is a session.

Full and partial repetitions, slow ones, pauses of seconds at the top and at rest; a trembling hand (4 to 6 Hz), a strap
that slips (10 degrees a minute), noise, and samples that never arrive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

SECOND_US: Final = 1_000_000
RATES_HZ: Final = (50, 60, 100, 120, 200)
PARTIAL: Final = 0.6  # of the way to the target
PARTIAL_SHARE: Final = 0.25  # of the repetitions
DRIFT_DEG_PER_MIN: Final = 10.0
TREMOR_HZ: Final = (4.0, 6.0)
TREMOR_DEG: Final = 3.0
LOSS: Final = 0.15
NOISE_DEG: Final = 5.0  # standard deviation
FRAME_US: Final = 100_000  # a message: it is lost as a whole
# What patients are asked to do: joint, rest and target in degrees.
EXERCISES: Final = (
    ("right_knee_flexion", 2.0, 100.0),  # squat
    ("right_knee_flexion", 105.0, 5.0),  # sit to stand: a repetition is an extension
    ("left_knee_flexion", 90.0, 10.0),  # seated extension
    ("left_hip_flexion", 0.0, 90.0),
    ("right_hip_abduction", 0.0, 45.0),
    ("right_shoulder_flexion", 0.0, 160.0),
    ("left_shoulder_abduction", 5.0, 120.0),
    ("right_elbow_flexion", 10.0, 140.0),
    ("left_wrist_flexion", -30.0, 50.0),
    ("left_ankle_dorsiflexion", -35.0, 15.0),
    ("neck_rotation", 0.0, 60.0),
    ("trunk_flexion", 0.0, 75.0),
)


@dataclass(frozen=True, slots=True)
class Exercise:
    """What is asked for, and how well the patient and the sensor do."""

    joint: str
    rest_angle: float
    target_angle: float
    repetitions: int = 10
    rate_hz: float = 100.0
    partial_share: float = PARTIAL_SHARE
    out_s: tuple[float, float] = (0.6, 4.0)  # tempo: shortest and longest; the way back takes as long
    top_s: tuple[float, float] = (0.0, 3.0)  # how long it stays at the peak
    rest_s: tuple[float, float] = (0.3, 3.0)  # between two repetitions
    tremor_deg: float = 0.0  # amplitude
    drift_deg_per_min: float = 0.0
    noise_deg: float = 0.0  # standard deviation
    loss: float = 0.0  # share of the samples
    loses_messages: bool = False  # the samples of 100 ms together; otherwise each for itself


class Done(NamedTuple):
    """A repetition that was made; times are µs since the start of the session."""

    started_us: int
    topped_us: int  # where it first is as far out as it gets
    left_us: int  # where it leaves the top
    ended_us: int
    peak_angle: float  # without drift, tremor and noise
    is_full: bool


class Movement(NamedTuple):
    """A session as it arrives, and the truth about it."""

    seq: NDArray[np.int64]  # from 1; what was lost has none
    at_us: NDArray[np.int64]  # since the start of the session
    angle: NDArray[np.float32]  # degrees
    done: tuple[Done, ...]


def draw(rng: np.random.Generator) -> Exercise:
    """Return an exercise as somebody may do it: every kind of trouble, each from none to its worst."""
    joint, rest, target = EXERCISES[int(rng.integers(len(EXERCISES)))]
    return Exercise(
        joint,
        rest,
        target,
        repetitions=int(rng.integers(3, 13)),
        rate_hz=float(rng.choice(RATES_HZ)),
        rest_s=(0.3, float(rng.choice((1.0, 3.0, 30.0), p=(0.3, 0.6, 0.1)))),
        tremor_deg=float(rng.choice((0.0, rng.uniform(0.0, TREMOR_DEG)))),
        drift_deg_per_min=float(rng.uniform(-DRIFT_DEG_PER_MIN, DRIFT_DEG_PER_MIN)),
        noise_deg=float(rng.uniform(0.0, NOISE_DEG)),
        loss=float(rng.uniform(0.0, LOSS)),
        loses_messages=bool(rng.integers(2)),
    )


def perform(exercise: Exercise, rng: np.random.Generator) -> Movement:
    """Return one session of an exercise."""
    done, corners = _plan(exercise, rng)
    step_us = SECOND_US / exercise.rate_hz
    at = np.round(np.arange(0.0, corners[-1][0] * SECOND_US, step_us)).astype(np.int64)
    seconds = at / SECOND_US
    angle = _along(corners, seconds)
    angle += exercise.drift_deg_per_min / 60.0 * seconds
    if exercise.tremor_deg:
        turns = rng.uniform(*TREMOR_HZ) * seconds + rng.uniform()
        angle += exercise.tremor_deg * np.sin(2.0 * np.pi * turns)
    if exercise.noise_deg:
        angle += rng.normal(0.0, exercise.noise_deg, len(angle))
    kept = _arrives(exercise, at, rng)
    kept[0] = True
    at = at[kept]
    return Movement(np.arange(1, len(at) + 1), at, angle[kept].astype(np.float32), done)


def _plan(exercise: Exercise, rng: np.random.Generator) -> tuple[tuple[Done, ...], list[tuple[float, float]]]:
    """Return the repetitions, and the corners (second, angle) between which the joint moves or stays."""
    rest, way = exercise.rest_angle, exercise.target_angle - exercise.rest_angle
    now = float(rng.uniform(0.5, 2.0))
    corners, done = [(0.0, rest), (now, rest)], []
    for _ in range(exercise.repetitions):
        is_full = bool(rng.random() >= exercise.partial_share)
        peak = rest + way * (float(rng.uniform(1.0, 1.08)) if is_full else PARTIAL)
        out_s, top_s, back_s = (rng.uniform(*span) for span in (exercise.out_s, exercise.top_s, exercise.out_s))
        times = np.cumsum((now, out_s, top_s, back_s, rng.uniform(*exercise.rest_s))).tolist()
        corners += list(zip(times[1:], (peak, peak, rest, rest), strict=True))
        started, topped, left, ended = (round(each * SECOND_US) for each in times[:4])
        done.append(Done(started, topped, left, ended, peak, is_full))
        now = times[4]
    return tuple(done), [*corners, (now + 1.0, rest)]


def _along(corners: list[tuple[float, float]], seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the angles from corner to corner with the least jerk (Flash and Hogan 1985), as limbs move."""
    times, angles = np.array(corners).T
    leg = np.clip(np.searchsorted(times, seconds, side="right") - 1, 0, len(times) - 2)
    lasts = np.maximum(times[leg + 1] - times[leg], 1e-9)
    way = np.clip((seconds - times[leg]) / lasts, 0.0, 1.0)
    moved = way**3 * (10.0 - 15.0 * way + 6.0 * way**2)
    found: NDArray[np.float64] = angles[leg] + (angles[leg + 1] - angles[leg]) * moved
    return found


def _arrives(exercise: Exercise, at: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.bool_]:
    if not exercise.loses_messages:
        return rng.random(len(at)) >= exercise.loss
    message = at // FRAME_US
    arrives: NDArray[np.bool_] = rng.random(int(message[-1]) + 1)[message] >= exercise.loss
    return arrives
