"""PostgreSQL dies, hangs or loses its answers; devices wait, and nothing is lost or stored twice."""

from __future__ import annotations

import asyncio
import functools
import os
import signal
import time

import aiohttp
import pytest

from arogya.embedded.postgres import EmbeddedPostgres
from storage.pool import Database
from storage.sql import Query
from tests.faults.conftest import PlayScene, StartHub
from tests.faults.rig import faults
from tests.faults.rig.checker import wait_until
from tests.faults.rig.processes import HubProcess, PostgresFaults
from tests.faults.rig.proxy import FaultProxy
from tests.faults.rig.scene import Load

COPY_DONE = b"c\x00\x00\x00\x04"  # the frontend message that ends a COPY
COMMIT = b"COMMIT"
BACKEND_OUTAGE_S = 2.0
RESTART_OUTAGE_S = 3.0
DRAINED_S = 15.0
LOOP_LAG_S = 0.05


@pytest.mark.timeout(900)
async def test_a_commit_whose_answer_is_lost_is_decided_by_the_marks(
    start_hub: StartHub, play: PlayScene, database_proxy: tuple[FaultProxy, str], load: Load
) -> None:
    """F3: the reply after CopyDone or after COMMIT is cut off, or COMMIT itself is."""
    proxy, dsn = database_proxy
    hub = await start_hub(dsn)
    scene = await play(hub)
    wanted = int(load.of(24, 200))
    losses: list[faults.Fault] = [
        faults.LoseReply(COMMIT, 0.5),
        faults.LoseReply(COPY_DONE, 0.5),
        faults.LoseRequest(COMMIT, 0.5),
    ]
    for number, fault in enumerate(losses, start=1):
        goal = wanted * number // len(losses)
        proxy.set(up=fault)
        await wait_until(functools.partial(cut, proxy, goal), 300, f"{goal} cuts")
    proxy.set(up=faults.Pass())
    await scene.judge()


@pytest.mark.timeout(300)
async def test_a_killed_backend_costs_at_most_two_seconds(
    start_hub: StartHub, play: PlayScene, load: Load, fault_cluster: EmbeddedPostgres, fault_database: str
) -> None:
    """F4: PostgreSQL answers the death of one backend by restarting all of them."""
    hub = await start_hub()
    scene = await play(hub)
    backend = await PostgresFaults(fault_cluster).ingest_backend(fault_database)
    killed = time.monotonic()
    os.kill(backend, signal.SIGKILL)
    await scene.acks_flow(10)
    # In `make test` two other workers want the same cores.
    assert scene.longest_ack_gap(killed) < load.of(3 * BACKEND_OUTAGE_S, BACKEND_OUTAGE_S)
    assert scene.journal.losses == [], "a tablet lost its connection"
    await scene.judge()


@pytest.mark.timeout(300)
async def test_acks_return_three_seconds_after_a_killed_server_does(
    start_hub: StartHub, play: PlayScene, fault_cluster: EmbeddedPostgres
) -> None:
    """F5."""
    hub = await start_hub()
    scene = await play(hub)
    PostgresFaults(fault_cluster).kill_postmaster()
    await asyncio.sleep(0.5)
    await asyncio.to_thread(fault_cluster.start)
    await scene.acks_flow(RESTART_OUTAGE_S + 1 / scene.load.rate_hz)
    assert scene.journal.losses == [], "a tablet lost its connection"
    await scene.judge()


@pytest.mark.timeout(300)
async def test_a_server_that_hangs_gets_no_acks_and_loses_no_sockets(
    start_hub: StartHub, play: PlayScene, fault_cluster: EmbeddedPostgres, load: Load
) -> None:
    """F6."""
    hub = await start_hub()
    scene = await play(hub)
    await scene.acks_flow(5)
    postgres = PostgresFaults(fault_cluster)
    lag_before = await hub.metric_histogram("hub_loop_lag_seconds")
    postgres.signal_tree(signal.SIGSTOP)
    try:
        await asyncio.sleep(0.5)  # acks of what had committed
        stopped = time.monotonic()
        delays = await answers_while(hub, load.of(6, 30))
        acks = scene.journal.acks_between(stopped, time.monotonic())
    finally:
        postgres.signal_tree(signal.SIGCONT)
    continued = time.monotonic()
    assert acks == 0
    goals = {tablet: tablet.recorded for tablet in scene.tablets}
    await wait_until(lambda: all(t.mine.acked >= goal for t, goal in goals.items()), DRAINED_S, "the backlog stored")
    assert time.monotonic() - continued < DRAINED_S
    assert scene.journal.losses == [], "a tablet lost its connection"
    lag = share_above(lag_before, await hub.metric_histogram("hub_loop_lag_seconds"), LOOP_LAG_S)
    assert lag <= load.of(0.1, 0.01), f"{lag:.1%} of the loop's turns came later than {LOOP_LAG_S} s"
    assert delays[int(len(delays) * 0.5)] < LOOP_LAG_S, "the hub answered slowly"
    await scene.judge()


async def test_a_call_that_is_cancelled_while_the_server_hangs_ends_as_cancelled(
    database_proxy: tuple[FaultProxy, str],
) -> None:
    """What its caller says of a server that is away would otherwise go on for ever: the hub could not stop."""
    proxy, dsn = database_proxy
    database = await Database.open(dsn, role=None, size=1, command_timeout_s=30, acquire_timeout_s=0.5)
    query = Query("SELECT pg_sleep(30)")
    asking = asyncio.ensure_future(database.fetch(query))
    await wait_until(lambda: database.busy == 1, 5, "the statement runs")
    await asyncio.sleep(0.2)
    proxy.set(up=faults.Swallow(), down=faults.Swallow())
    asking.cancel()
    await asyncio.wait((asking,), timeout=10)
    assert asking.done() and asking.cancelled()
    await database.close(timeout_s=0.1)


def cut(proxy: FaultProxy, times: int) -> bool:
    """Tell whether the proxy has struck so often."""
    return proxy.cuts >= times


async def answers_while(hub: HubProcess, seconds: float) -> list[float]:
    """Ask /live again and again for a while; returns the sorted times to answer."""
    delays = []
    end = time.monotonic() + seconds
    async with aiohttp.ClientSession() as http:
        while time.monotonic() < end:
            asked = time.monotonic()
            async with http.get(f"{hub.url}/live") as reply:
                assert reply.status == 200
            delays.append(time.monotonic() - asked)
            await asyncio.sleep(0.05)
    return sorted(delays)


def share_above(before: dict[float, float], after: dict[float, float], bound: float) -> float:
    """Return which share of a histogram's newer observations were above a bucket's bound."""
    total = after.get(float("inf"), 0.0) - before.get(float("inf"), 0.0)
    within = after.get(bound, 0.0) - before.get(bound, 0.0)
    assert total > 0, "the hub does not measure its loop"
    return 1 - within / total
