"""Areas on the map, in degrees: boxes and polygons, across the antimeridian too, and whether a place lies in them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple


class Box(NamedTuple):
    """The places between two parallels and two meridians, edges included; `west` > `east` crosses the antimeridian."""

    south: float
    west: float
    north: float
    east: float

    def contains(self, latitude: float, longitude: float) -> bool:
        """Say whether a place lies in the box."""
        if not self.south <= latitude <= self.north:
            return False
        if self.west <= self.east:
            return self.west <= longitude <= self.east
        return longitude >= self.west or longitude <= self.east


class Polygon:
    """A ring of straight edges on the map of degrees, each the shorter way round the Earth; the last one closes it.

    What an edge crosses twice is outside again (the even-odd rule; Shimrat 1962, "Algorithm 112: Position of point
    relative to polygon"). A ring around a pole is no polygon on this map.
    """

    def __init__(self, corners: Sequence[tuple[float, float]]) -> None:
        """Take at least three corners (latitude, longitude); raises ValueError for a ring around a pole."""
        latitudes = [latitude for latitude, _ in corners]
        longitudes = [corners[0][1]]
        for _, longitude in [*corners[1:], corners[0]]:
            longitudes.append(longitudes[-1] + _shorter(longitude - longitudes[-1]))
        if abs(longitudes[-1] - longitudes[0]) > 180.0:
            raise ValueError("the ring goes round a pole")
        longitudes.pop()
        self._edges = list(pairwise([*zip(latitudes, longitudes, strict=True), (latitudes[0], longitudes[0])]))
        self._south, self._north = min(latitudes), max(latitudes)
        self._west, self._east = min(longitudes), max(longitudes)  # may lie beyond 180 degrees

    def contains(self, latitude: float, longitude: float) -> bool:
        """Say whether a place lies in the ring."""
        if not self._south <= latitude <= self._north:
            return False
        east_of_west = (longitude - self._west) % 360.0
        if east_of_west > self._east - self._west:
            return False
        longitude = self._west + east_of_west
        inside = False
        for (from_latitude, from_longitude), (to_latitude, to_longitude) in self._edges:
            if (from_latitude > latitude) != (to_latitude > latitude):
                share = (latitude - from_latitude) / (to_latitude - from_latitude)
                inside ^= longitude < from_longitude + share * (to_longitude - from_longitude)
        return inside


Region = Box | Polygon


def _shorter(degrees: float) -> float:
    """Return a difference of longitudes as -180 to 180."""
    return (degrees + 180.0) % 360.0 - 180.0
