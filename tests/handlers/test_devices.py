"""Claiming a device over HTTP."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg

from hub.access import tokens
from tests.handlers.rig import Hub
from tests.handlers.world import LIVE, World

PATH = "/api/v1/devices/claim"


async def _offer(
    connection: asyncpg.Connection[asyncpg.Record], world: World, *, lives: timedelta = timedelta(hours=24)
) -> str:
    code = tokens.new_claim_code()
    await connection.execute(
        "UPDATE devices SET claim_hash = $2, claim_expires_at = $3 WHERE id = $1",
        world.devices["TB"],
        tokens.claim_digest(code),
        datetime.now(UTC) + lives,
    )
    return code


async def test_a_code_becomes_a_secret_once(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    code = await _offer(superuser, world)
    typed = f" {code.lower().replace('-', ' ')} "
    answer = await hub.call("POST", PATH, json={"code": typed})
    assert answer.status == 201
    assert answer.json["device_id"] == world.devices["TB"]
    assert answer.json["ambulance"] == {"id": world.ambulances["live"], "plate_number": LIVE}
    seen = await hub.call("GET", "/api/v1/ambulances", token=answer.json["secret"])
    assert [item["plate_number"] for item in seen.json["items"]] == [LIVE]
    again = await hub.call("POST", PATH, json={"code": code})
    assert (again.status, again.code) == (404, "not_found")


async def test_a_claim_ends_the_secrets_before_it(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    code = await _offer(superuser, world)
    assert (await hub.call("POST", PATH, json={"code": code})).status == 201
    assert (await hub.call("GET", "/api/v1/map", token=world.tokens["TB"])).status == 401


async def test_two_who_race_for_a_code_get_one_secret(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    code = await _offer(superuser, world)
    answers = await asyncio.gather(*(hub.call("POST", PATH, json={"code": code}) for _ in range(4)))
    assert sorted(answer.status for answer in answers) == [201, 404, 404, 404]


async def test_codes_that_do_not_count_answer_alike(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    expired = await _offer(superuser, world, lives=timedelta(seconds=-1))
    for code in (expired, "XXXXX-XXXXX-XXXXX-XXXXX", "\x00", "'; DROP TABLE devices", "٣" * 20):
        answer = await hub.call("POST", PATH, json={"code": code})
        assert (answer.status, answer.code) == (404, "not_found")
