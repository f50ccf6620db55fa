"""What happens in one physio session until somebody asks: the newest of each joint, points, repetitions. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hub.motion.decimate import Decimator, Points
from hub.motion.repetitions import REST, Repetition, Standing
from hub.motion.stream import MotionStream
from storage.motion_live import Counted

STREAMS_MAX: Final = 16  # of one session, that are looked at
REPETITIONS_MAX: Final = 1_000  # between two looks; a tick has none or one a joint
WRONG_US: Final = 2_000_000  # a device's clock that is off by more is shown by the hub's

_NO_POINTS: Final = Points([], [])
_REST: Final = Standing(0, 0, REST, None, 0.0)


class JointNews(NamedTuple):
    """How a joint is now, and what to draw of it; times in µs since 1970 by the hub's clock, degrees."""

    joint: str
    at: int  # when the newest angle was taken
    angle: float
    phase: str  # rest | out
    peak_angle: float | None  # of the repetition that is going on
    hold_s: float
    points: Points


class News(NamedTuple):
    """What is new in a session."""

    joints: tuple[JointNews, ...] = ()
    repetitions: tuple[Counted, ...] = ()


class _Newest:
    """One stream since somebody looked."""

    __slots__ = ("angles", "at", "decimator", "moved", "stream")

    def __init__(self, stream: MotionStream) -> None:
        self.stream = stream  # of the connection that was heard last
        self.decimator = Decimator(len(stream.joints))
        self.at = 0
        self.angles: list[float] = []  # the newest, one a joint
        self.moved = False


class Collector:
    """Looks on while a session is measured; see `hub.motion.stream.Tap`."""

    def __init__(self, *, news: Callable[[], None], changed: Callable[[], None]) -> None:
        self._news = news  # there is something to take
        self._changed = changed  # the session has to be read again
        self._streams: dict[int, _Newest] = {}  # by stream, the one that was used longest ago first
        self._repetitions: list[Counted] = []

    def moved(self, stream: MotionStream, at_us: NDArray[np.int64], angles: NDArray[np.float32]) -> None:
        """Take samples, and how far their joints are."""
        newest = self._streams.pop(stream.stream_id, None) or _Newest(stream)
        self._streams[stream.stream_id] = newest
        if len(self._streams) > STREAMS_MAX:
            del self._streams[next(iter(self._streams))]
        newest.decimator.add(at_us, angles)
        newest.at, newest.angles = int(at_us[-1]), angles[:, -1].tolist()
        newest.stream, newest.moved = stream, True
        self._news()

    def repeated(self, stream: MotionStream, joint: int, repetition: Repetition) -> None:
        """Take a repetition, by the clock of the device unless that is wrong: it ends within the samples at hand."""
        newest = self._streams.get(stream.stream_id)
        ahead = 0 if newest is None else newest.at - repetition.ended_at
        shift = ahead if abs(ahead) > WRONG_US else 0
        if len(self._repetitions) < REPETITIONS_MAX:
            self._repetitions.append(counted(stream.joints[joint], repetition, shift))
        else:
            self._changed()
        self._news()

    def changed(self) -> None:
        """Let the session be read again."""
        self._changed()

    def take(self) -> News | None:
        """Return what is new since the last time; None for nothing."""
        joints = tuple(one for newest in self._streams.values() if newest.moved for one in self._joints_of(newest))
        repetitions, self._repetitions = tuple(self._repetitions), []
        return News(joints, repetitions) if joints or repetitions else None

    def _joints_of(self, newest: _Newest) -> list[JointNews]:
        newest.moved = False
        stream = newest.stream
        points = newest.decimator.take() or [_NO_POINTS] * len(stream.joints)
        # A stream that has ended since has no counters any more: its joints rest.
        standings = [counter.standing for counter in stream.counters] or [_REST] * len(stream.joints)
        return [
            JointNews(joint, newest.at, angle, standing.phase, standing.peak_angle, standing.hold_s, drawn)
            for joint, angle, standing, drawn in zip(stream.joints, newest.angles, standings, points, strict=True)
        ]


def counted(joint: str, repetition: Repetition, shift_us: int = 0) -> Counted:
    """Return a repetition of a joint with its times moved by so much."""
    return Counted(
        joint,
        repetition.number,
        repetition.started_at + shift_us,
        repetition.peak_at + shift_us,
        repetition.ended_at + shift_us,
        *(repetition.peak_angle, repetition.range_deg, repetition.hold_s, repetition.out_s, repetition.back_s),
        repetition.smoothness,
        repetition.valid,
    )
