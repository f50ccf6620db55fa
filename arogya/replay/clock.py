"""The clock of a recording: it stood at the first fix when the replay began, and runs faster since."""

from __future__ import annotations


class TraceClock:
    """Maps the replayer's monotonic time to recorded time; pure, so every call says what time it is."""

    def __init__(self, speed: float) -> None:
        self.speed = speed  # recorded seconds in a real one
        self._origin = 0  # recorded time (µs) at the start
        self._started_at_s = 0.0  # monotonic time of the start

    def start(self, origin: int, now_s: float) -> None:
        """Stand at the recorded time `origin` (µs) at this monotonic time, and run from then on."""
        self._origin, self._started_at_s = origin, now_s

    def recorded(self, now_s: float) -> int:
        """Return the recorded time (µs) at a monotonic time: what a device's clock shows then."""
        return self._origin + round((now_s - self._started_at_s) * self.speed * 1e6)

    def due_s(self, recorded_at: int) -> float:
        """Return the monotonic time at which a recorded time (µs) is reached."""
        return self._started_at_s + (recorded_at - self._origin) / 1e6 / self.speed
