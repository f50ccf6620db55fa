"""Recordings of joints with known repetitions, what they would be asked to reach, and how to count a session."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from hub.motion.repetitions import Counter, Repetition
from hub.motion.rules import Target, rules_of

RECORDINGS: Final = Path(__file__).parents[4] / "shared" / "data" / "joint"

# A joint of a recording: rest and target. The arms rise in a squat, and are crossed while standing up.
SQUAT: Final = {
    "knee_flexion_r": Target(2.0, 95.0),
    "knee_flexion_l": Target(2.0, 95.0),
    "hip_flexion_r": Target(0.0, 95.0),
    "hip_flexion_l": Target(0.0, 95.0),
    "ankle_dorsiflexion_r": Target(6.0, 35.0),
    "elbow_flexion_r": Target(25.0, 100.0),
    "shoulder_flexion_r": Target(0.0, 85.0),
}
STAND_UP: Final = {
    "knee_flexion_r": Target(105.0, 5.0),
    "knee_flexion_l": Target(105.0, 8.0),
    "hip_flexion_r": Target(85.0, 15.0),
    "hip_flexion_l": Target(85.0, 17.0),
    "ankle_dorsiflexion_r": Target(21.0, 0.0),
}


def read(name: str, joint: str) -> list[tuple[int, int, float]]:
    """Return the samples of a joint: number, µs, degrees."""
    with (RECORDINGS / f"{name}_mocap.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return [(number, round(float(row["t_s"]) * 1e6), float(row[joint])) for number, row in enumerate(rows, 1)]


def true_peaks(name: str) -> list[float]:
    """Return when the pelvis turned round, seconds."""
    with (RECORDINGS / "truth.csv").open(encoding="utf-8") as lines:
        return [float(row["t_peak_s"]) for row in csv.DictReader(lines) if row["trial"] == name]


def count(samples: Iterable[tuple[int, int, float]], target: Target) -> list[Repetition]:
    """Return the repetitions of some samples."""
    counter = Counter(rules_of(target))
    return [done for sample in samples if (done := counter.step(*sample)) is not None]
