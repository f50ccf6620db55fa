"""The clock of a recording: it stood at the first fix when the replay began, and runs faster since."""

from __future__ import annotations


class TraceClock:
    """Maps the replayer's monotonic time to recorded time; pure, so every call says what time it is."""

    def __init__(self, speed: float) -> None:
        self.speed = speed  # recorded seconds in a real one
        self._origin = 0  # recorded time (µs) at the start
        self._started_at_s = 0.0  # monotonic time of the start
        # What the replayed device's clock shows: the newest fix that it has taken. Between two fixes it stands, because
        # a fix that waited 50 ms for its frame is not a second old, however fast the replay runs.
        self.shown = 0

    def start(self, origin: int, now_s: float) -> None:
        """Stand at the recorded time `origin` (µs) at this monotonic time, and run from then on."""
        self._origin, self._started_at_s, self.shown = origin, now_s, origin

    def take(self, recorded_at: int) -> None:
        """Move on to a fix that is taken now."""
        self.shown = max(self.shown, recorded_at)

    def due_s(self, recorded_at: int) -> float:
        """Return the monotonic time at which a recorded time (µs) is reached."""
        return self._started_at_s + (recorded_at - self._origin) / 1e6 / self.speed
