"""The track of one ambulance, built while its fixes pass by: thinned for a screen or for an odometer, stops and gaps.

Fixes come in pages. Each page is thinned to more points than are wanted in the end, and all pages together once more,
so that a year takes no more memory than a day. The tolerances add up to a bound that holds for every fix: it lies that
near to the line, or nearer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hub.history.stops import SECOND_US, Stop, StopFinder
from hub.history.thin import thin
from hub.ingest.flags import INACCURATE, JUMP, NULL_ISLAND, OUT_OF_RANGE, STATIONARY
from storage.history import Fixes

# What is not believed is not on a track. A late fix is: it only came too late for the map.
HIDDEN_FLAGS: Final = NULL_ISLAND | OUT_OF_RANGE | JUMP | INACCURATE
GAP_US: Final = 120 * SECOND_US  # silence from which on nobody can say where the vehicle drove
PAGE_POINTS_MIN: Final = 1_000  # kept of a page, and at least as many as are wanted in the end
WAITING_FACTOR: Final = 16  # pages' worth of points that wait until they are thinned together
STANDING_M_S: Final = 0.7  # a receiver's speed is better than the change of its places
SPLIT_EVERY: Final = 256  # fixes between those that split a page at first: fewer levels for the same line

Indices = NDArray[np.int64]


class Gap(NamedTuple):
    """Silence between two fixes, µs since 1970."""

    began_at: int
    ended_at: int


@dataclass(frozen=True, slots=True)
class Line:
    """Points in time, no two in the same ms, as columns."""

    fix_at: NDArray[np.int64]  # µs since 1970
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    speed: NDArray[np.float32]  # m/s; NaN: none
    top_speed: NDArray[np.float32]  # the highest since the point before it

    def __len__(self) -> int:
        return len(self.fix_at)

    def take(self, chosen: Indices) -> Line:
        """Return some points, the first and the last among them."""
        since_last = np.concatenate(([0], chosen[:-1] + 1))
        top_speed = np.fmax.reduceat(self.top_speed, since_last)
        return Line(self.fix_at[chosen], self.latitude[chosen], self.longitude[chosen], self.speed[chosen], top_speed)

    @classmethod
    def joined(cls, parts: list[Line]) -> Line:
        """Return lines that follow each other as one."""
        return cls(
            np.concatenate([part.fix_at for part in parts]),
            np.concatenate([part.latitude for part in parts]),
            np.concatenate([part.longitude for part in parts]),
            np.concatenate([part.speed for part in parts]),
            np.concatenate([part.top_speed for part in parts]),
        )


EMPTY: Final = Line(np.empty(0, np.int64), np.empty(0), np.empty(0), np.empty(0, np.float32), np.empty(0, np.float32))


@dataclass(frozen=True, slots=True)
class Track:
    """A line through the sound fixes of a span, none of them farther from it than `tolerance_m`."""

    line: Line
    stops: list[Stop]
    gaps: list[Gap]
    stored: int  # fixes, the unsound ones among them
    tolerance_m: float


class TrackBuilder:
    """Takes the pages of a span in order.

    For a screen it keeps at most `points_max` points. For an odometer it keeps what `tolerance_m` needs, and a vehicle
    that stood (as the fix hygiene or its own speed says) rests where it came to stand.
    """

    def __init__(self, *, points_max: int, tolerance_m: float = 0.0) -> None:
        self._points_max = points_max
        self._page_points_max = max(PAGE_POINTS_MIN, points_max)
        self._tolerance_m = tolerance_m  # that every page may take; 0: as little as its points allow
        self._finder = StopFinder()
        self._gaps: list[Gap] = []
        self._waiting: list[Line] = []  # thinned pages
        self._waiting_points = 0
        self._bound_m = 0.0  # how far a fix may lie from the waiting line
        self._stored = 0
        self._newest_at = _NEVER  # of the last sound fix, µs

    def add(self, page: Fixes) -> None:
        """Take the next fixes; runs for some ms."""
        self._stored += len(page.fix_at)
        page = self._sound(page)
        if not len(page.fix_at):
            return
        gaps = self._find_gaps(page.fix_at)
        self._finder.add(page.fix_at, page.latitude, page.longitude)
        if self._tolerance_m:
            page = _resting(page)
        line = Line(page.fix_at, page.latitude, page.longitude, page.speed, page.speed)
        kept = self._instants_of(line, [*gaps, self._finder.staying])
        if not self._tolerance_m:
            kept = np.concatenate((kept, np.arange(0, len(line), SPLIT_EVERY)))
        line, tolerance_m = _thinned(line, kept, self._page_points_max, self._tolerance_m)
        self._bound_m = max(self._bound_m, tolerance_m)
        self._wait(line)

    def finish(self) -> Track:
        """Return the track; no more pages follow."""
        stops = self._finder.finish()
        line = Line.joined(self._waiting) if self._waiting else EMPTY
        kept = _places_of(line, _longest([*stops, *self._gaps], self._points_max - 2))
        line, tolerance_m = _thinned(line, kept, self._points_max)
        return Track(line, stops, self._gaps, self._stored, self._bound_m + tolerance_m)

    def _sound(self, page: Fixes) -> Fixes:
        """Return the fixes that are believed, one of each ms."""
        wanted = (page.flags & HIDDEN_FLAGS) == 0
        if not wanted.all():
            page = _only(page, wanted)
        wanted = np.diff(page.fix_at // 1_000, prepend=self._newest_at // 1_000) > 0
        return page if wanted.all() else _only(page, wanted)

    def _find_gaps(self, fix_at: Indices) -> list[Gap]:
        """Note and return the silences before and between the next fixes."""
        before = np.concatenate(([self._newest_at if self._newest_at != _NEVER else fix_at[0]], fix_at[:-1]))
        silent = np.flatnonzero(fix_at - before > GAP_US)
        gaps = [Gap(int(before[place]), int(fix_at[place])) for place in silent]
        self._gaps += gaps
        self._newest_at = int(fix_at[-1])
        return gaps

    def _instants_of(self, line: Line, spans: Iterable[tuple[int, int]]) -> Indices:
        """Return the points at which a stop or a gap begins or ends, or may do so."""
        newest = [stop[:2] for stop in self._finder.stops if stop.ended_at >= line.fix_at[0]]
        return _places_of(line, [instant for span in (*spans, *newest) for instant in span])

    def _wait(self, line: Line) -> None:
        """Keep a page's line; too many of them are thinned to half."""
        self._waiting.append(line)
        self._waiting_points += len(line)
        if self._waiting_points > WAITING_FACTOR * self._page_points_max:
            line = Line.joined(self._waiting)
            room = WAITING_FACTOR * self._page_points_max // 2
            instants = _longest([*self._finder.stops, *self._gaps], room - 4) + list(self._finder.staying)
            line, tolerance_m = _thinned(line, _places_of(line, instants), room)
            self._bound_m += tolerance_m
            self._waiting, self._waiting_points = [line], len(line)


_NEVER: Final = -(2**62)


def _thinned(line: Line, kept: Indices, points_max: int, tolerance_m: float = 0.0) -> tuple[Line, float]:
    found = thin(line.latitude, line.longitude, kept, points_max=points_max, tolerance_m=tolerance_m)
    return line.take(found.indices) if len(found.indices) < len(line) else line, found.tolerance_m


def _only(page: Fixes, wanted: NDArray[np.bool_]) -> Fixes:
    return Fixes(
        page.fix_at[wanted], page.latitude[wanted], page.longitude[wanted], page.speed[wanted], page.flags[wanted]
    )


def _resting(page: Fixes) -> Fixes:
    """Leave out where a standing vehicle's receiver drifted to."""
    standing = ((page.flags & STATIONARY) != 0) | (page.speed < STANDING_M_S)
    standing[1:] &= standing[:-1].copy() & (np.diff(page.fix_at) <= GAP_US)
    standing[0] = False
    return _only(page, ~standing) if standing.any() else page


def _places_of(line: Line, instants: list[int]) -> Indices:
    """Return which points are at some instants, as far as they are on the line."""
    wanted = np.array(sorted(set(instants)), dtype=np.int64)
    places = np.searchsorted(line.fix_at, wanted)
    there = places < len(line)
    places, wanted = places[there], wanted[there]
    found: Indices = places[line.fix_at[places] == wanted]
    return found


def _longest(spans: list[Stop | Gap], instants_max: int) -> list[int]:
    """Return both ends of the longest stops and gaps, as many as there is room for."""
    longest = sorted(spans, key=lambda span: span.began_at - span.ended_at)[: max(0, instants_max) // 2]
    return [instant for span in longest for instant in (span.began_at, span.ended_at)]
