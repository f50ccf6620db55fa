"""Recordings of joints: a CSV file in, its angles by joint out, with what a patient would be asked to reach."""

from __future__ import annotations

import csv
import re
import statistics
from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import NamedTuple

from arogya.replay.traces import NAME_CHARACTERS_MAX, TraceError
from storage.records.joints import JOINTS

TIME_COLUMN = "t_s"
SIDES = {"r": "right", "l": "left"}
REST_S = 0.5  # a recording begins at rest
ANGLE_MAX = 360.0  # degrees
LONGEST_S = 86_400.0
# What exercises ask of a joint, degrees: to be straight, and to be bent. Who begins bent is to straighten it.
GOALS = {
    "knee_flexion": (15.0, 90.0),
    "hip_flexion": (20.0, 85.0),
    "ankle_dorsiflexion": (0.0, 30.0),
    "shoulder_flexion": (15.0, 85.0),
    "elbow_flexion": (15.0, 100.0),
}


class Aim(NamedTuple):
    """What a joint is to do, degrees; without a target every complete repetition counts."""

    rest: float
    target: float | None


class Recording(NamedTuple):
    """What a sensor has recorded, all joints at the same instants."""

    name: str
    source: Path
    at_us: list[int]  # since the beginning, ascending
    joints: tuple[str, ...]  # from the closed list
    angles: list[list[float]]  # degrees; a row for each joint
    ignored: tuple[str, ...]  # columns that are no joint

    @property
    def lasts_s(self) -> float:
        """Return the seconds from the first sample to the last."""
        return self.at_us[-1] / 1e6

    @property
    def slug(self) -> str:
        """Return the name as it may stand in an address."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-") or "unnamed"

    def aim(self, joint: str) -> Aim:
        """Return what the joint is to do: rest as it begins, and the target that exercises have for it."""
        angles = self.angles[self.joints.index(joint)]
        resting = [angle for at, angle in zip(self.at_us, angles, strict=True) if at < REST_S * 1e6]
        rest = round(statistics.median(resting), 1)
        straight, bent = GOALS.get(joint.partition("_")[2], (None, None))
        if straight is None or bent is None:
            return Aim(rest, None)
        return Aim(rest, bent if rest < (straight + bent) / 2 else straight)


def is_recording(path: Path) -> bool:
    """Say whether a file is a CSV whose columns are those of a recording of joints."""
    if path.suffix.lower() != ".csv":
        return False
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return TIME_COLUMN in next(csv.reader(file), [])
    except (OSError, UnicodeDecodeError):
        return False  # whoever reads it says why


def read_recording(path: Path) -> Recording:
    """Read a CSV of `t_s` and joints, in seconds and degrees; raises `TraceError` with the line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read(path, file.read().splitlines())
    except OSError as error:
        raise TraceError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise TraceError(f"{path}: not a text file in UTF-8") from None


def joint_of(column: str) -> str | None:
    """Return the joint that a column is of: `knee_flexion_r` and `right_knee_flexion` are the same; None for none."""
    name = column.strip().lower()
    stem, _, side = name.rpartition("_")
    joint = f"{SIDES[side]}_{stem}" if side in SIDES else name
    return joint if joint in JOINTS else None


def _read(path: Path, lines: Sequence[str]) -> Recording:
    reader = csv.DictReader(lines)
    names = [name for name in reader.fieldnames or [] if name is not None]
    columns = {name: joint for name in names if (joint := joint_of(name)) is not None}
    if len(set(columns.values())) != len(columns):
        raise TraceError(f"{path}: two columns are of the same joint")
    if not columns:
        raise TraceError(f"{path}: no column is of a joint; their names are like knee_flexion_r or right_knee_flexion")
    at_us: list[int] = []
    angles: list[list[float]] = [[] for _ in columns]
    for row in reader:
        where = f"{path}, line {reader.line_num}"
        at_us.append(_microseconds(row[TIME_COLUMN], at_us, where))
        for values, name in zip(angles, columns, strict=True):
            values.append(_angle(row[name], where))
    if not at_us:
        raise TraceError(f"{path}: there is nothing in it")
    begun = at_us[0]
    name = path.stem
    if len(name) > NAME_CHARACTERS_MAX or not name.isprintable():
        raise TraceError(f"{path}: its name has at most {NAME_CHARACTERS_MAX} printable characters")
    ignored = tuple(name for name in names if name not in columns and name != TIME_COLUMN)
    return Recording(name, path, [at - begun for at in at_us], tuple(columns.values()), angles, ignored)


def _microseconds(text: str | None, before: Sequence[int], where: str) -> int:
    seconds = _number(text, where)
    at = round(seconds * 1e6)
    if before and not before[-1] < at <= before[0] + LONGEST_S * 1e6:
        raise TraceError(f"{where}: t_s has to ascend, and not over more than a day")
    return at


def _angle(text: str | None, where: str) -> float:
    angle = _number(text, where)
    if not -ANGLE_MAX <= angle <= ANGLE_MAX:
        raise TraceError(f"{where}: an angle is from -360 to 360 degrees")
    return angle


def _number(text: str | None, where: str) -> float:
    try:
        number = float(text or "")
    except ValueError:
        raise TraceError(f"{where}: {text!r} is not a number") from None
    if not isfinite(number):
        raise TraceError(f"{where}: {text!r} is not a number")
    return number
