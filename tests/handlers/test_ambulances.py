"""Ambulances over HTTP: scopes, fields, pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.clock import to_us
from hub.live.board import LiveFix, Unit
from tests.handlers.rig import Hub
from tests.handlers.world import World

API = "/api/v1/ambulances"
NEAR = {"id", "plate_number", "driver_name", "status", "current_location"}
FULL = NEAR | {"capability", "base_location", "facility_id", "eta", "created_at", "updated_at"}
INBOUND = {"id", "status", "eta"}


async def test_a_dispatcher_lists_every_ambulance_with_every_field(hub: Hub, world: World) -> None:
    answer = await hub.call("GET", API, token=world.tokens["DP"])
    assert answer.status == 200
    assert [item["id"] for item in answer.json["items"]] == sorted(world.ambulances.values())
    assert all(set(item) == FULL for item in answer.json["items"])
    location = answer.json["items"][0]["current_location"]
    assert (location["latitude"], location["longitude"], location["speed"]) == (48.1, 11.5, None)
    assert 0 <= location["age_s"] < 60
    assert answer.json["next_cursor"] is None


async def test_pages_join_to_the_whole_list(hub: Hub, world: World) -> None:
    found, path = [], f"{API}?limit=1"
    for _ in range(10):
        page = (await hub.call("GET", path, token=world.tokens["DP"])).json
        found += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        path = f"{API}?limit=1&cursor={page['next_cursor']}"
    assert found == sorted(world.ambulances.values())


async def test_a_cursor_serves_only_its_caller_and_its_filter(hub: Hub, world: World) -> None:
    page = (await hub.call("GET", f"{API}?limit=1", token=world.tokens["DP"])).json
    cursor = page["next_cursor"]
    flipped = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    for token, query in (
        (world.tokens["SV"], f"cursor={cursor}"),
        (world.tokens["DP"], f"status=available&cursor={cursor}"),
        (world.tokens["DP"], f"cursor={flipped}"),
        (world.tokens["DP"], "cursor=x"),
    ):
        answer = await hub.call("GET", f"{API}?{query}", token=token)
        assert (answer.status, answer.code) == (422, "invalid_value")
    assert (await hub.call("GET", f"{API}?limit=2&cursor={cursor}", token=world.tokens["DP"])).status == 200


async def test_the_status_filters(hub: Hub, world: World) -> None:
    answer = await hub.call("GET", f"{API}?status=offline", token=world.tokens["DP"])
    assert answer.json == {"items": [], "next_cursor": None}


async def test_impossible_limits_are_refused(hub: Hub, world: World) -> None:
    for limit in ["0", "-1", "201", "1000000000", "٣", "1e2", "1.0", "01", " 1", "", "true", "\uff19"]:
        answer = await hub.call("GET", API, token=world.tokens["DP"], params={"limit": limit})
        assert (answer.status, answer.code) == (422, "invalid_value"), limit


async def test_unknown_and_repeated_parameters_are_refused(hub: Hub, world: World) -> None:
    unknown = await hub.call("GET", f"{API}?password=1", token=world.tokens["DP"])
    assert (unknown.status, unknown.code) == (422, "unknown_field")
    assert b"password" not in unknown.body
    repeated = await hub.call("GET", f"{API}?limit=1&limit=2", token=world.tokens["DP"])
    assert (repeated.status, repeated.code) == (422, "invalid_value")


async def test_nearest_comes_from_memory_with_distance_and_age(hub: Hub, world: World) -> None:
    now_us = to_us(datetime.now(UTC))
    for number, latitude in ((1, 48.0), (2, 48.01), (3, 48.02)):
        hub.context.board.upsert_unit(Unit(number, f"P{number}", None, "available"))
        hub.context.board.move(number, LiveFix(latitude, 11.0, float("nan"), 90.0, 5.0, now_us - 2_000_000))
    answer = await hub.call("GET", f"{API}/nearest?latitude=48.011&longitude=11&limit=2", token=world.tokens["DP"])
    assert [item["id"] for item in answer.json["items"]] == [2, 3]
    first = answer.json["items"][0]
    assert set(first) == NEAR | {"distance_m"}
    assert first["distance_m"] == pytest.approx(111.2, abs=0.5)
    assert 2 <= first["current_location"]["age_s"] < 10
    assert (first["current_location"]["speed"], first["current_location"]["heading"]) == (None, 90.0)


async def test_nearest_needs_a_place_on_earth(hub: Hub, world: World) -> None:
    for query in ["", *(f"latitude={number}&longitude=0" for number in ("91", "nan", "1e999")), "latitude=1"]:
        answer = await hub.call("GET", f"{API}/nearest?{query}", token=world.tokens["DP"])
        assert (answer.status, answer.code) == (422, "invalid_value"), query


async def test_what_no_row_can_have_is_not_found(hub: Hub, world: World) -> None:
    missing = await hub.call("GET", f"{API}/999999999", token=world.tokens["DP"])
    for ending in ["0", "-1", "9223372036854775808", "1" * 400, "x", "٣", "1.0", "01"]:
        answer = await hub.call("GET", f"{API}/{ending}", token=world.tokens["DP"])
        assert (answer.status, missing.status) == (404, 404)
        assert _without_id(answer.body) == _without_id(missing.body)


async def test_an_invisible_ambulance_answers_like_a_missing_one(hub: Hub, world: World) -> None:
    hidden = await hub.call("GET", f"{API}/{world.ambulances['free']}", token=world.tokens["RC"])
    missing = await hub.call("GET", f"{API}/999999999", token=world.tokens["RC"])
    assert hidden.status == missing.status == 404
    assert _without_id(hidden.body) == _without_id(missing.body)
    assert set(hidden.headers) == set(missing.headers)


def _without_id(body: bytes) -> bytes:
    """The body without its request id, which has a fixed length and is different every time."""
    head, _, rest = body.partition(b'"request_id":"')
    return head + rest[16:]
