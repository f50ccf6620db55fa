"""Rights, tickets and rates are of the system and not of a hub: what ends or is used up on one, is so on all."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack

import aiohttp
import asyncpg
import pytest

from hub.protocol.codec import JSON
from tests.faults.conftest import StartCluster
from tests.faults.rig.checker import wait_until
from tests.faults.rig.cluster import Cluster
from tests.faults.rig.people import Ear, add_case, add_person, add_ride, clear, listening
from tests.faults.rig.population import make_dispatcher, make_tablets

ENDS_S = 2.0
ENDS_AWAY_S = 10.0  # without Valkey
FIRST_S = 5.0
RESYNC, REVOKED = 4005, 4504  # close codes
ORIGIN = "https://desk.example"
ROUNDS = 20
LOGINS, CALLS = 6, 20  # bursts
UNFAIR = 2  # attempts that may be counted twice, by the two hubs
LIMITS = {"login_per_minute": LOGINS, "api_per_s": 0.1, "api_burst": CALLS}


@pytest.mark.parametrize("away", [False, True], ids=["with-valkey", "valkey-away"])
async def test_a_right_that_ends_on_one_hub_ends_on_the_sockets_of_all(
    request: pytest.FixtureRequest, start_cluster: StartCluster, fault_database: str, *, away: bool
) -> None:
    """F22: ended through the API of one hub and in PostgreSQL, watched on the other and on the same."""
    if away:
        request.getfixturevalue("thorough")
    db = await asyncpg.connect(fault_database)
    patient, doctor = await add_person(db, "pat", "patient"), await add_person(db, "doc", "doctor")
    desk = await add_person(db, "desk", "staff")
    case = await add_case(db, patient, doctor, desk)
    (tablet,) = await make_tablets(fault_database, 1)
    cluster = await start_cluster(2)
    channel = f"ambulance:{case.ambulance_id}"
    async with AsyncExitStack() as stack:

        async def listen(token: str, to: str) -> list[Ear]:
            return [await stack.enter_async_context(listening(hub.url, token, to)) for hub in cluster.hubs]

        patients, doctors = await listen(patient.token, channel), await listen(doctor.token, channel)
        desks = await listen(desk.token, channel)
        tablets = await listen(tablet.secret, f"ambulance:{tablet.ambulance_id}")
        everybody = [*patients, *doctors, *desks, *tablets]
        await wait_until(lambda: all("snapshot" in ear.types() for ear in everybody), FIRST_S, "first pictures")
        if away:
            await cluster.valkey.kill()
        await sign_out(cluster.hubs[0].url, patient.token)
        await db.execute("DELETE FROM doctor_facilities WHERE doctor_id = $1", doctor.user_id)
        await db.execute("UPDATE users SET disabled_at = now() WHERE id = $1", desk.user_id)
        await db.execute("UPDATE devices SET revoked_at = now() WHERE id = $1", tablet.device_id)

        def ended() -> bool:
            closed = all(ear.close_code in (REVOKED, RESYNC) for ear in [*patients, *desks, *tablets])
            return closed and all(ear.refused() or ear.close_code == RESYNC for ear in doctors)

        took_s = await wait_until(ended, ENDS_AWAY_S if away else ENDS_S, "the end of every right on every hub")
        print(f"all had ended after {took_s:.2f} s")  # noqa: T201
    await db.close()
    for hub in cluster.hubs:
        assert hub.complaints() == []


async def test_a_call_that_is_over_is_told_and_then_followed_no_more_on_any_hub(
    start_cluster: StartCluster, fault_database: str
) -> None:
    """F22: an assignment is cleared, and a tablet is mounted elsewhere."""
    db = await asyncpg.connect(fault_database)
    patient, other = await add_person(db, "pat", "patient"), await add_person(db, "other", "patient")
    for one in (patient, other):
        await db.execute("INSERT INTO patients (id) VALUES ($1)", one.user_id)
    tablet, moved, spare = await make_tablets(fault_database, 3)
    mine = await add_ride(db, patient, tablet.ambulance_id)
    theirs = await add_ride(db, other, moved.ambulance_id)
    cluster = await start_cluster(2)
    async with AsyncExitStack() as stack:

        async def follow(token: str, channel: str) -> list[Ear]:
            return [await stack.enter_async_context(listening(hub.url, token, channel)) for hub in cluster.hubs]

        patients = await follow(patient.token, f"request:{mine.request_id}")
        crews = await follow(tablet.secret, f"request:{mine.request_id}")
        maps = await follow(patient.token, f"ambulance:{tablet.ambulance_id}")
        mounted = await follow(moved.secret, f"request:{theirs.request_id}")
        followers = [*patients, *crews, *mounted]
        await wait_until(lambda: all(ear.statuses() == ["assigned"] for ear in followers), FIRST_S, "first events")
        await wait_until(lambda: all("snapshot" in ear.types() for ear in maps), FIRST_S, "first pictures")
        await clear(db, mine)
        await db.execute("UPDATE devices SET ambulance_id = $2 WHERE id = $1", moved.device_id, spare.ambulance_id)

        def ended() -> bool:
            return all(ear.refused() for ear in (*patients, *crews, *maps)) and all(
                ear.close_code == RESYNC for ear in mounted
            )

        await wait_until(ended, ENDS_S, "the end of every right on every hub")
        assert all(ear.statuses() == ["assigned", "completed"] for ear in (*patients, *crews))
    await db.close()
    for hub in cluster.hubs:
        assert hub.complaints() == []


async def test_a_ticket_that_is_used_on_two_hubs_at_once_counts_on_one(
    start_cluster: StartCluster, fault_database: str
) -> None:
    cluster = await start_cluster(2, options={"server": {"public_origins": [ORIGIN]}})
    token = await make_dispatcher(fault_database)
    async with aiohttp.ClientSession(headers={"Origin": ORIGIN}) as http:
        for turn in range(ROUNDS):
            issuer = cluster.hubs[turn % 2]
            order = http.post(
                f"{issuer.url}/api/v1/ws-tickets",
                json={"purpose": "live"},
                headers={"Authorization": f"Bearer {token}"},
            )
            async with order as reply:
                assert reply.status == 201, await reply.text()
                ticket = (await reply.json())["ticket"]
            let_in = await asyncio.gather(*(uses(http, hub.url, ticket) for hub in cluster.hubs))
            assert sorted(let_in) == [False, True], f"in turn {turn}: {let_in}"


async def test_attempts_on_two_hubs_are_counted_together_and_without_valkey_by_each_its_share(
    start_cluster: StartCluster, fault_database: str
) -> None:
    cluster = await start_cluster(2, options={"limits": LIMITS})
    token = await make_dispatcher(fault_database)
    bearer = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession() as http:
        attempts = await sign_ins(http, cluster, "who@example.org")
        assert set(attempts) == {401, 429} and LOGINS <= attempts[401] <= LOGINS + UNFAIR, attempts
        calls: Counter[int] = Counter()
        for turn in range(3 * CALLS):
            path = f"{cluster.hubs[turn % 2].url}/api/v1/sessions/current"
            async with http.get(path, headers=bearer) as reply:
                calls[reply.status] += 1
        assert set(calls) == {200, 429} and CALLS <= calls[200] <= CALLS + 2 * UNFAIR, calls
        await cluster.valkey.kill()
        attempts = await sign_ins(http, cluster, "else@example.org")
        assert set(attempts) == {401, 429} and 1 <= attempts[401] <= LOGINS + UNFAIR, attempts
    for hub in cluster.hubs:
        assert hub.complaints() == []


async def sign_ins(http: aiohttp.ClientSession, cluster: Cluster, email: str) -> Counter[int]:
    """Try wrong passwords on all hubs in turn, more often than they allow; returns how they answered."""
    statuses: Counter[int] = Counter()
    for turn in range(3 * LOGINS):
        hub = cluster.hubs[turn % len(cluster.hubs)]
        body = {"email": email, "password": f"wrong {turn}", "client": "app"}
        async with http.post(f"{hub.url}/api/v1/sessions", json=body) as reply:
            statuses[reply.status] += 1
    return statuses


async def sign_out(url: str, token: str) -> None:
    """End the session of a token."""
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession() as http, http.delete(f"{url}/api/v1/sessions/current", headers=headers) as reply:
        assert reply.status == 204, await reply.text()


async def uses(http: aiohttp.ClientSession, url: str, ticket: str) -> bool:
    """Try to connect with a ticket; tells whether the hub lets it in."""
    try:
        async with http.ws_connect(f"{url}/ws/live", protocols=(JSON.subprotocol, f"ticket.{ticket}")):
            return True
    except aiohttp.WSServerHandshakeError as refusal:
        assert refusal.status == 401, refusal
        return False
