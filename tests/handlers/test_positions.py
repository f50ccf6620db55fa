"""Where an ambulance was, fix by fix, and what every reading of a history asks first."""

from __future__ import annotations

from datetime import timedelta

import asyncpg

from tests.handlers.past import add_seconds, readings
from tests.handlers.rig import Hub
from tests.handlers.world import World

API = "/api/v1/ambulances"
READINGS = ("positions", "track", "trips", "positions.gpx", "positions.geojson", "positions.csv")


async def test_history_pages_hold_every_fix_once(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    ambulance_id = world.ambulances["free"]
    await add_seconds(superuser, ambulance_id, 25)
    base = f"{API}/{ambulance_id}/positions?limit=10"
    found, path = [], base
    for _ in range(10):
        page = (await hub.call("GET", path, token=world.tokens["SV"])).json
        found += page["items"]
        if page["next_cursor"] is None:
            break
        path = f"{base}&cursor={page['next_cursor']}"
    assert [item["seq"] for item in found] == list(range(1, 26))
    assert found[0]["flags"] == ["null_island"]
    assert (found[0]["speed"], found[0]["heading"], found[0]["altitude"]) == (None, 1.5, 500.0)
    assert found[0]["fix_at"].endswith("Z")


async def test_history_takes_a_half_open_range(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    ambulance_id = world.ambulances["free"]
    start = await add_seconds(superuser, ambulance_id, 10)
    query = {
        "from": (start + timedelta(seconds=3)).isoformat(),
        "to": (start + timedelta(seconds=6)).isoformat().replace("+00:00", "Z"),
    }
    answer = await hub.call("GET", f"{API}/{ambulance_id}/positions", token=world.tokens["AD"], params=query)
    assert [item["seq"] for item in answer.json["items"]] == [3, 4, 5]


async def test_impossible_times_are_refused(hub: Hub, world: World) -> None:
    for query in [
        "from=2026-02-30T00:00:00Z",
        "from=2026-01-01T00:00:00",
        "from=1",
        "to=0001-01-01T00:00:00Z",
        "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
        "from=now",
    ]:
        path = f"{API}/{world.ambulances['free']}/positions?{query}"
        answer = await hub.call("GET", path, token=world.tokens["DP"])
        assert (answer.status, answer.code) == (422, "invalid_value"), query


async def test_reading_a_history_is_audited(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    path = f"{API}/{world.ambulances['free']}/positions"
    await hub.call("GET", path, token=world.tokens["DP"])
    await hub.call("GET", path, token=world.tokens["RC"])
    rows = await superuser.fetch(
        "SELECT actor_id, action, entity_id, outcome FROM audit_log WHERE action = 'positions.R' ORDER BY id"
    )
    entity_id = str(world.ambulances["free"])
    assert [tuple(row) for row in rows] == [
        (str(world.users["DP"]), "positions.R", entity_id, "allowed"),
        (str(world.users["RC"]), "positions.R", entity_id, "denied"),
    ]


async def test_no_reading_takes_an_impossible_range(hub: Hub, world: World) -> None:
    for query in [
        "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
        "from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z",
        "from=2026-01-01T00:00:00",
        "to=1969-12-31T23:59:59Z",
        "to=9999-12-31T23:59:59-14:00",
        "from=0001-01-01T00:00:00%2B14:00&to=2026-01-01T00:00:00Z",
        "from=2026-01-01T00:00:00Z&from=2026-01-01T00:00:00Z",
        "from=",
        "from=2026-01-01",
    ]:
        for reading in READINGS:
            path = f"{API}/{world.ambulances['free']}/{reading}?{query}"
            answer = await hub.call("GET", path, token=world.tokens["DP"])
            assert (answer.status, answer.code) == (422, "invalid_value"), (reading, query)


async def test_the_earliest_range_that_there_can_be_is_taken(hub: Hub, world: World) -> None:
    for reading in READINGS:
        path = f"{API}/{world.ambulances['free']}/{reading}?from=1970-01-01T00:00:00Z&to=1970-01-01T00:00:01Z"
        assert (await hub.call("GET", path, token=world.tokens["DP"])).status == 200, reading


async def test_each_reading_is_written_down_once_and_so_is_each_refusal(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    ambulance_id = world.ambulances["live"]
    for reading in READINGS:
        await hub.call("GET", f"{API}/{ambulance_id}/{reading}", token=world.tokens["DP"])
        await hub.call("GET", f"{API}/{ambulance_id}/{reading}", token=world.tokens["RC"])
        await hub.call("GET", f"{API}/{ambulance_id}/{reading}?from=x", token=world.tokens["DP"])
    allowed, denied = (str(world.users["DP"]), "allowed"), (str(world.users["RC"]), "denied")
    found = await readings(superuser)
    assert [(actor, outcome) for actor, _, outcome in found] == [allowed, denied] * len(READINGS)
    assert {entity_id for _, entity_id, _ in found} == {str(ambulance_id)}


async def test_an_unknown_ambulance_is_not_found_by_any_reading(hub: Hub, world: World) -> None:
    for reading in READINGS:
        for number in ("999999999", "0", "x", "9223372036854775808"):
            answer = await hub.call("GET", f"{API}/{number}/{reading}", token=world.tokens["DP"])
            assert (answer.status, answer.code) == (404, "not_found"), (reading, number)
