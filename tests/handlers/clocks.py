"""Clocks for tests in which time passes."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from hub.clock import Clock


class MovableClock(Clock):
    """A clock that a test sets forward."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead_s)

    def monotonic_s(self) -> float:
        return time.monotonic() + self.ahead_s
