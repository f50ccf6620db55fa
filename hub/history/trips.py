"""The logbook of one ambulance: trips and the stops between them, with distances that standing does not make longer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hub.dispatch.geo import EARTH_RADIUS_M
from hub.history.stops import SECOND_US
from hub.history.thin import unwrapped
from hub.history.track import Line, Track

# The line for the odometer. On two recorded drives it is 0.2 and 1.8 % shorter than the sum of all steps; twice the
# tolerance would cut twice as much off each corner, half of it would add up a receiver's noise.
TOLERANCE_M: Final = 4.0
POINTS_MAX: Final = 200_000
MOVED_MIN_M: Final = 50.0  # less is no trip
SPEED_STEP_US: Final = 5 * SECOND_US  # least time over which a speed is derived from places


class Leg(NamedTuple):
    """A trip or a stop: µs since 1970, metres, m/s, degrees."""

    kind: Literal["trip", "stop"]
    began_at: int
    ended_at: int
    distance_m: float
    speed_max: float | None  # as stated by the device, else derived from the places
    speed_mean: float | None
    start: tuple[float, float]
    end: tuple[float, float]

    @property
    def duration_s(self) -> float:
        """How long it took."""
        return (self.ended_at - self.began_at) / SECOND_US


class Totals(NamedTuple):
    """What the legs of a span add up to."""

    trips: int
    stops: int
    distance_m: float
    moving_s: float
    stopped_s: float
    silent_s: float  # in gaps that no stop covers
    speed_max: float | None


def legs_of(track: Track) -> list[Leg]:
    """Return the legs of a track in order; a silence is no part of any, unless a stop goes on through it."""
    line = track.line
    odometer_m = np.concatenate(([0.0], np.cumsum(steps_m(line)))) if len(line) else np.empty(0)
    legs: list[Leg] = []
    for began_at, ended_at in _moving(track):
        legs += _trip(line, odometer_m, began_at, ended_at)
    for stop in track.stops:
        place = (stop.latitude, stop.longitude)
        legs.append(Leg("stop", stop.began_at, stop.ended_at, 0.0, None, None, place, place))
    return sorted(legs, key=lambda leg: leg.began_at)


def totals_of(track: Track, legs: list[Leg]) -> Totals:
    """Return what the legs of a track add up to."""
    trips = [leg for leg in legs if leg.kind == "trip"]
    stops = [leg for leg in legs if leg.kind == "stop"]
    silent_us = sum(
        gap.ended_at - gap.began_at
        for gap in track.gaps
        if not any(stop.began_at <= gap.began_at and gap.ended_at <= stop.ended_at for stop in track.stops)
    )
    return Totals(
        len(trips),
        len(stops),
        sum(trip.distance_m for trip in trips),
        sum(trip.duration_s for trip in trips),
        sum(stop.duration_s for stop in stops),
        silent_us / SECOND_US,
        max((trip.speed_max for trip in trips if trip.speed_max is not None), default=None),
    )


def steps_m(line: Line) -> NDArray[np.float64]:
    """Return the great-circle distances (haversine) between the points of a line."""
    latitude, longitude = np.radians(line.latitude), np.radians(unwrapped(line.longitude))
    half_north, half_east = np.diff(latitude) / 2, np.diff(longitude) / 2
    h = np.sin(half_north) ** 2 + np.cos(latitude[1:]) * np.cos(latitude[:-1]) * np.sin(half_east) ** 2
    distances: NDArray[np.float64] = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(h)))
    return distances


def _moving(track: Track) -> Iterator[tuple[int, int]]:
    """Yield the times between stops and silences."""
    if not len(track.line):
        return
    at = int(track.line.fix_at[0])
    for began_at, ended_at in sorted([*((s.began_at, s.ended_at) for s in track.stops), *track.gaps]):
        if began_at > at:
            yield at, began_at
        at = max(at, ended_at)
    if at < int(track.line.fix_at[-1]):
        yield at, int(track.line.fix_at[-1])


def _trip(line: Line, odometer_m: NDArray[np.float64], began_at: int, ended_at: int) -> list[Leg]:
    """Return the trip between two points of the line, or nothing where the vehicle hardly moved."""
    first = max(0, int(np.searchsorted(line.fix_at, began_at, side="right")) - 1)
    last = min(int(np.searchsorted(line.fix_at, ended_at)), len(line) - 1)
    distance_m = float(odometer_m[last] - odometer_m[first])
    if distance_m < MOVED_MIN_M:
        return []
    start, end = ((float(line.latitude[i]), float(line.longitude[i])) for i in (first, last))
    mean = distance_m / ((ended_at - began_at) / SECOND_US)
    top = _top_speed(line, odometer_m, first, last)
    return [Leg("trip", began_at, ended_at, distance_m, None if top is None else max(top, mean), mean, start, end)]


def _top_speed(line: Line, odometer_m: NDArray[np.float64], first: int, last: int) -> float | None:
    stated = line.top_speed[first + 1 : last + 1]
    if not np.isnan(stated).all():
        return float(np.nanmax(stated))
    elapsed_us = np.diff(line.fix_at[first : last + 1])
    long_enough = elapsed_us >= SPEED_STEP_US
    if not long_enough.any():
        return None
    return float((np.diff(odometer_m[first : last + 1])[long_enough] / elapsed_us[long_enough]).max() * SECOND_US)
