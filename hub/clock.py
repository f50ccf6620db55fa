"""Where time comes from; the pure parts take it as an argument and never import this."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """The machine's clocks; a test replaces it by a subclass that stands still."""

    def now(self) -> datetime:
        """Return the wall time, aware UTC."""
        return datetime.now(UTC)

    _newest_us = 0  # what now_us said last

    def now_us(self) -> int:
        """Return the wall time in integer µs since 1970-01-01 UTC; it never goes back.

        It orders what is live: a machine whose clock is set back by an hour would otherwise show no fix for that long.
        """
        self._newest_us = max(self._newest_us, self._machine_us())
        return self._newest_us

    def _machine_us(self) -> int:
        return time.time_ns() // 1_000

    def monotonic_s(self) -> float:
        """Return a time in s that never jumps, from an arbitrary start."""
        return time.monotonic()


def to_us(moment: datetime) -> int:
    """Return an aware datetime as integer µs since 1970-01-01 UTC."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def from_us(moment_us: int) -> datetime:
    """Return integer µs since 1970-01-01 UTC as an aware datetime; raises OverflowError outside years 1 to 9999."""
    return datetime.fromtimestamp(moment_us // 1_000_000, UTC).replace(microsecond=moment_us % 1_000_000)


def happened_us(received_at: int, sent_at: int, at: int) -> int:
    """Return when something happened, by the hub's clock, in µs since 1970: `received_at - max(0, sent_at - at)`.

    `at` and `sent_at` are a device's clock, of which only the difference counts. Never later than its arrival, nor
    before the year 1900: a device may give an age of eleven thousand years, for which there is no date.
    """
    age = sent_at - at
    return max(received_at - age, EARLIEST_US) if age > 0 else received_at


EARLIEST_US = -2_208_988_800_000_000  # 1900-01-01T00:00:00Z
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
