"""Travel times on a road graph."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest

from arogya.simulator.city import build
from arogya.simulator.roads import SPEED_LIMITS
from arogya.travel.roads import OFF_ROAD_M_PER_S, RoadGraph, RoadsError, RoadsFile
from hub.dispatch.unit import Place

AT = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
NODES = [(18.50, 73.80), (18.50, 73.81), (18.51, 73.81), (18.60, 73.90)]
WAYS = [(0, 1, 60.0), (1, 0, 60.0), (1, 2, 30.0), (0, 2, 200.0)]


async def test_the_quickest_way_is_taken_and_one_way_streets_are_kept() -> None:
    graph = RoadGraph(RoadsFile(NODES, WAYS))
    places = [Place(*node) for node in NODES]
    inf = None
    assert await graph.times_s(places, places, AT) == [
        [0.0, 60.0, 90.0, inf],
        [60.0, 0.0, 30.0, inf],
        [inf, inf, 0.0, inf],
        [inf, inf, inf, 0.0],
    ]
    assert await graph.times_s([], places, AT) == []


async def test_the_pace_is_that_of_the_local_hour() -> None:
    pace = tuple(0.5 if hour == 18 else 1.0 for hour in range(24))
    graph = RoadGraph(RoadsFile(NODES, WAYS, pace), timezone(timedelta(hours=5, minutes=30)))
    start, goal = Place(*NODES[0]), Place(*NODES[1])
    assert await graph.times_s([start], [goal], AT) == [[120.0]]
    assert await graph.times_s([start], [goal], AT + timedelta(hours=2)) == [[60.0]]


async def test_the_way_to_the_nearest_crossing_counts() -> None:
    graph = RoadGraph(RoadsFile(NODES, WAYS))
    beside = Place(NODES[0][0] - 0.001, NODES[0][1])  # 111 m south
    [[time_s]] = await graph.times_s([beside], [Place(*NODES[1])], AT)
    assert time_s == pytest.approx(60.0 + 111.2 / OFF_ROAD_M_PER_S, abs=0.1)


def test_a_city_can_be_written_and_read(tmp_path: Path) -> None:
    city = build(4, size=8)
    path = tmp_path / "roads.json"
    path.write_bytes(msgspec.json.encode(city.roads_file()))
    graph = RoadGraph.read(path)
    assert np.allclose(graph.from_nodes(np.array([0, 5])), city.graph.from_nodes(np.array([0, 5])))
    way = city.roads.path(0, 40)
    blocks = [city.roads.edge(start, end) for start, end in pairwise(way)]
    seconds = sum(block.length_m / SPEED_LIMITS[block.kind] for block in blocks)
    assert city.graph.from_nodes(np.array([0]))[0, 40] == pytest.approx(seconds, abs=0.01 * len(way))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"nodes": [], "ways": []}', id="no crossings"),
        pytest.param(b'{"nodes": [[1, 2]], "ways": [[0, 1, 5]]}', id="a way to nowhere"),
        pytest.param(b'{"nodes": [[1, 2]], "ways": [[0, -1, 5]]}', id="a way below"),
        pytest.param(b'{"nodes": [[1, 2], [1, 3]], "ways": [[0, 1, 0]]}', id="no time"),
        pytest.param(b'{"nodes": [[1, 2]], "ways": [], "pace": [1]}', id="one hour"),
        pytest.param(b'{"nodes": [[1, 2]], "ways": [], "colour": 1}', id="an unknown field"),
    ],
)
def test_what_is_no_road_graph_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "roads.json"
    path.write_bytes(content)
    with pytest.raises(RoadsError, match=r"roads\.json"):
        RoadGraph.read(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RoadsError, match="No such file"):
        RoadGraph.read(tmp_path / "none.json")
