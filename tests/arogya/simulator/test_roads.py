"""The made-up city."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from arogya.simulator.roads import CENTRE, SPEED_LIMITS, grow, roads_geojson


def test_a_seed_is_a_city() -> None:
    assert grow(5) == grow(5)
    assert grow(5) != grow(6)


@pytest.mark.parametrize("seed", range(5))
def test_every_crossing_can_be_reached_from_every_other(seed: int) -> None:
    roads = grow(seed)
    assert len(roads.nodes) > 550
    for goal in range(0, len(roads.nodes), 60):
        way = roads.path(0, goal)
        assert (way[0], way[-1]) == (0, goal)
        assert all(roads.edge(start, end) for start, end in pairwise(way))


def test_a_block_is_the_same_from_both_ends() -> None:
    roads = grow(3)
    for start, edges in enumerate(roads.edges):
        for edge in edges:
            back = roads.edge(edge.to, start)
            assert (back.length_m, back.kind) == (edge.length_m, edge.kind)


def test_the_quickest_way_is_not_beaten_by_a_detour_over_a_neighbour() -> None:
    roads = grow(1)

    def seconds(way: list[int]) -> float:
        blocks = [roads.edge(start, end) for start, end in pairwise(way)]
        return sum(block.length_m / SPEED_LIMITS[block.kind] for block in blocks)

    best = seconds(roads.path(10, 500))
    for edge in roads.edges[10]:
        assert best <= seconds([10, *roads.path(edge.to, 500)]) + 1e-9


def test_the_geojson_has_every_block_once_and_lies_around_the_centre() -> None:
    roads = grow(2)
    document = json.loads(json.dumps(roads_geojson(2)))
    assert document["type"] == "FeatureCollection"
    assert [feature["properties"]["kind"] for feature in document["features"]] == ["side", "arterial"]
    lines = [line for feature in document["features"] for line in feature["geometry"]["coordinates"]]
    assert sum(len(line) - 1 for line in lines) == sum(map(len, roads.edges)) // 2
    for line in lines:
        for longitude, latitude in line:
            assert abs(latitude - CENTRE[0]) < 0.05
            assert abs(longitude - CENTRE[1]) < 0.05
