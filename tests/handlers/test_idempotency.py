"""Idempotency-Key over HTTP: a request that is sent again is answered again, and done once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from hub.clock import Clock
from tests.handlers.rig import ORIGIN, Answer, Hub, running
from tests.handlers.test_records import book
from tests.handlers.world import World, build_world

API = "/api/v1"


class MovedClock(Clock):
    """A clock that a test moves."""

    ahead = timedelta(0)

    def now(self) -> datetime:
        """Return the wall time, moved."""
        return datetime.now(UTC) + self.ahead


async def _add(hub: Hub, world: World, key: str, name: str = "East", who: str = "AD") -> Answer:
    return await hub.call(
        "POST",
        f"{API}/facilities",
        token=world.tokens[who],
        json={"name": name, "type": "clinic"},
        headers={"Idempotency-Key": key},
    )


async def _count(superuser: asyncpg.Connection[asyncpg.Record], name: str = "East") -> int:
    found: int = await superuser.fetchval("SELECT count(*) FROM facilities WHERE name = $1", name)
    return found


async def test_the_same_request_gets_the_same_answer(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    first, again = await _add(hub, world, "one"), await _add(hub, world, "one")
    assert (again.status, again.body, again.headers["Idempotent-Replayed"]) == (201, first.body, "true")
    for name in ("Location", "ETag", "Content-Type"):
        assert again.headers[name] == first.headers[name]
    assert "Idempotent-Replayed" not in first.headers
    assert await _count(superuser) == 1


async def test_another_request_with_the_key_is_refused(hub: Hub, world: World) -> None:
    await _add(hub, world, "one")
    other = await _add(hub, world, "one", "West")
    assert (other.status, other.code, other.json["field"]) == (422, "idempotency_mismatch", "Idempotency-Key")
    elsewhere = await hub.call(
        "POST",
        f"{API}/ambulances",
        token=world.tokens["AD"],
        json={"plate_number": "X-1"},
        headers={"Idempotency-Key": "one"},
    )
    assert (elsewhere.status, elsewhere.code) == (422, "idempotency_mismatch")
    assert (await _add(hub, world, "one", "West", who="SV")).status == 403  # a key is one caller's


async def test_of_requests_at_once_one_is_done(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    answers = await asyncio.gather(*(_add(hub, world, "one") for _ in range(6)))
    assert {answer.status for answer in answers} <= {201, 409}
    made = {answer.json["id"] for answer in answers if answer.status == 201}
    assert len(made) == 1
    assert await _count(superuser) == 1


async def test_what_was_refused_may_be_sent_again(hub: Hub, world: World) -> None:
    key = {"Idempotency-Key": "one"}
    body = {"name": "", "type": "clinic"}
    for _ in range(2):
        answer = await hub.call("POST", f"{API}/facilities", token=world.tokens["AD"], json=body, headers=key)
        assert (answer.status, answer.code) == (422, "invalid_value")
    assert (await _add(hub, world, "one")).status == 201
    taken = await book(hub, world)
    assert taken.status == 201


@pytest.mark.parametrize("key", ["", "a b", "é".encode().decode("latin-1"), "x" * 256])
async def test_a_key_that_is_none_is_refused(hub: Hub, world: World, key: str) -> None:
    answer = await _add(hub, world, key)
    assert (answer.status, answer.code, answer.json["field"]) == (422, "invalid_value", "Idempotency-Key")


async def test_a_secret_is_not_told_twice(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    headers = {"Idempotency-Key": "one", "Origin": ORIGIN}
    order = {"purpose": "live"}
    first = await hub.call("POST", f"{API}/ws-tickets", token=world.tokens["PT"], json=order, headers=headers)
    again = await hub.call("POST", f"{API}/ws-tickets", token=world.tokens["PT"], json=order, headers=headers)
    assert (first.status, again.status, again.code) == (201, 409, "conflict")
    assert await superuser.fetchval("SELECT count(*) FROM idempotency_keys WHERE response IS NULL") == 1


async def test_a_key_that_a_dead_hub_left_is_taken_over_and_an_old_one_is_free(database: str) -> None:
    clock = MovedClock()
    async with running(database, clock=clock) as hub:
        world = await build_world(hub, database)
        superuser = await asyncpg.connect(database)
        try:
            assert (await _add(hub, world, "one")).status == 201
            await superuser.execute("UPDATE idempotency_keys SET status = NULL, response = NULL")
            busy = await _add(hub, world, "one")
            assert (busy.status, busy.code) == (409, "conflict")
            clock.ahead = timedelta(minutes=3)
            assert (await _add(hub, world, "one", "West")).status == 422
            assert (await _add(hub, world, "one")).status == 201
            assert await _count(superuser) == 2
            # Tokens of the world live for a quarter of an hour.
            await superuser.execute("UPDATE idempotency_keys SET expires_at = $1", clock.now())
            assert (await _add(hub, world, "one", "West")).status == 201
        finally:
            await superuser.close()
