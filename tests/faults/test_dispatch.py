"""Calls are taken, offered and served while hubs die and lose each other: nothing is lost, and nothing done twice."""

from __future__ import annotations

import asyncio
import random
import signal
from functools import partial
from pathlib import Path

import pytest

from tests.faults.conftest import StartCluster
from tests.faults.rig import faults, ledger
from tests.faults.rig.calls import Dispatcher
from tests.faults.rig.checker import wait_until
from tests.faults.rig.cluster import Cluster
from tests.faults.rig.crews import Crew, on_duty
from tests.faults.rig.population import make_dispatcher, make_tablets
from tests.faults.rig.proxy import FaultProxy
from tests.faults.rig.scene import Load

SERVED_S = 60.0


async def serve(dispatcher: Dispatcher, crews: list[Crew], rounds: int) -> None:
    """Take calls and have each served to its end, one after the other for each crew, all crews at once."""

    async def one(crew: Crew) -> None:
        for number in range(rounds):
            request_id = await dispatcher.call(f"call {number} for {crew.credential.ambulance_id}", crew.latitude)
            status, answer = await dispatcher.offer(request_id, crew.credential.ambulance_id)
            # The first attempt may have been done, and its answer lost with its hub: then the unit has this call.
            assert status in (201, 409), answer
            await wait_until(partial(_is_through, crew, number + 1), SERVED_S, lambda: f"{crew.answered[-3:]}")

    async with asyncio.TaskGroup() as tasks:
        for crew in crews:
            tasks.create_task(one(crew))


def _is_through(crew: Crew, calls: int) -> bool:
    return sum(said.stage == "cleared" and said.status == "done" for said in crew.answered) >= calls


async def judge(cluster: Cluster, dsn: str, dispatcher: Dispatcher, crews: list[Crew], calls: int) -> None:
    """Check everything that was promised."""
    verdict = await ledger.check(dsn, dispatcher, crews)
    assert verdict.faultless(), verdict
    assert len(dispatcher.requests) == calls
    assert verdict.steps == calls * 6, f"accepted and five stages each: {verdict}"
    refused = [said for crew in crews for said in crew.answered if said.status != "done"]
    assert refused == []
    for hub in cluster.hubs:
        assert hub.complaints() == []


@pytest.mark.timeout(300)
async def test_calls_are_served_while_hubs_are_killed_in_the_middle_of_offers_and_stages(
    start_cluster: StartCluster, fault_database: str, load: Load, seed: int, tmp_path: Path
) -> None:
    """F1 on two nodes: one of them is always dying."""
    cluster = await start_cluster(2)
    credentials = await make_tablets(fault_database, 3)
    dispatcher = Dispatcher([hub.url for hub in cluster.hubs], await make_dispatcher(fault_database))
    chance, rounds = random.Random(seed), int(load.of(2, 25))  # noqa: S311  (replayable)
    async with FaultProxy(cluster.hubs[0].port).run() as door:
        async with (
            on_duty(f"http://127.0.0.1:{door.port}", credentials, tmp_path) as crews,
            asyncio.TaskGroup() as tasks,
        ):
            serving = tasks.create_task(serve(dispatcher, crews, rounds))
            while not serving.done():
                await asyncio.sleep(chance.uniform(0.2, 1.2))
                victim = chance.randrange(2)
                await cluster.hubs[victim].kill()
                door.target = cluster.hubs[1 - victim].port
                await cluster.hubs[victim].start_ready()
    assert sum(hub.starts for hub in cluster.hubs) > 2, "hardly a hub was killed"
    await judge(cluster, fault_database, dispatcher, crews, len(crews) * rounds)


@pytest.mark.timeout(300)
async def test_what_was_committed_when_its_answer_was_lost_is_done_once(
    start_cluster: StartCluster, fault_database: str, load: Load, seed: int, tmp_path: Path
) -> None:
    """F2 and F23: the answers of hubs to crews and to dispatchers are lost on the way, again and again."""
    cluster = await start_cluster(2)
    credentials = await make_tablets(fault_database, 2)
    rounds = int(load.of(2, 20))
    async with (
        FaultProxy(cluster.hubs[0].port, seed=seed).run() as door,
        FaultProxy(cluster.hubs[1].port, seed=seed + 1).run() as desk,
    ):
        dispatcher = Dispatcher([f"http://127.0.0.1:{desk.port}"], await make_dispatcher(fault_database))
        async with on_duty(f"http://127.0.0.1:{door.port}", credentials, tmp_path) as crews:
            desk.set(up=faults.LoseReply(b"POST ", 0.4))
            async with asyncio.TaskGroup() as tasks:
                serving = tasks.create_task(serve(dispatcher, crews, rounds))
                while not serving.done():
                    await asyncio.sleep(0.4)
                    door.reset_links()
        assert desk.cuts > 0, "no reply was lost"
    await judge(cluster, fault_database, dispatcher, crews, len(crews) * rounds)


@pytest.mark.timeout(300)
async def test_calls_are_served_while_the_hub_loses_its_commits_answers(
    start_cluster: StartCluster, fault_database: str, database_proxy: tuple[FaultProxy, str], load: Load, tmp_path: Path
) -> None:
    """F3: PostgreSQL's word that a transaction went through is cut off."""
    proxy, dsn = database_proxy
    cluster = await start_cluster(1)
    weak = await cluster.add(database=proxy, dsn=dsn)
    credentials = await make_tablets(fault_database, 2)
    dispatcher = Dispatcher([weak.hub.url], await make_dispatcher(fault_database))
    rounds = int(load.of(2, 20))
    async with on_duty(weak.hub.url, credentials, tmp_path) as crews, asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(serve(dispatcher, crews, rounds))
        while not serving.done():
            await asyncio.sleep(0.7)
            proxy.set(up=faults.LoseReply(b"COMMIT", 1.0))
            await asyncio.sleep(0.2)
            proxy.set(up=faults.Pass())
            proxy.reset_links()
    assert proxy.cuts > 0, "no commit lost its answer"
    await judge(cluster, fault_database, dispatcher, crews, len(crews) * rounds)


@pytest.mark.timeout(300)
async def test_a_hub_that_is_told_to_stop_leaves_its_calls_to_the_other(
    start_cluster: StartCluster, fault_database: str, tmp_path: Path
) -> None:
    """F18 and F10: it ends with status 0 in time, without Valkey too, and every call goes on."""
    cluster = await start_cluster(2)
    credentials = await make_tablets(fault_database, 2)
    dispatcher = Dispatcher([cluster.hubs[1].url], await make_dispatcher(fault_database))
    async with FaultProxy(cluster.hubs[0].port).run() as door:
        async with (
            on_duty(f"http://127.0.0.1:{door.port}", credentials, tmp_path) as crews,
            asyncio.TaskGroup() as tasks,
        ):
            serving = tasks.create_task(serve(dispatcher, crews, 2))
            await wait_until(lambda: any(crew.answered for crew in crews), SERVED_S, "a first report")
            await cluster.valkey.kill()
            door.target = cluster.hubs[1].port
            cluster.hubs[0].send(signal.SIGTERM)
            await cluster.hubs[0].wait_ended(15)
            assert cluster.hubs[0].returncode == 0
            await serving
    await judge(cluster, fault_database, dispatcher, crews, len(crews) * 2)
