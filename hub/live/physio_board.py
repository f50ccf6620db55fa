"""One physio session as its viewers see it: what is stored of it, and what its sensor says meanwhile. Pure.

The law of `hub.live.state` holds for it as for the fleet: whoever has the state of one offset and takes the deltas from
there has the state of the other.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Final, NamedTuple

from hub.live.physio_news import News
from hub.live.physio_rows import (
    FIRST_KEY,
    JOINT_ROWS,
    REPETITIONS,
    SESSION,
    SESSION_KEY,
    TRACE,
    JointNow,
    Shown,
    Stretch,
    joint_row,
    key_of,
    repetition_row,
    session_row,
    stretch_row,
)
from hub.live.physio_trace import TRACE_US, Trace
from hub.live.state import RowOf, State
from hub.motion.decimate import Points
from storage.motion_live import Counted, Goal, StoredSession

SHOWN_MAX: Final = 500  # of a session's repetitions, the newest
MOVES_MAX: Final = 1_200  # half a minute of ticks: who lags further behind gets everything anew
UNSTORED_S: Final = 5.0  # what was told so lately need not be stored yet

_LONG_AGO: Final = float("-inf")


class PhysioBoard:
    """Written by whoever measures and reads; viewers see it after `state.advance`."""

    def __init__(self) -> None:
        rows: dict[str, RowOf] = {
            SESSION: session_row,
            JOINT_ROWS: joint_row,
            REPETITIONS: repetition_row,
            TRACE: stretch_row,
        }
        self.state = State(rows, epoch=secrets.token_hex(8), moves_max=MOVES_MAX)
        self.session: StoredSession | None = None  # as it was read last
        self._joints: dict[str, JointNow] = {}
        self._known: dict[str, dict[int, _Told]] = {}  # repetitions by joint and number
        self._keys: dict[tuple[str, int], int] = {}  # of the repetitions that are shown, the oldest first
        self._next_key = FIRST_KEY
        self._trace = Trace(self.state, self._new_key)

    def take(self, news: News, now_s: float) -> None:
        """Take what was measured, at a monotonic time."""
        drawn: list[tuple[str, list[int], list[float]]] = []
        for one in news.joints:
            former = self._joint(one.joint)
            if former.at is None or not former.at - TRACE_US < one.at < former.at:
                goal, counted, valid = former.goal, former.counted, former.valid
                self._put(JointNow(goal, counted, valid, one.phase, one.at, one.angle, one.peak_angle, one.hold_s))
            if one.points.at:
                drawn.append((one.joint, *one.points))
        if drawn:
            self._trace.draw(Stretch(min(at[0] for _, at, _ in drawn), tuple(drawn)))
        for repetition in news.repetitions:
            self._remember(repetition, now_s)
        self._recount({repetition.joint for repetition in news.repetitions})

    def stored(self, session: StoredSession, began_s: float) -> None:
        """Take what was read from a monotonic time on: what was told before and is not stored by now was none."""
        bare = session._replace(goals=(), repetitions=())
        if bare != self.session:
            self.session = bare
            self.state.put(SESSION, SESSION_KEY, bare)
        for goal in session.goals:
            former = self._joint(goal.joint)
            if former.goal != goal:
                self._put(former._replace(goal=goal))
                self._judge_again(goal.joint)
        found = {(one.joint, one.number) for one in session.repetitions}
        for joint, known in self._known.items():
            for number in [number for number, told in known.items() if told.at_s < began_s - UNSTORED_S]:
                if (joint, number) not in found:
                    del known[number]
                    key = self._keys.pop((joint, number), None)
                    if key is not None:
                        self.state.remove(key)
        for repetition in sorted(session.repetitions, key=lambda one: one.ended_at):
            self._remember(repetition, _LONG_AGO)
        self._recount(self._known.keys())

    def draw_stored(self, joint: str, points: Points) -> None:
        """Draw what is stored of a joint, where nothing was drawn of it from the sensor itself."""
        newest = self._trace.draw_around(joint, points)
        if newest is not None:
            at, angle = newest
            former = self._joint(joint)
            if former.at is None or former.at < at:
                self._put(former._replace(at=at, angle=angle))

    def _joint(self, joint: str) -> JointNow:
        return self._joints.get(joint) or JointNow(Goal(joint, None, None, None))

    def _put(self, now: JointNow) -> None:
        joint = now.goal.joint
        self._joints[joint] = now
        self.state.put(JOINT_ROWS, key_of(joint), now)

    def _remember(self, repetition: Counted, told_s: float) -> None:
        """Know a repetition; one that says the same as before is no news, but for when it was told."""
        name = repetition.joint, repetition.number
        known = self._known.setdefault(repetition.joint, {})
        former = known.get(repetition.number)
        known[repetition.number] = _Told(repetition, told_s)
        if former is None or not _alike(former.repetition, repetition):
            self._show(name, repetition)

    def _show(self, name: tuple[str, int], repetition: Counted) -> None:
        if name not in self._keys:
            self._keys[name] = self._new_key()
            if len(self._keys) > SHOWN_MAX:
                self.state.remove(self._keys.pop(next(iter(self._keys))))
        self.state.put(REPETITIONS, self._keys[name], Shown(repetition, self._joint(repetition.joint).goal))

    def _judge_again(self, joint: str) -> None:
        """Show how far a joint's repetitions are from a target that has changed."""
        for name in self._keys:
            if name[0] == joint:
                self._show(name, self._known[joint][name[1]].repetition)

    def _recount(self, joints: Iterable[str]) -> None:
        for joint in joints:
            known = self._known.get(joint, {})
            valid = sum(told.repetition.valid for told in known.values())
            former = self._joint(joint)
            if (former.counted, former.valid) != (len(known), valid) or joint not in self._joints:
                self._put(former._replace(counted=len(known), valid=valid))

    def _new_key(self) -> int:
        self._next_key += 1
        return self._next_key


class _Told(NamedTuple):
    """A repetition, and when a sensor told it: monotonic s, long ago for one that was read."""

    repetition: Counted
    at_s: float


def _alike(one: Counted, other: Counted) -> bool:
    """Tell whether two say the same of a repetition, as far as single precision and clocks go."""
    return one.valid == other.valid and abs(one.peak_angle - other.peak_angle) < 0.05
