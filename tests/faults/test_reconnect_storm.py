"""Everybody comes back at once: all are let in soon, for less than a query each, and those inside do not notice."""

from __future__ import annotations

import resource
import time

import asyncpg
import pytest

from tests.faults.conftest import PlayScene, StartCluster, StartHub
from tests.faults.rig.checker import wait_until
from tests.faults.rig.crowd import CrowdProcess, crowd
from tests.faults.rig.journal import percentile
from tests.faults.rig.population import make_tablets
from tests.faults.rig.processes import HubProcess
from tests.faults.rig.scene import Load, Scene
from tests.faults.rig.statements import Statements

BACK_S = 30.0
ACK_P99_S = 2.0
SPARE_DESCRIPTORS = 1_500  # of this process, for the load beside the crowd
ORDINARY_S = 3.0


@pytest.mark.timeout(300)
async def test_a_crowd_that_comes_back_at_once_is_let_in_soon_and_costs_less_than_a_query_each(
    start_hub: StartHub, play: PlayScene, fault_database: str, load: Load, seed: int
) -> None:
    """F15."""
    hub = await start_hub()
    await drop_everybody([hub], await play(hub), fault_database, load, seed)


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("thorough")
async def test_a_crowd_that_comes_back_to_two_hubs_is_let_in_as_soon_and_as_cheaply(
    start_cluster: StartCluster, play: PlayScene, fault_database: str, load: Load, seed: int
) -> None:
    """F15 with two hubs: everybody comes back to any of them."""
    cluster = await start_cluster(2)
    await drop_everybody(cluster.hubs, await play(*cluster.hubs), fault_database, load, seed)
    await cluster.met()


async def drop_everybody(hubs: list[HubProcess], scene: Scene, dsn: str, load: Load, seed: int) -> None:
    """Let a crowd in beside a scene, drop it, and see it come back."""
    size = int(load.of(600, min(10_000, descriptors() - SPARE_DESCRIPTORS)))
    credentials = await make_tablets(dsn, size, prefix="CRD")
    connection = await asyncpg.connect(dsn)
    async with crowd(*[hub.port for hub in hubs], credentials=credentials, seed=seed) as everybody:
        await inside(everybody, size, 4 * BACK_S)
        statements = Statements(connection)
        ordinary = await statements.ordinary(ORDINARY_S)
        scene.memory_before = {hub: hub.memory_bytes() for hub in hubs}
        await statements.since()
        started_s = time.monotonic()
        dropped = await everybody.drop()
        assert dropped.losses == size, "not everybody was dropped"
        await inside(everybody, size, BACK_S)
        back_s = time.monotonic() - started_s
        asked = (await statements.since()).beyond(ordinary)
        acks_s = scene.journal.latencies_between(started_s, started_s + back_s)
        print(f"{size} back in {back_s:.2f} s, {sum(asked.values())} queries, ack p99 {percentile(acks_s, 0.99):.3f} s")  # noqa: T201
        # On a busy machine a small crowd trickles in, and fewer ask at the same moment.
        assert sum(asked.values()) <= load.of(2.0, 1.0) * size, asked
        assert acks_s, "no ack came meanwhile"
        assert percentile(acks_s, 0.99) < ACK_P99_S
        assert scene.journal.losses == []
        assert (await everybody.state()).refusals == {}
    await connection.close()
    await scene.judge()


async def inside(everybody: CrowdProcess, size: int, within_s: float) -> None:
    """Wait until nobody is missing."""
    state = await everybody.state()

    async def all_inside() -> bool:
        nonlocal state
        state = await everybody.state()
        return state.inside == size

    await wait_until(all_inside, within_s, f"{size} are inside: {state}")


def descriptors() -> int:
    """Return how many files this process may open."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 10**6 if soft == resource.RLIM_INFINITY else soft
