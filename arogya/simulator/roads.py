"""A city that never existed: a street network grown from a seed, the same for everybody who uses the same seed."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from math import cos, hypot, pi, radians, sin
from random import Random
from typing import NamedTuple

CENTRE = (18.5204, 73.8567)  # Pune; any place does, the streets are made up
METRES_PER_DEGREE = 111_195.0  # of latitude, on a sphere of 6,371 km

BLOCKS = 24  # streets each way, unless told otherwise: 25 by 25 crossings
SPACING_M = 260.0  # between crossings: a city of 6 km across
ARTERIAL_EVERY = 4  # each fourth street is wide
CLOSED_SHARE = 0.22  # of the side streets' blocks that were never built
ARTERIAL, SIDE = "arterial", "side"
SPEED_LIMITS = {ARTERIAL: 16.7, SIDE: 9.7}  # m/s: 60 and 35 km/h


class Node(NamedTuple):
    """A crossing, in metres east and north of the centre."""

    east: float
    north: float


class Edge(NamedTuple):
    """A block of a street, as one of its two crossings sees it."""

    to: int
    length_m: float
    kind: str  # arterial or side


@dataclass(frozen=True, slots=True)
class Roads:
    """The network: crossings, and for each the blocks that leave it; every crossing can be reached from every other."""

    centre: tuple[float, float]  # latitude, longitude
    nodes: tuple[Node, ...]
    edges: tuple[tuple[Edge, ...], ...]

    def position(self, east: float, north: float) -> tuple[float, float]:
        """Return latitude and longitude (degrees) of a place in metres: a plane, good to 1 m over this city."""
        latitude, longitude = self.centre
        return (
            latitude + north / METRES_PER_DEGREE,
            longitude + east / (METRES_PER_DEGREE * cos(radians(latitude))),
        )

    def path(self, start: int, goal: int) -> list[int]:
        """Return the crossings of the quickest way, both ends included (Dijkstra 1959, by driving time)."""
        best = {start: 0.0}
        came_from: dict[int, int] = {}
        queue = [(0.0, start)]
        while queue:
            time_s, here = heapq.heappop(queue)
            if here == goal:
                break
            if time_s > best[here]:
                continue
            for edge in self.edges[here]:
                arrival_s = time_s + edge.length_m / SPEED_LIMITS[edge.kind]
                if arrival_s < best.get(edge.to, float("inf")):
                    best[edge.to], came_from[edge.to] = arrival_s, here
                    heapq.heappush(queue, (arrival_s, edge.to))
        way = [goal]
        while way[-1] != start:
            way.append(came_from[way[-1]])
        return way[::-1]

    def edge(self, start: int, end: int) -> Edge:
        """Return the block between two neighbouring crossings; raises StopIteration for others."""
        return next(edge for edge in self.edges[start] if edge.to == end)


def grow(seed: int, centre: tuple[float, float] = CENTRE, size: int = BLOCKS) -> Roads:
    """Return the city of a seed: a warped grid with arterials, whose side streets have gaps; `size` blocks each way."""
    rng = Random(seed)  # noqa: S311 - the same city for the same seed is the point
    nodes = _crossings(rng, size)
    blocks = [(a, b, kind) for a, b, kind in _blocks(size) if kind == ARTERIAL or rng.random() >= CLOSED_SHARE]
    neighbours: list[list[Edge]] = [[] for _ in nodes]
    for a, b, kind in blocks:
        length_m = hypot(nodes[a].east - nodes[b].east, nodes[a].north - nodes[b].north)
        neighbours[a].append(Edge(b, length_m, kind))
        neighbours[b].append(Edge(a, length_m, kind))
    return _connected(centre, nodes, neighbours)


def _crossings(rng: Random, size: int) -> list[Node]:
    """Bend a grid with a few long waves, as hills and old paths do, and shift each crossing a little."""
    waves = [(rng.uniform(0.4, 1.3), rng.uniform(0, 2 * pi), rng.uniform(60, 170)) for _ in range(4)]
    half = size * SPACING_M / 2
    nodes = []
    for row in range(size + 1):
        for column in range(size + 1):
            east, north = column * SPACING_M - half, row * SPACING_M - half
            bend_east = sum(size * sin(k * pi * north / half + phase) for k, phase, size in waves[:2])
            bend_north = sum(size * sin(k * pi * east / half + phase) for k, phase, size in waves[2:])
            nodes.append(Node(east + bend_east + rng.gauss(0, 14), north + bend_north + rng.gauss(0, 14)))
    return nodes


def _blocks(size: int) -> list[tuple[int, int, str]]:
    side = size + 1
    blocks = []
    for row in range(side):
        for column in range(side):
            here = row * side + column
            if column < size:
                blocks.append((here, here + 1, ARTERIAL if row % ARTERIAL_EVERY == 0 else SIDE))
            if row < size:
                blocks.append((here, here + side, ARTERIAL if column % ARTERIAL_EVERY == 0 else SIDE))
    return blocks


def _connected(centre: tuple[float, float], nodes: list[Node], neighbours: list[list[Edge]]) -> Roads:
    """Keep what hangs together with the first crossing, which is on two arterials and so on all of them."""
    reached, waiting = {0}, [0]
    while waiting:
        for edge in neighbours[waiting.pop()]:
            if edge.to not in reached:
                reached.add(edge.to)
                waiting.append(edge.to)
    number = {old: new for new, old in enumerate(sorted(reached))}
    return Roads(
        centre,
        tuple(nodes[old] for old in sorted(reached)),
        tuple(tuple(edge._replace(to=number[edge.to]) for edge in neighbours[old]) for old in sorted(reached)),
    )


def roads_geojson(seed: int, centre: tuple[float, float] = CENTRE, size: int = BLOCKS) -> dict[str, object]:
    """Return the city as GeoJSON (RFC 7946): a MultiLineString feature a kind, arterials last, to lie on top.

    For `GET /api/v1/map/roads` of a demonstration. The property `kind` is "arterial" or "side"; about 40 KB as JSON.
    """
    roads = grow(seed, centre, size)
    features = [_feature(roads, kind) for kind in (SIDE, ARTERIAL)]
    return {"type": "FeatureCollection", "features": features}


def _feature(roads: Roads, kind: str) -> dict[str, object]:
    lines = [
        [_point(roads, start), _point(roads, edge.to)]
        for start, edges in enumerate(roads.edges)
        for edge in edges
        if edge.kind == kind and start < edge.to
    ]
    return {
        "type": "Feature",
        "properties": {"kind": kind},
        "geometry": {"type": "MultiLineString", "coordinates": _joined(lines)},
    }


def _point(roads: Roads, node: int) -> tuple[float, float]:
    latitude, longitude = roads.position(*roads.nodes[node])
    return round(longitude, 6), round(latitude, 6)  # 0.1 m


def _joined(lines: list[list[tuple[float, float]]]) -> list[list[tuple[float, float]]]:
    """Join blocks that go on in nearly the same direction, so that a street is one line."""
    open_ends: dict[tuple[tuple[float, float], bool], list[tuple[float, float]]] = {}
    joined = []
    for start, end in sorted(lines):
        eastward = abs(end[0] - start[0]) > abs(end[1] - start[1])
        line = open_ends.pop((start, eastward), None)
        if line is None:
            line = [start]
            joined.append(line)
        line.append(end)
        open_ends[end, eastward] = line
    return joined
