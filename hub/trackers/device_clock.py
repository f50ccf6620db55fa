"""What a tracker's clock probably showed when it posted, although it does not say so. Pure.

Phones keep good time, so a fix is as old as its time says. A clock that stands wrong shows in that fixes that come one
after the other are all of the same great age, to a second or two, for as long as that goes on: a backlog is drained
faster than it was recorded, so there the age shrinks.
"""

from __future__ import annotations

from collections import deque
from typing import Final

ARRIVALS: Final = 5
OVER_US: Final = 10_000_000  # they came over this long at least
SPREAD_US: Final = 3_000_000  # and their ages differ by no more: whole seconds, and the way of a request
WRONG_US: Final = 30_000_000  # a smaller age than this is one


class DeviceClock:
    """The clock of one tracker, from when its fixes were taken and when they came."""

    __slots__ = ("_arrivals",)

    def __init__(self) -> None:
        self._arrivals: deque[tuple[int, int]] = deque(maxlen=ARRIVALS)  # when one came, and its age; µs

    def sent_at(self, recorded_at: int, received_at: int) -> int:
        """Return what it showed when it sent a fix that it took at `recorded_at`; all in µs since 1970."""
        age = received_at - recorded_at
        self._arrivals.append((received_at, age))
        return max(recorded_at, received_at - self._is_off_by())

    def _is_off_by(self) -> int:
        """Return by how much it stands behind ours, 0 where nothing says so."""
        if len(self._arrivals) < ARRIVALS or self._arrivals[-1][0] - self._arrivals[0][0] < OVER_US:
            return 0
        ages = [age for _, age in self._arrivals]
        least = min(ages)
        return least if least >= WRONG_US and max(ages) - least <= SPREAD_US else 0
