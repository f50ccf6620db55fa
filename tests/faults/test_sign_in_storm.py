"""Everybody signs in at once, at the change of shifts: the fixes go on as if nobody did."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

import aiohttp
import asyncpg
import pytest

from storage.passwords import Passwords
from tests.faults.conftest import PlayScene, StartHub
from tests.faults.rig.journal import percentile
from tests.faults.rig.scene import Load

ACK_P99_S = 0.5
ALL_IN_S = 60.0
PASSWORD = "nine quiet herons by the weir"
MANY_SIGN_INS = {"limits": {"login_per_network_per_minute": 100_000.0, "login_per_minute": 1_000.0}}


@pytest.mark.timeout(180)
async def test_two_hundred_sign_ins_at_once_delay_no_fix(
    start_hub: StartHub, play: PlayScene, fault_database: str, load: Load
) -> None:
    hub = await start_hub(options=MANY_SIGN_INS)
    emails = await make_people(fault_database, int(load.of(80, 200)))
    await storm(hub.url, emails)  # what a process keeps for a crowd of this size once it has seen one
    scene = await play(hub)
    started_s = time.monotonic()
    rounds = await storm(hub.url, emails)
    ended_s = time.monotonic()
    acks_s = scene.journal.latencies_between(started_s, ended_s)
    print(f"{ended_s - started_s:.1f} s, {rounds}; ack p99 {percentile(acks_s, 0.99):.3f} s")  # noqa: T201
    # Who cannot wait in line is told at once to come back, so nothing piles up.
    assert rounds[0]["full"] > 0
    assert rounds[0]["in"] > 0
    assert set().union(*rounds) <= {"in", "full"}
    assert percentile(acks_s, 0.99) < ACK_P99_S
    assert all(viewer.close_codes == [] for viewer in scene.viewers)
    await scene.judge()


async def storm(url: str, emails: list[str]) -> list[Counter[str]]:
    """Sign everybody in at once, and those who were refused again; returns the answers of each round."""
    rounds: list[Counter[str]] = []
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http, asyncio.timeout(ALL_IN_S):
        waiting = emails
        while waiting:
            answers = await asyncio.gather(*(sign_in(http, url, email) for email in waiting))
            rounds.append(Counter(answers))
            waiting = [email for email, answer in zip(waiting, answers, strict=True) if answer != "in"]
            await asyncio.sleep(1.0 if waiting else 0.0)
    return rounds


async def sign_in(http: aiohttp.ClientSession, url: str, email: str) -> str:
    """Return `in`, `full` where the hub says that too many are asking, and what else it says."""
    body = {"email": email, "password": PASSWORD, "client": "app"}
    async with http.post(f"{url}/api/v1/sessions", json=body) as reply:
        if reply.status == 201:
            return "in"
        said = await reply.json(content_type=None)
        full = (reply.status, said["code"]) == (503, "overloaded") and int(reply.headers["Retry-After"]) >= 1
        return "full" if full else f"{reply.status} {said['code']}"


async def make_people(dsn: str, count: int) -> list[str]:
    """Insert people who sign in with a password at its full cost."""
    passwords = Passwords()
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(
            "INSERT INTO users (name, email, role, password)"
            " SELECT 'Sal', 'sal' || n || '@example.org', 'patient', $1 FROM generate_series(1, $2::int) n"
            " RETURNING email",
            await passwords.hash(PASSWORD),
            count,
        )
    finally:
        passwords.close()
        await connection.close()
    return [row["email"] for row in rows]
