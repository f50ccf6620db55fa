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


class Turns:
    """Whether somebody wants a tick, and when it is due."""

    def __init__(self, tick_s: float) -> None:
        self._pace = Pace(tick_s)
        self._wanted = False

    def want(self) -> None:
        """Know that something changed."""
        self._wanted = True

    def due_s(self, now_s: float) -> float:
        """Return when the next tick is due; never, while nothing is wanted."""
        return now_s + self._pace.wait_s(now_s) if self._wanted else float("inf")

    def take(self, now_s: float) -> bool:
        """Tell whether a tick may begin; one that nobody wanted does not put off the next."""
        if self._pace.wait_s(now_s) > 0:
            return False
        if self._wanted:
            self._wanted = False
            self._pace.ticked(now_s)
        return True
