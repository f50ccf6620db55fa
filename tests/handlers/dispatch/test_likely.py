"""Calls that look like the one being taken."""

from __future__ import annotations

from typing import Any

import pytest

from tests.handlers.dispatch.scene import HERE, Connection, add_call, ago
from tests.handlers.rig import Hub
from tests.handlers.world import World

LIKELY = "/api/v1/dispatch/likely"


async def why(hub: Hub, world: World, **asked: Any) -> dict[str, list[str]]:
    """Return why each call that was found is like the one asked about."""
    answer = await hub.call("GET", LIKELY, token=world.tokens["DP"], params=asked)
    return {item["request"]["id"]: item["why"] for item in answer.json["items"]}


@pytest.mark.parametrize("number", ["+91 98200 55501", "09820055501", "98200-55501"])
async def test_the_same_number_is_one_however_it_is_written(
    hub: Hub, world: World, superuser: Connection, number: str
) -> None:
    call = await add_call(superuser, callback_number="+91 98200 55501", requested_at=ago(hours=3), status="queued")
    await add_call(superuser, callback_number="+91 98200 55502")
    assert await why(hub, world, callback_number=number) == {str(call): ["the same number"]}


async def test_a_short_number_is_like_none(hub: Hub, world: World, superuser: Connection) -> None:
    await add_call(superuser, callback_number="112")
    assert await why(hub, world, callback_number="112") == {}


async def test_the_strongest_reason_is_the_first(hub: Hub, world: World, superuser: Connection) -> None:
    near = await add_call(superuser, requested_at=ago(minutes=3), complaint="Car hit a tree")
    both = await add_call(superuser, patient_id=world.users["PT"], requested_at=ago(minutes=1))
    await add_call(superuser, requested_at=ago(minutes=45), status="queued")
    await add_call(superuser, place=(HERE[0] + 0.01, HERE[1]), requested_at=ago(minutes=3))
    asked = {"patient_id": str(world.users["PT"]), "latitude": HERE[0], "longitude": HERE[1]}
    found = await why(hub, world, **asked, complaint="car against a tree")
    assert found.pop(next(iter(set(found) - {str(near), str(both)})), None) == ["the same patient"]  # of the world
    assert found == {
        str(both): ["the same patient", "0 m away, 1 min ago"],
        str(near): ["0 m away, 3 min ago", "a like complaint"],
    }


async def test_one_that_ended_lately_counts_and_a_duplicate_does_not(
    hub: Hub, world: World, superuser: Connection
) -> None:
    number: dict[str, Any] = {"callback_number": "020 5550 1000"}
    closed = await add_call(superuser, status="completed", closed_at=ago(minutes=20), **number)
    await add_call(superuser, status="completed", closed_at=ago(minutes=70), **number)
    await add_call(superuser, status="duplicate", duplicate_of=closed, closed_at=ago(minutes=1), **number)
    assert set(await why(hub, world, **number)) == {str(closed)}


async def test_the_call_that_is_looked_at_is_not_like_itself(hub: Hub, world: World, superuser: Connection) -> None:
    call = await add_call(superuser, callback_number="020 5550 1000")
    assert await why(hub, world, callback_number="02055501000", besides=str(call)) == {}


async def test_nothing_known_is_like_nothing(hub: Hub, world: World, superuser: Connection) -> None:
    await add_call(superuser)
    assert await why(hub, world) == {}
