"""One stream has one owner: the newest claim, on whichever hub."""

from __future__ import annotations

import asyncio
import secrets
import signal
import time

import asyncpg
import pytest

from tests.faults.conftest import StartCluster, StartHub
from tests.faults.rig import checker
from tests.faults.rig.journal import Journal
from tests.faults.rig.population import make_tablets
from tests.faults.rig.processes import HubProcess
from tests.faults.rig.scene import Load
from tests.faults.rig.script import ScriptedDevice, road

SUPERSEDED = 4503  # close code
NEWEST_WINS_S = 2.0


Pair = tuple[HubProcess, HubProcess]


@pytest.fixture(params=["one-hub", "two-hubs", "valkey-away", "no-valkey"])
async def pair(request: pytest.FixtureRequest, start_hub: StartHub, start_cluster: StartCluster) -> Pair:
    """Where the older and the newer connection of a stream are."""
    if request.param == "one-hub":
        hub = await start_hub()
        return hub, hub
    if request.param == "no-valkey":
        return await start_hub(), await start_hub()
    cluster = await start_cluster(2)
    if request.param == "valkey-away":
        await cluster.valkey.kill()
    return cluster.hubs[0], cluster.hubs[1]


@pytest.mark.timeout(180)
@pytest.mark.parametrize("pair", ["two-hubs", "no-valkey"], indirect=True)
async def test_a_hub_that_slept_stores_nothing_for_a_device_that_has_moved_on(
    pair: Pair, fault_database: str, load: Load
) -> None:
    """F19."""
    sleeper, other = pair
    credentials = await make_tablets(fault_database, 2)
    journal, logs = Journal(), [secrets.token_hex(16) for _ in credentials]
    async with (
        ScriptedDevice.connect(sleeper.url, credentials[0], logs[0], journal) as resends,
        ScriptedDevice.connect(sleeper.url, credentials[1], logs[1], journal) as is_behind,
    ):
        for device in (resends, is_behind):
            await device.send(1, road(10))
            await device.acked_to(10)
        sleeper.send(signal.SIGSTOP)
        for device in (resends, is_behind):
            await device.send_unnoted(11, road(10, first=11, latitude=30.0))  # waits in the sleeper's socket
        await asyncio.sleep(load.of(3, 60))
        async with (
            ScriptedDevice.connect(other.url, credentials[0], logs[0], journal) as moved,
            ScriptedDevice.connect(other.url, credentials[1], logs[1], journal),  # and has not sent anything yet
        ):
            assert moved.acked == 10
            await moved.send(11, road(10, first=11))
            await moved.acked_to(20)
            sleeper.send(signal.SIGCONT)
            assert await resends.closed(10) == SUPERSEDED
            assert await is_behind.closed(10) == SUPERSEDED
            await moved.send(21, road(1, first=21))
            await moved.acked_to(21)
    verdict = await checker.check(fault_database, journal)
    assert verdict.faultless(), verdict
    assert verdict.stored == 21 + 10


async def test_the_newest_connection_of_a_stream_wins_within_two_seconds(pair: Pair, fault_database: str) -> None:
    """F20: one hub, and two."""
    first, second = pair
    (credential,) = await make_tablets(fault_database, 1)
    journal, log_id = Journal(), secrets.token_hex(16)
    async with ScriptedDevice.connect(first.url, credential, log_id, journal) as older:
        await older.send(1, road(5))
        await older.acked_to(5)
        async with ScriptedDevice.connect(second.url, credential, log_id, journal) as newer:
            started = time.monotonic()
            await newer.send(6, road(5, first=6))
            assert await older.closed(5) == SUPERSEDED
            assert time.monotonic() - started < NEWEST_WINS_S
            await newer.acked_to(10)
    connection = await asyncpg.connect(fault_database)
    assert await connection.fetchval("SELECT fence FROM streams WHERE log_id = $1", log_id) == 2
    await connection.close()
    verdict = await checker.check(fault_database, journal)
    assert verdict.faultless(), verdict
    assert verdict.stored == 10
