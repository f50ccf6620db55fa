"""Distances on the ground, in metres, from WGS 84 degrees."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import Final

# Mean radius of the Earth (IUGG 1980): the sphere is within 0.56 % of the ellipsoid everywhere.
EARTH_RADIUS_M: Final = 6_371_008.8
METRES_PER_DEGREE: Final = radians(1.0) * EARTH_RADIUS_M  # along a meridian


def distance_m(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Return the great-circle distance in metres by the haversine formula (Sinnott 1984), exact for short ways too."""
    half_north = radians(to_latitude - latitude) / 2
    half_east = radians(to_longitude - longitude) / 2
    h = sin(half_north) ** 2 + cos(radians(latitude)) * cos(radians(to_latitude)) * sin(half_east) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(h)))
