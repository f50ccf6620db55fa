"""The made-up city as dispatch sees it: where people live and work by the hour, stations, hospitals, and its calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import exp, hypot
from random import Random
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from arogya.simulator.roads import BLOCKS, CENTRE, SPACING_M, SPEED_LIMITS, Roads, grow
from arogya.travel.roads import RoadGraph, RoadsFile
from hub.dispatch.unit import Place

# The share of the speed limits that an ambulance drives on average, by the hour: lights, turns and traffic in it.
PACE: Final = (
    *(0.80,) * 6,
    *(0.74, 0.64, 0.54, 0.50, 0.54, 0.58),
    *(0.60, 0.60, 0.60, 0.58, 0.56, 0.52),
    *(0.48, 0.50, 0.56, 0.64, 0.70, 0.76),
)
# How the calls of a day are spread over its hours where people live, work, and go out; the mean of each is 1. The sum
# has the shape that ambulance services know: a trough before dawn, a plateau from ten to nine.
LIVING: Final = (
    0.7, 0.6, 0.5, 0.5, 0.6, 0.8, 1.1, 1.3, 1.2, 1.0, 0.9, 0.9,
    0.9, 0.9, 0.9, 1.0, 1.1, 1.2, 1.4, 1.5, 1.5, 1.4, 1.2, 0.9,
)  # fmt: skip
WORKING: Final = (
    0.2, 0.1, 0.1, 0.1, 0.1, 0.2, 0.4, 0.8, 1.4, 1.9, 2.1, 2.1,
    2.0, 2.0, 2.0, 1.9, 1.8, 1.7, 1.2, 0.8, 0.5, 0.3, 0.2, 0.1,
)  # fmt: skip
NIGHT_LIFE: Final = (
    2.6, 2.3, 1.7, 1.0, 0.4, 0.2, 0.1, 0.1, 0.2, 0.3, 0.4, 0.6,
    0.8, 0.7, 0.6, 0.6, 0.7, 0.9, 1.2, 1.4, 1.6, 1.8, 2.0, 2.2,
)  # fmt: skip
USES: Final = {"living": LIVING, "working": WORKING, "night_life": NIGHT_LIFE}
ZONES: Final = (("living", 7, 0.55), ("working", 4, 0.30), ("night_life", 2, 0.10))  # how many, share of the calls
SCATTERED_SHARE: Final = 0.05  # of the calls: anywhere, at any hour
ZONE_SPREAD: Final = (0.10, 0.24)  # standard deviation of a zone, of half the city
STATIONS: Final = 12
HOSPITALS: Final = 4


class Zone(NamedTuple):
    """A part of the city with one use: a bell around its middle, in metres east and north of the centre."""

    use: str
    east: float
    north: float
    spread_m: float
    share: float  # of all calls of a day


@dataclass(frozen=True)
class City:
    """One of them for each seed; places are crossings of its roads."""

    seed: int
    roads: Roads
    zones: tuple[Zone, ...]
    stations: tuple[int, ...]
    hospitals: tuple[int, ...]

    def place(self, node: int) -> Place:
        """Return where a crossing is."""
        return Place(*self.roads.position(*self.roads.nodes[node]))

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Return where all crossings are."""
        return tuple(self.place(node) for node in range(len(self.roads.nodes)))

    @cached_property
    def graph(self) -> RoadGraph:
        """Return the travel times of the city."""
        return RoadGraph(self.roads_file())

    @cached_property
    def demand(self) -> NDArray[np.float64]:
        """Return the share of a day's calls that come from each crossing (column) in each hour (row); the sum is 1."""
        nodes = np.array(self.roads.nodes)
        shares = np.full((24, len(nodes)), SCATTERED_SHARE / (24 * len(nodes)))
        for zone in self.zones:
            away = ((nodes - [zone.east, zone.north]) ** 2).sum(axis=1)
            bell = np.exp(-away / (2 * zone.spread_m**2))
            by_hour = np.array(USES[zone.use])
            shares += zone.share * np.outer(by_hour / by_hour.sum(), bell / bell.sum())
        return shares

    def roads_file(self) -> RoadsFile:
        """Return the roads as a hub reads them (`[dispatch] roads_graph`)."""
        ways = [
            (start, edge.to, round(edge.length_m / SPEED_LIMITS[edge.kind], 2))
            for start, edges in enumerate(self.roads.edges)
            for edge in edges
        ]
        return RoadsFile(list(self.places), ways, PACE)


def build(seed: int, centre: tuple[float, float] = CENTRE, size: int = BLOCKS) -> City:
    """Return the city of a seed on the roads of that seed; `size` blocks each way."""
    roads = grow(seed, centre, size)
    rng = Random(f"{seed}:city")  # noqa: S311 - the same city for the same seed is the point
    half_m = size * SPACING_M / 2
    zones = tuple(zone for use, count, share in ZONES for zone in _zones(use, count, share, half_m, rng))
    stations = _spread_out(roads, zones, STATIONS, 0.28 * half_m, rng)
    hospitals = _spread_out(roads, zones, HOSPITALS, 0.5 * half_m, rng)
    return City(seed, roads, zones, stations, hospitals)


def _zones(use: str, count: int, share: float, half_m: float, rng: Random) -> Iterator[Zone]:
    sizes = [rng.uniform(0.5, 1.5) for _ in range(count)]
    for size in sizes:
        east, north = (rng.uniform(-0.8, 0.8) * half_m for _ in range(2))
        spread_m = rng.uniform(*ZONE_SPREAD) * half_m
        yield Zone(use, east, north, spread_m, share * size / sum(sizes))


def _spread_out(roads: Roads, zones: tuple[Zone, ...], count: int, apart_m: float, rng: Random) -> tuple[int, ...]:
    """Choose crossings where much happens, no two of them close together (closer than asked where it must be)."""
    busy = [sum(_bell(zone, node.east, node.north) for zone in zones) + 1e-9 for node in roads.nodes]
    found: list[int] = []
    while len(found) < count:
        far = [
            node for node in range(len(roads.nodes)) if all(_apart_m(roads, node, other) >= apart_m for other in found)
        ]
        if far:
            found += rng.choices(far, [busy[node] for node in far])
        else:
            apart_m *= 0.8
    return tuple(found)


def _bell(zone: Zone, east: float, north: float) -> float:
    away = hypot(zone.east - east, zone.north - north) / zone.spread_m
    return zone.share * exp(-0.5 * away * away) / zone.spread_m**2


def _apart_m(roads: Roads, node: int, other: int) -> float:
    here, there = roads.nodes[node], roads.nodes[other]
    return hypot(here.east - there.east, here.north - there.north)
