"""When the next tick is due: the first change goes out at once, those after it in bundles."""

from __future__ import annotations


class Pace:
    """A leading edge and then at most one tick in `tick_s`; monotonic seconds come in as arguments."""

    def __init__(self, tick_s: float) -> None:
        self._tick_s = tick_s
        self._last_s = float("-inf")  # when the last tick began

    def wait_s(self, now_s: float) -> float:
        """Return how long the next tick has to wait; 0 after a quiet time."""
        return max(0.0, self._last_s + self._tick_s - now_s)

    def ticked(self, now_s: float) -> None:
        """Note that a tick begins."""
        self._last_s = now_s
