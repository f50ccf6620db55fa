"""Ambulances inside an area, over HTTP."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from hub.clock import to_us
from hub.live.board import LiveFix, Unit
from tests.handlers.rig import Hub
from tests.handlers.world import World

API = "/api/v1/ambulances/inside"


def _place(hub: Hub, number: int, latitude: float, longitude: float, status: str = "available") -> None:
    hub.context.board.upsert_unit(Unit(number, f"P{number}", None, status))
    fix = LiveFix(latitude, longitude, 3.0, 90.0, 5.0, to_us(datetime.now(UTC)) - 1_000_000)
    hub.context.board.move(number, fix)


@pytest.fixture
def fleet(hub: Hub) -> None:
    """Three in a row around Pune, one at the antimeridian, one that was never heard."""
    for number, latitude in ((3, 18.52), (2, 18.51), (1, 18.50)):
        _place(hub, number, latitude, 73.85, "en_route" if number == 2 else "available")
    _place(hub, 4, -17.0, -179.9)
    hub.context.board.upsert_unit(Unit(5, "P5", None, "available"))


async def _ids(hub: Hub, world: World, query: str) -> list[int]:
    answer = await hub.call("GET", f"{API}?{query}", token=world.tokens["DP"])
    assert answer.status == 200, answer.body
    return [item["id"] for item in answer.json["items"]]


@pytest.mark.usefixtures("fleet")
async def test_a_box_and_a_polygon_hold_what_lies_in_them(hub: Hub, world: World) -> None:
    assert await _ids(hub, world, "south=18.505&west=73&north=19&east=74") == [2, 3]
    assert await _ids(hub, world, "polygon=18.49,73.8;18.49,73.9;18.515,73.9;18.515,73.8") == [1, 2]
    assert await _ids(hub, world, "south=18&west=73&north=19&east=74&status=en_route") == [2]
    assert await _ids(hub, world, "south=-20&west=179&north=-10&east=-179") == [4]
    assert await _ids(hub, world, "polygon=-20,179;-20,-179;-10,-179;-10,179") == [4]


@pytest.mark.usefixtures("fleet")
async def test_each_is_shown_as_in_the_list_of_ambulances(hub: Hub, world: World) -> None:
    answer = await hub.call("GET", f"{API}?south=18.5&west=73&north=18.505&east=74", token=world.tokens["DP"])
    (item,) = answer.json["items"]
    assert set(item) == {"id", "plate_number", "driver_name", "status", "current_location"}
    assert (item["plate_number"], item["current_location"]["latitude"]) == ("P1", 18.5)
    assert 1 <= item["current_location"]["age_s"] < 10


@pytest.mark.usefixtures("fleet")
async def test_pages_join_to_the_whole_and_a_cursor_serves_its_own_area_only(hub: Hub, world: World) -> None:
    box, found, cursor = "south=-90&west=-180&north=90&east=180", [], ""
    for _ in range(9):
        answer = await hub.call("GET", f"{API}?{box}&limit=1{cursor}", token=world.tokens["DP"])
        found += [item["id"] for item in answer.json["items"]]
        if answer.json["next_cursor"] is None:
            break
        cursor = f"&cursor={answer.json['next_cursor']}"
    assert found == [1, 2, 3, 4]
    other = await hub.call("GET", f"{API}?south=0&west=0&north=90&east=180{cursor}", token=world.tokens["DP"])
    assert (other.status, other.code) == (422, "invalid_value")


async def test_impossible_areas_are_refused(hub: Hub, world: World) -> None:
    corners = ";".join(["1,1"] * 201)
    for query in (
        "",
        "south=1&west=1&north=2",
        "south=2&west=1&north=1&east=2",
        "south=1&west=1&north=1&east=2",
        "south=-91&west=1&north=1&east=2",
        "south=0&west=1&north=1&east=181",
        "south=nan&west=1&north=1&east=2",
        "south=0&south=0&west=1&north=1&east=2",
        "polygon=1,1;2,2",
        "polygon=",
        "polygon=1,1;2,2;x",
        "polygon=1,1;2,2;3",
        "polygon=1,1;2,2;3,3,3",
        "polygon=1,1;2,2;91,3",
        "polygon=1,1;2,2;3,181",
        "polygon=1,1;2,2;1e1,3",
        "polygon=80,0;80,120;80,-120",
        f"polygon={corners}",
        "south=0&west=1&north=1&east=2&polygon=1,1;2,2;3,1",
        "south=0&west=1&north=1&east=2&status=gone",
        "south=0&west=1&north=1&east=2&limit=201",
    ):
        answer = await hub.call("GET", f"{API}?{query}", token=world.tokens["DP"])
        assert (answer.status, answer.code) == (422, "invalid_value"), query
    assert (await hub.call("GET", f"{API}?{'polygon=' + '1,1;' * 5_000}", token=world.tokens["DP"])).status == 400


async def test_the_largest_polygon_over_a_large_fleet_is_answered_soon(hub: Hub, world: World) -> None:
    for number in range(1, 5_001):
        _place(hub, number, -80 + number * 0.03, 10.0)
    comb = ";".join(f"{-89 if n % 2 else 89},{-20 + n * 0.2:.1f}" for n in range(200))
    began = time.monotonic()
    await _ids(hub, world, f"polygon={comb}&limit=1")
    assert time.monotonic() - began < 2
