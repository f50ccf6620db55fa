"""What a chart can draw of joints as they move: at most 30 points a second and joint, and no extreme is lost. Pure.

Samples are taken as they come and given as often as somebody looks. What has come since the last time is cut into as
many stretches as the rate allows, and of each the lowest and the highest angle are kept (Jugel et al. 2014, "M4"). So
nothing waits for a stretch to be full: a steady stream is shown in the moment in which it arrives.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

POINTS_PER_S: Final = 30  # of one joint, in any second
_RATE: Final = 24.0  # so many points a second are earned
_BURST: Final = 4.0  # and so many kept for later: both together stay below POINTS_PER_S
_PAUSE_US: Final = int(1e6 * _BURST / _RATE)  # earns a whole burst: what comes after it is drawn by itself
_LEAST: Final = 2  # a stretch has a lowest and a highest angle
_STEP_US: Final = 1_000  # times ascend by this at least: clocks of frames differ a little
_BACK_US: Final = 1_000_000  # a clock that goes back further was set
_EARNED_US: Final = 60_000_000  # more than the points of this time are never given at once


class Points(NamedTuple):
    """Some of a joint's samples, in the order of their times."""

    at: list[int]  # µs since 1970
    angles: list[float]  # degrees


class Decimator:
    """One stream of joints that are measured together."""

    __slots__ = ("_angles", "_at", "_joints", "_last", "_room")

    def __init__(self, joints: int) -> None:
        self._joints = joints
        self._at: list[NDArray[np.int64]] = []  # not given yet
        self._angles: list[NDArray[np.float32]] = []
        self._last: int | None = None  # the newest time that was given
        self._room = _BURST  # points that may be given beside those that time earns

    def add(self, at_us: NDArray[np.int64], angles: NDArray[np.float32]) -> None:
        """Take samples at times (S,) with angles (joints, S); they may be views of what changes later."""
        self._at.append(at_us.copy())
        self._angles.append(angles.copy())

    def take(self) -> list[Points] | None:
        """Return what there is to draw, joint by joint; None while it is too early for more points."""
        if not self._at:
            return None
        at, angles = self._at[0], self._angles[0]
        if len(self._at) > 1:
            at, angles = np.concatenate(self._at), np.concatenate(self._angles, axis=1)
        at = self._ascending(at)
        self._at, self._angles = [], []
        found = [Points([], []) for _ in range(self._joints)]
        pauses = np.flatnonzero(at[1:] - at[:-1] > _PAUSE_US) + 1
        bounds = [0, *pauses.tolist(), len(at)]
        for first, end in pairwise(bounds):
            part, values, room = at[first:end], angles[:, first:end], self._room_for(at[first:end])
            if room < _LEAST and len(part) > int(room):
                if end == len(at):
                    self._at, self._angles = [part], [values]
                    break
                room = _LEAST  # it can not wait any longer, and the pause makes up for it
            points = _of_stretches(part, values, int(room))
            self._last = int(part[-1])
            self._room = min(_BURST, room - max(len(joint.at) for joint in points))
            for joint, more in zip(found, points, strict=True):
                joint.at.extend(more.at)
                joint.angles.extend(more.angles)
        return found if found[0].at else None

    def _ascending(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return times that ascend, also from what was given before, unless the clock was set back."""
        last = self._last
        if last is not None and int(at[0]) < last - _BACK_US:
            self._last = last = None
        if (last is None or int(at[0]) > last) and (len(at) == 1 or int((at[1:] - at[:-1]).min()) >= _STEP_US):
            return at
        steps = np.arange(len(at), dtype=np.int64) * _STEP_US
        free = at - steps
        if last is not None:
            free[0] = max(int(free[0]), last + _STEP_US)
        return np.maximum.accumulate(free) + steps

    def _room_for(self, at: NDArray[np.int64]) -> float:
        """Return how many points may be given: what is left, and what the time since the last one has earned."""
        first, newest = int(at[0]), int(at[-1])
        quiet_us = _EARNED_US if self._last is None else first - self._last
        room = min(_BURST, self._room + quiet_us * _RATE / 1e6)
        return room + min(newest - first, _EARNED_US) * _RATE / 1e6


def _of_stretches(at: NDArray[np.int64], angles: NDArray[np.float32], room: int) -> list[Points]:
    """Return of each joint all samples where there is room, else the extremes of equal stretches."""
    times, values = at.tolist(), angles.tolist()
    count = len(times)
    if count <= room:
        return [Points(times, joint) for joint in values]
    stretches = max(1, room // _LEAST)
    found = [Points([], []) for _ in values]
    for stretch in range(stretches):
        # A few calls a stretch: most often there is one, and columns of windows would cost three times as much.
        first, end = count * stretch // stretches, count * (stretch + 1) // stretches
        window = angles[:, first:end]
        lowest, highest = window.argmin(axis=1).tolist(), window.argmax(axis=1).tolist()
        for points, joint, low, high in zip(found, values, lowest, highest, strict=True):
            for place in sorted({low, high}):
                points.at.append(times[first + place])
                points.angles.append(joint[first + place])
    return found
