"""The places of the made-up city that callers name: areas, crossings, stations, landmarks; the same for a seed."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from arogya.simulator.city import City
from arogya.simulator.roads import Node

AREAS = (
    *("Lotus Nagar", "Riverside", "Old Market", "Temple Hill", "Lakeview", "Mango Grove", "Fort Quarter", "Mill Side"),
    *("Station Park", "University Town", "Garden Colony", "Bridge End", "Cantonment", "Weavers' Row", "Sunrise Layout"),
)
LANDMARKS = (
    *(
        "Central Library",
        "City Bus Stand",
        "Railway Station",
        "Clock Tower",
        "Vegetable Market",
        "Town Hall",
        "Stadium",
    ),
    *("Science Museum", "Flower Market", "Post Office", "Water Tower", "Rose Garden", "Grand Cinema", "Law College"),
    *("Government School", "Banyan Tree Circle", "Textile Mill", "Metro Depot", "Swimming Pool", "Zoo Gate"),
    *(
        "Night Bazaar",
        "Shiva Temple",
        "Jama Masjid",
        "St Mary's Church",
        "Cricket Ground",
        "Fire Station",
        "Fish Market",
    ),
    *("Planetarium", "Old Fort Gate", "Boat Club"),
)
STREETS = (
    *(
        "Lotus Lane",
        "Station Road",
        "Hill View",
        "Canal Street",
        "Fort Road",
        "Market Yard",
        "Lake View",
        "Temple Street",
    ),
    *("Mill Road", "College Road", "Hospital Road", "Garden Street", "Bridge Street", "Palm Avenue", "Neem Avenue"),
    *("Gandhi Road", "Tagore Street", "Nehru Road", "Weavers' Lane", "Potters' Lane", "Ring Road", "Jail Road"),
)
CROSSINGS = 90


class Named(NamedTuple):
    """A place with a name."""

    name: str
    kind: str  # landmark, crossing, station or area
    address: str | None
    node: int  # the crossing where it is


def places_of(city: City) -> list[Named]:
    """Return the places of a city."""
    rng = Random(f"{city.seed}:gazetteer")  # noqa: S311 - the same names for the same seed
    areas = _areas(city, rng)
    return [
        *areas,
        *(
            Named(f"Ambulance Station {number}", "station", near(areas, city, node), node)
            for number, node in enumerate(city.stations, 1)
        ),
        *_landmarks(city, rng, areas),
        *_crossings(city, rng, areas),
    ]


def near(places: list[Named], city: City, node: int) -> str:
    """Return the name of the place that is nearest to a crossing."""
    here = city.roads.nodes[node]
    return min(places, key=lambda place: _apart_m(city.roads.nodes[place.node], here)).name


def _areas(city: City, rng: Random) -> list[Named]:
    names = rng.sample(AREAS, len(city.zones))
    nodes = city.roads.nodes

    def middle(east: float, north: float) -> int:
        return min(range(len(nodes)), key=lambda number: _apart_m(nodes[number], Node(east, north)))

    return [
        Named(name, "area", None, middle(zone.east, zone.north)) for name, zone in zip(names, city.zones, strict=True)
    ]


def _landmarks(city: City, rng: Random, areas: list[Named]) -> Iterator[Named]:
    for name, node in zip(LANDMARKS, rng.sample(range(len(city.roads.nodes)), len(LANDMARKS)), strict=True):
        yield Named(name, "landmark", f"{rng.randrange(1, 99)} {rng.choice(STREETS)}, {near(areas, city, node)}", node)


def _crossings(city: City, rng: Random, areas: list[Named]) -> Iterator[Named]:
    pairs = [(one, other) for number, one in enumerate(STREETS) for other in STREETS[number + 1 :]]
    nodes = rng.sample(range(len(city.roads.nodes)), CROSSINGS)
    for (one, other), node in zip(rng.sample(pairs, CROSSINGS), nodes, strict=True):
        yield Named(f"{one} and {other}", "crossing", near(areas, city, node), node)


def _apart_m(one: Node, other: Node) -> float:
    return float(((one.east - other.east) ** 2 + (one.north - other.north) ** 2) ** 0.5)
