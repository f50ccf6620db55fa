"""When a viewer may be written to: the one place that decides who lags, and for how long is too long.

A viewer is written to only while nothing waits for it in this process. One that lags stores nothing but the offset
it has; what it missed is worked out when it drains. Pure: byte counts and monotonic seconds come in as arguments.
"""

from __future__ import annotations

from hub.transport import Delivery

CHECK_S = 2.0  # between two checks of a viewer; each is a system call


class Outbox:
    """One viewer's reading, as its socket shows it."""

    __slots__ = ("_checked_s", "_slow_s", "_taken_bytes", "progress_s", "waiting_bytes")

    def __init__(self, *, slow_s: float, now_s: float) -> None:
        self._slow_s = slow_s  # without any progress for this long, the viewer is stuck
        self._taken_bytes = 0  # at the last check
        self._checked_s = now_s  # when that was
        self.waiting_bytes = 0  # in this process when it was last looked at; 0: in step
        self.progress_s = now_s  # when the viewer was last seen to take something, or to miss nothing

    def open(self, buffered_bytes: int) -> bool:
        """Take note of what waits in this process; tell whether the viewer may be written to."""
        self.waiting_bytes = buffered_bytes
        return buffered_bytes == 0

    def due(self, now_s: float) -> bool:
        """Tell whether it is time for a check."""
        return now_s - self._checked_s >= CHECK_S

    def stuck(self, delivery: Delivery, now_s: float) -> bool:
        """Tell whether something has waited for too long without any of it being taken.

        Lag is judged by time, not by bytes: a slow line that takes a large snapshot is left to it, and a few hundred
        bytes that somebody does not take are as telling as a full buffer.
        """
        self._checked_s = now_s
        if not delivery.waiting or delivery.taken_bytes > self._taken_bytes:
            self._taken_bytes = delivery.taken_bytes
            self.progress_s = now_s
        return now_s - self.progress_s >= self._slow_s
