"""Finding where a caller is by what they say: places of our own, and those that a geocoder knows. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple, Protocol

from hub.dispatch.geo import distance_m

SAME_PLACE_M: Final = 100.0  # two of one name that are nearer are one


class FoundPlace(NamedTuple):
    """A place that a search came up with; degrees."""

    name: str
    kind: str  # landmark | street | crossing | station | area | facility, or what a geocoder says
    address: str | None
    latitude: float
    longitude: float
    source: str  # local | nominatim | photon


class Near(NamedTuple):
    """Around where something is looked for: what is near comes first. Degrees."""

    latitude: float
    longitude: float


class GeocoderAway(Exception):
    """The geocoder did not answer in time, or not with what a geocoder answers."""


class Geocoder(Protocol):
    """A server that finds places by words."""

    async def search(self, words: str, near: Near | None, rows_max: int) -> list[FoundPlace]:
        """Return up to `rows_max` places, the best first; raises `GeocoderAway`."""


def merge(local: Iterable[FoundPlace], foreign: Iterable[FoundPlace], rows_max: int) -> list[FoundPlace]:
    """Return both, our own first, each place once: of one name within 100 m the first counts."""
    found: list[FoundPlace] = []
    for place in (*local, *foreign):
        if len(found) == rows_max:
            break
        if not any(_same(place, other) for other in found):
            found.append(place)
    return found


def _same(one: FoundPlace, other: FoundPlace) -> bool:
    if one.name.casefold() != other.name.casefold():
        return False
    return distance_m(one.latitude, one.longitude, other.latitude, other.longitude) < SAME_PLACE_M
