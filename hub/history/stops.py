"""Where an ambulance stood: stays within a circle that last long enough, found while its fixes pass by.

A stay point as in Hariharan & Toyama (2004, "Project Lachesis") and Li et al. (2008, "Mining user similarity based on
location history"): a place and the time from arriving to leaving. Here the circle lies around the mean of what was seen
in it, and it takes two samples outside to leave, so that neither drift nor a stray fix cuts a stop in two.
"""

from __future__ import annotations

from math import cos, nan, radians
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hub.dispatch.geo import METRES_PER_DEGREE

SECOND_US: Final = 1_000_000
STOP_RADIUS_M: Final = 40.0  # a yard, and what the buildings around it do to a receiver
STOP_AFTER_US: Final = 180 * SECOND_US  # longer than traffic lights
SAMPLE_US: Final = 10 * SECOND_US  # one fix of each is looked at: that is how exact the times of a stop are


_SQUARE_M2: Final = STOP_RADIUS_M * STOP_RADIUS_M

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
_Sample = tuple[int, float, float]  # µs, degrees north, degrees east


class Stop(NamedTuple):
    """A stay: µs since 1970 of its first and last fix, and the middle of its fixes in degrees."""

    began_at: int
    ended_at: int
    latitude: float
    longitude: float


class StopFinder:
    """Takes an ambulance's fixes in order, some at a time, and tells the stops among them."""

    def __init__(self) -> None:
        self.stops: list[Stop] = []  # those that are over
        self._began_at = 0  # of the stay in which the vehicle is, however short that may turn out
        self._ended_at = 0  # its newest sample inside the circle
        self._latitude = nan  # the circle's centre
        self._longitude = nan
        self._metres_per_degree_east = 0.0  # at the centre
        self._samples = 0  # in the circle; 0 before the first fix
        self._away: _Sample | None = None  # a sample outside that the next one will judge
        self._newest_at = -SAMPLE_US  # of all fixes, µs

    @property
    def staying(self) -> tuple[int, int]:
        """The first and the newest fix of what may become a stop, µs."""
        return self._began_at, self._ended_at

    def add(self, fix_at: Integers, latitude: Floats, longitude: Floats) -> None:
        """Take the next fixes (µs, degrees), at least one."""
        chosen = np.flatnonzero(np.diff(fix_at // SAMPLE_US, prepend=self._newest_at // SAMPLE_US))
        self._newest_at = int(fix_at[-1])
        if not len(chosen) or chosen[-1] != len(fix_at) - 1:
            chosen = np.append(chosen, len(fix_at) - 1)
        chosen = chosen[_telling(fix_at[chosen], latitude[chosen], longitude[chosen])]
        columns = (fix_at[chosen].tolist(), latitude[chosen].tolist(), longitude[chosen].tolist())
        for sample in zip(*columns, strict=True):
            if not self._stay(*sample):
                self._leave(sample)

    def finish(self) -> list[Stop]:
        """Return every stop; no more fixes follow."""
        self._close()
        self._samples = 0
        return self.stops

    def _stay(self, at: int, latitude: float, longitude: float) -> bool:
        """Take a sample inside the circle; say no to one outside, and to the very first."""
        north, east = latitude - self._latitude, longitude - self._longitude
        if not -180.0 <= east <= 180.0:
            east -= 360.0 if east > 0 else -360.0
        metres_north, metres_east = north * METRES_PER_DEGREE, east * self._metres_per_degree_east
        if not metres_north * metres_north + metres_east * metres_east <= _SQUARE_M2:
            return False
        self._samples += 1
        self._latitude += north / self._samples
        self._longitude += east / self._samples
        self._ended_at = at
        self._away = None
        return True

    def _leave(self, sample: _Sample) -> None:
        """Take a sample outside of the circle: the second in a row means that the vehicle has left."""
        if self._samples and self._away is None:
            self._away = sample
            return
        self._close()
        away, self._away = self._away, None
        self._began_at, self._latitude, self._longitude = away or sample
        self._ended_at, self._samples = self._began_at, 1
        self._metres_per_degree_east = METRES_PER_DEGREE * cos(radians(self._latitude))
        if away is not None and not self._stay(*sample):
            self._away = sample

    def _close(self) -> None:
        if self._samples and self._ended_at - self._began_at >= STOP_AFTER_US:
            longitude = (self._longitude + 180.0) % 360.0 - 180.0
            self.stops.append(Stop(self._began_at, self._ended_at, self._latitude, longitude))


def _telling(at: Integers, latitude: Floats, longitude: Floats) -> NDArray[np.bool_]:
    """Say which samples a stop can have to do with; while driving, that is only every now and then one.

    In a stop, the sample half its least duration later or earlier lies in the circle too.
    """
    later = np.searchsorted(at, at + STOP_AFTER_US // 2)
    earlier = np.searchsorted(at, at - STOP_AFTER_US // 2, side="right") - 1
    telling: NDArray[np.bool_] = (later == len(at)) | (earlier < 0)
    for other in (np.minimum(later, len(at) - 1), np.maximum(earlier, 0)):
        north = (latitude[other] - latitude) * METRES_PER_DEGREE
        east = (longitude[other] - longitude + 180.0) % 360.0 - 180.0
        east *= METRES_PER_DEGREE * np.cos(np.radians(latitude))
        telling |= north * north + east * east <= 4 * _SQUARE_M2
    telling[1:] |= telling[:-1].copy()  # two samples of driving end a stop
    telling[1:] |= telling[:-1].copy()
    telling[-1] = True
    return telling
