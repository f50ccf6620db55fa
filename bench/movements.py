"""Joints that bend and stretch every three seconds, for ever: a cycle that is built once, and what is true of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CYCLE_S = 3.0  # one repetition of every joint
OUT_S, HOLD_S, BACK_S = 0.9, 0.3, 0.8
REST_S = CYCLE_S - OUT_S - HOLD_S - BACK_S  # before and behind the repetition, shared out differently for each joint
MOVEMENTS = 64  # drawn; sensors take turns at them
NOISE_DEG = 1.0  # standard deviation
TOLD_S = 0.5  # after its end at the latest a repetition is told: more than what the filter lags behind


@dataclass(frozen=True)
class Movement:
    """One cycle of some joints; it begins and ends at rest, so it can follow itself."""

    angles: NDArray[np.float32]  # degrees, a row a joint, a column a sample
    peaks: NDArray[np.int64]  # of each joint: the sample with which its angle begins to fall
    ends: NDArray[np.int64]  # of each joint: the sample with which it is back at rest
    told: int  # samples after an end until its repetition is surely counted

    @property
    def cycle(self) -> int:
        """Samples in a cycle."""
        return int(self.angles.shape[1])

    def least(self, samples: int) -> NDArray[np.int64]:
        """Return how many repetitions of each joint are over in so many samples."""
        return np.maximum(0, (samples - self.told - self.ends) // self.cycle + 1)

    def most(self, samples: int) -> NDArray[np.int64]:
        """Return of how many repetitions of each joint the way back has begun in so many samples."""
        return np.maximum(0, (samples - self.peaks) // self.cycle + 1)


def make_movement(seed: int, joints: int, hz: float) -> Movement:
    """Draw the movement of some joints, sampled `hz` times a second."""
    random = np.random.default_rng(seed)
    samples = round(CYCLE_S * hz)
    at_s = np.arange(samples) / hz
    starts_s = random.uniform(0.2, REST_S - 0.2, (joints, 1))
    rests, reaches = random.uniform(-5, 15, (joints, 1)), random.uniform(45, 110, (joints, 1))
    since_s = at_s - starts_s
    out = np.clip(since_s / OUT_S, 0, 1)
    back = np.clip((since_s - OUT_S - HOLD_S) / BACK_S, 0, 1)
    bent = (np.cos(np.pi * back) - np.cos(np.pi * out)) / 2
    angles = rests + reaches * bent + random.normal(0, NOISE_DEG, (joints, samples))
    peaks = np.floor((starts_s[:, 0] + OUT_S) * hz).astype(np.int64)
    ends = np.ceil((starts_s[:, 0] + OUT_S + HOLD_S + BACK_S) * hz).astype(np.int64)
    return Movement(angles.astype(np.float32), peaks, ends, round(TOLD_S * hz))
