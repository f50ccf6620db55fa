"""The rows of the channel of a physio session, as viewers get them. Pure."""

from __future__ import annotations

from math import floor
from typing import Final, NamedTuple

from hub.live.view import View
from hub.motion.rules import Target, rules_of
from storage.motion_live import Counted, Goal, StoredSession
from storage.records.joints import JOINTS

SESSION, JOINT_ROWS, REPETITIONS, TRACE = "session", "joints", "repetitions", "trace"
SESSION_KEY: Final = 0
FIRST_KEY: Final = 1_000  # of repetitions and stretches of the trace; below it are the joints
# Everything is shown; whoever watches does so by a right that may end any time.
THEIRS: Final = View("theirs", {table: lambda row: row for table in (SESSION, JOINT_ROWS, REPETITIONS, TRACE)})
_KEYS: Final = {joint: place for place, joint in enumerate(JOINTS, 1)}


class JointNow(NamedTuple):
    """How a joint is; times in µs since 1970, degrees."""

    goal: Goal
    counted: int = 0
    valid: int = 0
    phase: str | None = None  # None: no sensor has said anything
    at: int | None = None
    angle: float | None = None
    peak_angle: float | None = None  # of the repetition that is going on
    hold_s: float = 0.0


class Shown(NamedTuple):
    """A repetition, and what its joint was to reach."""

    repetition: Counted
    goal: Goal


class Stretch(NamedTuple):
    """Points of some joints that were drawn together: times in µs since 1970, degrees."""

    at: int  # of the first one
    joints: tuple[tuple[str, list[int], list[float]], ...]


def key_of(joint: str) -> int:
    """Return the key of a joint's row; raises KeyError for a name that is not on the list."""
    return _KEYS[joint]


def session_row(key: int, session: StoredSession) -> list[object]:
    """Return the row of the table `session`."""
    return [key, session.status, session.joint, session.started_at, session.ended_at, session.counted_at]


def joint_row(key: int, now: JointNow) -> list[object]:
    """Return a row of `joints`: what there is to reach, what was counted, and how it is now."""
    goal = now.goal
    return [
        *(key, goal.joint, _tenths(goal.rest_angle), _tenths(goal.target_angle), goal.target_reps),
        *(now.counted, now.valid, now.phase, now.at, _tenths(now.angle), _tenths(now.peak_angle)),
        *(_short(goal, now.peak_angle), _tenths(now.hold_s)),
    ]


def repetition_row(key: int, shown: Shown) -> list[object]:
    """Return a row of `repetitions`."""
    one = shown.repetition
    smoothness = None if one.smoothness is None else _rounded(one.smoothness, 1_000)
    return [
        *(key, key_of(one.joint), one.number, one.started_at, one.peak_at, one.ended_at),
        *(_tenths(one.peak_angle), _tenths(one.range_deg)),
        *(_rounded(seconds, 100) for seconds in (one.hold_s, one.out_s, one.back_s)),
        *(smoothness, one.valid, _short(shown.goal, one.peak_angle)),
    ]


def stretch_row(key: int, stretch: Stretch) -> list[object]:
    """Return a row of `trace`: of each joint its key, ms after the row's time, and the angles."""
    start = stretch.at
    joints = [
        [key_of(joint), [(at - start) // 1_000 for at in times], [_rounded(angle, 10) for angle in angles]]
        for joint, times, angles in stretch.joints
    ]
    return [key, start, joints]


def _short(goal: Goal, peak: float | None) -> float | None:
    """Return by how much a peak stays below the target; 0 at the target and beyond."""
    if goal.target_angle is None or peak is None:
        return None
    direction = rules_of(Target(goal.rest_angle, goal.target_angle)).direction
    return max(0.0, _rounded(direction * (goal.target_angle - peak), 10))


def _tenths(value: float | None) -> float | None:
    return None if value is None else _rounded(value, 10)


def _rounded(value: float, parts: int) -> float:
    return floor(value * parts + 0.5) / parts
