"""The system gives no more descriptors, or no more memory: whoever is inside stays, whoever comes is told."""

from __future__ import annotations

import asyncio
import resource
import time

import aiohttp
import pytest

from tests.faults.conftest import PlayScene, StartHub
from tests.faults.rig import slow
from tests.faults.rig.checker import wait_until
from tests.faults.rig.crowd import crowd
from tests.faults.rig.population import make_tablets
from tests.faults.rig.processes import HubProcess
from tests.faults.rig.scene import Load, Scene
from tests.faults.rig.slow import senders

MIB = 2**20
IDLE_CPU = 0.9  # of a core: a loop that spins takes all of it
WATCHED_S = 2.0
KEPT_BYTES = 32 * MIB  # by the hub, for its work


async def test_beyond_its_descriptors_a_hub_refuses_and_keeps_those_inside(
    start_hub: StartHub, play: PlayScene, load: Load
) -> None:
    """F17: a cap from the start."""
    scene_size = load.tablets + load.viewers
    hub = await start_hub(limits={resource.RLIMIT_NOFILE: scene_size + 250})
    scene = await play(hub)
    async with senders() as flood:
        await flood.begin(hub.port, [slow.header()] * 500)
        await wait_until(lambda: flood.statuses()["503"] > 100, 10, f"refusals: {flood.statuses()}")
        assert b"Retry-After" in next(sender.answer for sender in flood.all if sender.answer[9:12] == b"503")
        await assert_goes_on(hub, scene)
        assert flood.left() > 50, "there was room for nobody"
    await assert_lets_in(hub)
    assert hub.words().count("connections_refused") <= 3
    await scene.judge()


async def test_a_hub_that_cannot_accept_rests_and_goes_on_when_it_can(start_hub: StartHub, play: PlayScene) -> None:
    """F17: descriptors that are gone before the hub has counted its connections."""
    hub = await start_hub()
    scene = await play(hub)
    _, hard = resource.prlimit(hub.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(hub.pid, resource.RLIMIT_NOFILE, (hub.descriptors() + 5, hard))
    async with senders() as flood:
        await flood.begin(hub.port, [slow.header()] * 50)
        await wait_until(lambda: "accepting_paused" in hub.words(), 10, "the hub rests")
        await assert_goes_on(hub, scene)
        resource.prlimit(hub.pid, resource.RLIMIT_NOFILE, (hard, hard))
        await assert_lets_in(hub)
    assert hub.words().count("accepting_paused") <= 2
    await scene.judge()


@pytest.mark.timeout(180)
async def test_short_of_memory_a_hub_lets_nobody_in_and_keeps_those_inside(
    start_hub: StartHub, play: PlayScene, fault_database: str, load: Load
) -> None:
    """F17: a cap close above the working set."""
    size = int(load.of(1_500, 4_000))
    hub = await start_hub()
    scene = await play(hub)
    credentials = await make_tablets(fault_database, size, prefix="CAP")
    cap = hub.data_bytes() + KEPT_BYTES + int(load.of(2, 12)) * MIB  # for connections, and what the load still grows
    _, hard = resource.prlimit(hub.pid, resource.RLIMIT_DATA)
    resource.prlimit(hub.pid, resource.RLIMIT_DATA, (cap, hard))
    async with crowd(hub.port, credentials=credentials) as everybody:
        await wait_until(lambda: "connections_refused" in hub.words(), 30, "somebody is refused")
        await assert_goes_on(hub, scene)
        state = await everybody.state()
        assert 0 < state.inside < size, state
        assert set(state.refusals) == {"503"}, state
        assert state.losses <= sum(state.refusals.values()), "somebody who was inside was lost"
        assert hub.data_bytes() < cap
    await assert_lets_in(hub)
    resource.prlimit(hub.pid, resource.RLIMIT_DATA, (hard, hard))
    scene.memory_before[hub] = max(scene.memory_before[hub], hub.memory_bytes())
    await scene.judge()


async def assert_goes_on(hub: HubProcess, scene: Scene) -> None:
    """Those inside are served as before, and the hub does not turn in circles."""
    started_s, used_s = time.monotonic(), hub.cpu_s()
    await asyncio.sleep(WATCHED_S)
    assert (hub.cpu_s() - used_s) / (time.monotonic() - started_s) < IDLE_CPU
    await scene.acks_flow(10)
    assert scene.journal.losses == []
    assert all(viewer.close_codes == [] for viewer in scene.viewers)


async def assert_lets_in(hub: HubProcess) -> None:
    """Somebody new is answered soon."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as http:

        async def answered() -> bool:
            try:
                async with http.get(f"{hub.url}/live") as reply:
                    return reply.status == 200
            except (aiohttp.ClientError, TimeoutError):
                return False

        await wait_until(answered, 10, "a new connection is answered")
