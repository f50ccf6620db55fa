"""The last half minute of a session's joints, drawn stretch by stretch. Pure."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Final

from hub.live.physio_rows import TRACE, Stretch
from hub.live.state import State
from hub.motion.decimate import Points

TRACE_US: Final = 30_000_000  # so much of the past is drawn
STRETCHES_MAX: Final = 1_000  # a session has some 300 in that time, from one sensor
_ROW_US: Final = 1_000_000  # of what was stored, in a row


class Trace:
    """Puts rows into a state, and takes those away that are past."""

    def __init__(self, state: State, new_key: Callable[[], int]) -> None:
        self._state = state
        self._new_key = new_key
        self._rows: list[tuple[int, int]] = []  # a heap: the newest time in each row, and its key
        self._newest = 0  # of all that was drawn, µs since 1970
        self._drawn: dict[str, tuple[int, int]] = {}  # of each joint, the times of the first and the last point

    def draw(self, stretch: Stretch) -> None:
        """Draw points of a sensor; where its clock was set back, the past is what it had said before."""
        newest = max(at[-1] for _, at, _ in stretch.joints)
        if newest < self._newest - TRACE_US:
            self._forget(newest + 1)
        self._add(stretch, newest)

    def draw_around(self, joint: str, points: Points) -> tuple[int, float] | None:
        """Draw points before and after those that a joint has; return time and angle of the last one, None for none."""
        first, last = self._drawn.get(joint, (0, -1))
        by_row: dict[int, list[int]] = {}
        for place, at in enumerate(points.at):
            if at > self._newest - TRACE_US and (last < first or not first <= at <= last):
                by_row.setdefault(at // _ROW_US, []).append(place)
        newest = None
        for places in by_row.values():
            times, angles = [points.at[place] for place in places], [points.angles[place] for place in places]
            self._add(Stretch(times[0], ((joint, times, angles),)), times[-1])
            newest = times[-1], angles[-1]
        return newest

    def _add(self, stretch: Stretch, newest: int) -> None:
        key = self._new_key()
        for joint, at, _ in stretch.joints:
            first, last = self._drawn.get(joint, (at[0], at[-1]))
            self._drawn[joint] = min(first, at[0]), max(last, at[-1])
        self._state.put(TRACE, key, stretch)
        heappush(self._rows, (newest, key))
        self._newest = max(self._newest, newest)
        while self._rows[0][0] < self._newest - TRACE_US or len(self._rows) > STRETCHES_MAX:
            self._state.remove(heappop(self._rows)[1])

    def _forget(self, newest: int) -> None:
        for _, key in self._rows:
            self._state.remove(key)
        self._rows.clear()
        self._drawn.clear()
        self._newest = newest
