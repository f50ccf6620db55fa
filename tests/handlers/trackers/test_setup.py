"""Setting up a tracker: the link that is shown once is the one that its app posts to."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
import pytest

from tests.handlers.rig import SETTINGS
from tests.handlers.trackers.rig import Station, station
from tests.handlers.world import World, build_world

DEVICES = "/api/v1/devices"


@pytest.fixture
async def here(database: str) -> AsyncIterator[Station]:
    """A hub with an address of its own."""
    async with station(database, settings=replace(SETTINGS, link_origin="https://hub.example")) as made:
        yield made


@pytest.fixture
async def world(here: Station, database: str) -> World:
    """Two facilities with people and ambulances."""
    return await build_world(here.hub, database)


async def add(here: Station, world: World, protocol: str, **order: Any) -> dict[str, Any]:
    """Add a tracker, and return what is shown of it this once."""
    wanted = {"kind": "tablet", "name": "A phone", "protocol": protocol, "ambulance_id": world.ambulances["free"]}
    answer = await here.hub.call("POST", DEVICES, token=world.tokens["AD"], json={**wanted, **order})
    assert answer.status == 201, answer.body
    added: dict[str, Any] = answer.json
    assert added["claim_code"] is added["claim_expires_at"] is None
    return added


async def test_the_link_of_traccar_client_is_where_it_posts(
    here: Station, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    added = await add(here, world, "traccar")
    link = urlsplit(added["setup_link"])
    assert (link.scheme, link.netloc) == ("https", "hub.example")
    settings = parse_qs(link.query)
    assert (settings["id"], settings["distance"], settings["buffer"]) == ([str(added["device"]["id"])], ["0"], ["true"])
    params = {"lat": "18.5", "lon": "73.8", "timestamp": "1763886600"}
    assert (await here.hub.call("POST", link.path, params=params)).status == 200
    assert await superuser.fetchval("SELECT ambulance_id FROM ambulance_positions") == world.ambulances["free"]


async def test_the_link_of_owntracks_holds_what_it_signs_in_with(here: Station, world: World) -> None:
    added = await add(here, world, "owntracks")
    packed = unquote(added["setup_link"].removeprefix("owntracks:///config?inline="))
    configuration = json.loads(base64.b64decode(packed))
    assert configuration["url"] == "https://hub.example/owntracks"
    basic = base64.b64encode(f"{configuration['username']}:{configuration['password']}".encode()).decode()
    answer = await here.hub.call("POST", "/owntracks", data=b"", headers={"Authorization": f"Basic {basic}"})
    assert answer.status == 200


async def test_a_new_secret_is_a_new_link_and_the_old_one_counts_for_a_while(here: Station, world: World) -> None:
    added = await add(here, world, "traccar")
    path = f"{DEVICES}/{added['device']['id']}"
    rotated = await here.hub.call("POST", f"{path}/rotate", token=world.tokens["AD"])
    assert rotated.json["old_secret_ends_at"] is not None
    links = [urlsplit(each["setup_link"]).path for each in (added, rotated.json)]
    assert links[0] != links[1]
    assert [(await here.hub.call("GET", link)).status for link in links] == [200, 200]
    refused = await here.hub.call("POST", f"{path}/claim_code", token=world.tokens["AD"])
    assert refused.status == 409
    await here.hub.call("POST", f"{path}/revoke", token=world.tokens["AD"])
    assert [(await here.hub.call("GET", link)).status for link in links] == [404, 404]
    assert (await here.hub.call("POST", f"{path}/rotate", token=world.tokens["AD"])).status == 409


async def test_a_tracker_is_shown_as_one(here: Station, world: World) -> None:
    added = await add(here, world, "owntracks")
    assert added["device"]["protocol"] == "owntracks"
    listed = await here.hub.call("GET", f"{DEVICES}?protocol=owntracks", token=world.tokens["AD"])
    assert [item["id"] for item in listed.json["items"]] == [added["device"]["id"]]
    assert "setup_link" not in listed.json["items"][0]


async def test_a_sensor_is_no_tracker(here: Station, world: World) -> None:
    order = {"kind": "physio", "name": "Knee sensor", "protocol": "traccar"}
    answer = await here.hub.call("POST", DEVICES, token=world.tokens["AD"], json=order)
    assert (answer.status, answer.json["field"]) == (422, "protocol")
