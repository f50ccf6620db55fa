"""Fewer points for the same line: Douglas-Peucker, for every segment of a level at once.

Douglas & Peucker (1973, "Algorithms for the reduction of the number of points required to represent a digitized line or
its caricature") keep the point farthest from the chord and go on with both halves. The *significance* of a point is
its distance from the chord that it split, and never more than its parent's: the points above any significance are
what the algorithm would have kept with that tolerance. So one descent serves "at most so many points" as well as "at
most so many metres", and a segment is left as soon as its points can no longer be among those.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hub.dispatch.geo import METRES_PER_DEGREE

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_NOBODY: Final = -1  # the parent of what the given points left open


class Thinned(NamedTuple):
    """Which points stay, in order, and how far at most the others lie from the line through them."""

    indices: Indices
    tolerance_m: float


class _Candidates(NamedTuple):
    """The farthest points of the segments that were looked at, parents before their children."""

    point: Indices
    distance_m: Floats  # from the chord
    significance_m: Floats
    parent: Indices  # place in these arrays


def thin(latitude: Floats, longitude: Floats, kept: Indices, *, points_max: int, tolerance_m: float = 0.0) -> Thinned:
    """Choose at most `points_max` points of a line (degrees) so that the rest lies as near to it as possible.

    The ends and the points `kept` (indices, at most `points_max - 2`) stay; no more are taken than `tolerance_m` needs.
    Distances are metres on a plane laid around the middle latitude of each chord: within 0.1 % for chords up to
    100 km below 80° of latitude, too long near the poles, and right across the antimeridian.
    """
    if len(latitude) <= 2 or (len(latitude) <= points_max and tolerance_m == 0.0):
        return Thinned(np.arange(len(latitude)), 0.0)
    given = np.unique(np.concatenate(([0], kept, [len(latitude) - 1])))
    found = _descend(latitude, unwrapped(longitude), given, points_max - len(given), tolerance_m)
    ranked = np.argsort(-found.significance_m, kind="stable")
    chosen = np.zeros(len(ranked), dtype=bool)
    chosen[ranked[: max(0, points_max - len(given))]] = True
    chosen &= found.significance_m > tolerance_m
    # What is left out lies nearest to a chord between chosen points, whose farthest point was looked at.
    open_chord = ~chosen & ((found.parent == _NOBODY) | chosen[found.parent])
    left_out_m = float(found.distance_m[open_chord].max(initial=0.0))
    return Thinned(np.sort(np.concatenate((given, found.point[chosen]))), left_out_m)


def unwrapped(longitude: Floats) -> Floats:
    """Return degrees that run on across the antimeridian instead of jumping by 360."""
    return np.unwrap(longitude, period=360.0) if np.ptp(longitude) > 180.0 else longitude


def _descend(latitude: Floats, longitude: Floats, given: Indices, points_max: int, tolerance_m: float) -> _Candidates:
    """Split the segments between the given points level by level, as far as `points_max` points can reach."""
    north, east = latitude * METRES_PER_DEGREE, longitude * METRES_PER_DEGREE
    first, last = given[:-1], given[1:]
    limit, parent = np.full(len(first), np.inf), np.full(len(first), _NOBODY)
    levels: list[_Candidates] = []
    significances, counted = np.empty(0), 0
    while True:
        inner = last - first > 1
        first, last, limit, parent = first[inner], last[inner], limit[inner], parent[inner]
        if not len(first):
            break
        index, distance_m = _farthest(north, east, first, last)
        significance_m = np.minimum(distance_m, limit)
        levels.append(_Candidates(index, distance_m, significance_m, parent))
        significances = np.concatenate((significances, significance_m))
        going = significance_m > tolerance_m
        if len(significances) > points_max:
            going &= significance_m >= _nth_largest(significances, points_max)
        here = counted + np.flatnonzero(going)
        counted += len(index)
        first = np.concatenate((first[going], index[going]))
        last = np.concatenate((index[going], last[going]))
        limit, parent = np.tile(significance_m[going], 2), np.tile(here, 2)
    return _Candidates(*(np.concatenate(columns) for columns in zip(*levels, strict=True))) if levels else _NOTHING


_NOTHING: Final = _Candidates(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0), np.empty(0, dtype=np.int64))


def _nth_largest(values: Floats, n: int) -> float:
    return float(np.partition(values, -n)[-n]) if n > 0 else np.inf


def _farthest(north: Floats, east: Floats, first: Indices, last: Indices) -> tuple[Indices, Floats]:
    """Return, for each segment, the inner point that is farthest from its chord, and how far (metres)."""
    counts = last - first - 1
    starts = np.cumsum(counts) - counts
    index = np.repeat(first + 1 - starts, counts)
    index += np.arange(len(index))

    shrink = np.cos(np.radians((north[first] + north[last]) / (2 * METRES_PER_DEGREE)))
    chord_north, chord_east = north[last] - north[first], (east[last] - east[first]) * shrink
    length = np.hypot(chord_north, chord_east)
    point = length == 0.0  # a loop: the distance from its one place
    unit_north = np.where(point, 1.0, chord_north) / np.where(point, 1.0, length)
    unit_east = chord_east / np.where(point, 1.0, length)

    ahead = north[index]
    ahead -= np.repeat(north[first], counts)
    aside = east[index]
    aside -= np.repeat(east[first], counts)
    along = ahead * np.repeat(unit_north, counts)
    along += aside * np.repeat(unit_east * shrink, counts)
    along -= np.clip(along, 0.0, np.repeat(length, counts))  # how far beyond the chord's ends
    aside *= np.repeat(unit_north * shrink, counts)
    ahead *= np.repeat(unit_east, counts)
    aside -= ahead
    square = aside * aside
    along *= along
    square += along

    longest = np.maximum.reduceat(square, starts)
    hits = np.flatnonzero(square == np.repeat(longest, counts))
    where = hits[np.searchsorted(hits, starts)]  # the first of each segment: each has one
    return index[where], np.sqrt(longest)
