"""When a viewer may be written to: the one place that decides who lags, and for how long is too long.

A viewer is written to only while nothing waits for it in this process. One that lags stores nothing but the offset
it has; what it missed is worked out when it drains. Pure: byte counts and monotonic seconds come in as arguments.
"""

from __future__ import annotations

from enum import Enum


class Flow(Enum):
    """What to do with a viewer in this tick."""

    OPEN = "open"  # write
    HELD = "held"  # something still waits for it
    STUCK = "stuck"  # it has taken nothing for too long: close


class Outbox:
    """One viewer's reading, as its buffer shows it."""

    __slots__ = ("_slow_s", "progress_s", "waiting_bytes")

    def __init__(self, *, slow_s: float, now_s: float) -> None:
        self._slow_s = slow_s  # without any progress for this long, the viewer is stuck
        self.waiting_bytes = 0  # what waited when it was last looked at; 0: in step
        self.progress_s = now_s  # while it lags: when the buffer was last seen to shrink, or to fill

    def look(self, buffered_bytes: int, now_s: float) -> Flow:
        """Take a new measurement. Lag is judged by time: a slow line that takes a large snapshot is left to it."""
        if buffered_bytes == 0:
            self.waiting_bytes = 0
            return Flow.OPEN
        if buffered_bytes < self.waiting_bytes or self.waiting_bytes == 0:
            self.progress_s = now_s
        self.waiting_bytes = buffered_bytes
        return Flow.STUCK if now_s - self.progress_s >= self._slow_s else Flow.HELD
