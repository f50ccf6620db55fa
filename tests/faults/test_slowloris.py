"""Thousands who begin a request, a body or a handshake and never end it are cut in time, and nobody else waits."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator

import aiohttp
import asyncpg
import pytest

from storage.passwords import Passwords
from tests.faults.conftest import PlayScene, StartHub
from tests.faults.rig import slow
from tests.faults.rig.journal import percentile
from tests.faults.rig.population import make_tablets
from tests.faults.rig.scene import Load
from tests.faults.rig.slow import Group, slow_process

LOGIN_P99_S = 0.5
ASKED_EVERY_S = 0.2
DEADLINE_S = 10.0  # of headers and of a body
CUT_S = DEADLINE_S + 4.0  # with the time in which the rest of a refused body is read, and a round of the clock
WARM_S = 1.0  # of sign-ins before
PER_DEVICE = 5  # connections that one device may have
LINES_MAX = 30  # of the log, about thousands of senders: one for each cause and 10 s
MANY_SIGN_INS = {"limits": {"login_per_network_per_minute": 100_000.0}}
EMAIL, PASSWORD = "slow@example.org", "nine quiet herons by the weir"


@pytest.mark.timeout(180)
@pytest.mark.parametrize("kind", ["headers", "bodies", "handshakes", "mixed"])
async def test_slow_senders_are_cut_and_nobody_waits_for_them(
    start_hub: StartHub, play: PlayScene, fault_database: str, load: Load, kind: str
) -> None:
    """F16."""
    if not load.full and kind != "mixed":
        pytest.skip("one by one at full load")
    size = int(load.of(200, 2_000))
    hub = await start_hub(options=MANY_SIGN_INS)
    scene = await play(hub)
    await make_person(fault_database)
    devices = await make_tablets(fault_database, -(-size // PER_DEVICE), prefix="SLO")
    tokens = itertools.cycle(device.secret for device in devices)
    await sign_in_until(hub.url, time.monotonic() + WARM_S, lambda: False)
    chosen = ("headers", "bodies", "handshakes") if kind == "mixed" else (kind,)
    groups = [Group(list(beginnings(each, size // len(chosen), tokens)), each == "headers") for each in chosen]
    if load.full:  # what a process keeps for a crowd of this size once it has seen one; a second one must not add to it
        async with slow_process(hub.port, groups) as first:
            while (await first.later(ASKED_EVERY_S)).left:
                pass
        scene.memory_before[hub] = hub.memory_bytes()
    said = len(hub.words().splitlines())
    started_s = time.monotonic()
    async with slow_process(hub.port, groups) as slowly, asyncio.TaskGroup() as tasks:
        cut = asyncio.Event()
        signing_in = tasks.create_task(sign_in_until(hub.url, started_s + 10 * CUT_S, cut.is_set))
        await slowly.state()
        begun_s = time.monotonic()
        state = await slowly.state()
        while state.left and time.monotonic() < begun_s + CUT_S:
            state = await slowly.later(ASKED_EVERY_S)
        cut.set()
        logins_s = await signing_in
    assert state.left == 0, f"{state.left} were not cut; {state.statuses}"
    print(f"{kind}: {len(logins_s)} sign-ins, p99 {percentile(logins_s, 0.99):.3f} s; {state.statuses}")  # noqa: T201
    assert percentile(logins_s, 0.99) < LOGIN_P99_S
    acks_s = scene.journal.latencies_between(started_s, time.monotonic())
    assert percentile(acks_s, 0.99) < LOGIN_P99_S
    assert scene.journal.losses == []
    assert all(viewer.close_codes == [] for viewer in scene.viewers)
    lines = [json.loads(line)["event"] for line in hub.words().splitlines()[said:]]
    about = Counter(event for event in lines if event != "http_request")
    assert about.total() <= LINES_MAX, about
    await scene.judge()


def beginnings(kind: str, size: int, tokens: Iterator[str]) -> Iterator[str]:
    """Yield what so many slow senders of a kind send."""
    for _ in range(size):
        if kind == "headers":
            yield slow.header().decode()
        elif kind == "bodies":
            yield slow.body().decode()
        else:
            yield slow.handshake(next(tokens)).decode()


async def make_person(dsn: str) -> None:
    """Insert somebody who signs in with a password."""
    passwords = Passwords(memory_kib=1_024)
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(
            "INSERT INTO users (name, email, role, password) VALUES ('Sal', $1, 'admin', $2)",
            EMAIL,
            await passwords.hash(PASSWORD),
        )
    finally:
        passwords.close()
        await connection.close()


async def sign_in_until(url: str, deadline_s: float, done: Callable[[], bool]) -> list[float]:
    """Sign in again and again; returns how long each took."""
    taken_s = []
    async with aiohttp.ClientSession() as http:
        while time.monotonic() < deadline_s and not done():
            started_s = time.monotonic()
            credentials = {"email": EMAIL, "password": PASSWORD, "client": "app"}
            async with http.post(f"{url}/api/v1/sessions", json=credentials) as reply:
                assert reply.status == 201, await reply.text()
            taken_s.append(time.monotonic() - started_s)
            await asyncio.sleep(0.05)
    return taken_s
