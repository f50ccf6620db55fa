"""Valkey dies, hangs, forgets or refuses: acks do not notice, and every map on every hub stays right."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.faults.conftest import PlayScene, StartCluster
from tests.faults.rig.cluster import Cluster
from tests.faults.rig.outages import OUTAGES, Outage
from tests.faults.rig.scene import LIVE_S, STEADY_S, Load

NOTICED_S = 3.0
THROUGH_POSTGRES_S = 3.5  # 3 s, and the turns that a busy machine takes
UNNOTICED_S = 6.0  # of the other's news, until the hub knows that it lacks them
CONVERGED_S = 3.0
CALM_S = 2.0
IN_MAKE_TEST = "killed"


@pytest.fixture
def affordable(request: pytest.FixtureRequest, outage: Outage) -> None:
    """Only one of them comes in `make test`."""
    if outage.name != IN_MAKE_TEST:
        request.getfixturevalue("thorough")


@pytest.mark.timeout(180)
@pytest.mark.usefixtures("affordable")
@pytest.mark.parametrize("outage", OUTAGES, ids=lambda outage: outage.name.replace(" ", "-"))
async def test_whatever_happens_to_valkey_the_acks_flow_and_the_maps_are_right(
    outage: Outage, start_cluster: StartCluster, play: PlayScene, load: Load
) -> None:
    """F10."""
    cluster = await start_cluster(2)
    scene = await play(*cluster.hubs)
    await scene.wait_live()
    before = await scene.watch(CALM_S)
    assert before.lag_s < 2 * LIVE_S, before
    async with outage.strike(cluster):
        began = time.monotonic()
        await noticed(cluster, outage)
        unnoticed = await scene.watch(max(0.1, began + NOTICED_S + 1 - time.monotonic()))
        during = await scene.watch(load.of(3, 20))
    returned_s = await scene.wait_live(CONVERGED_S + STEADY_S)
    for node in cluster.nodes:
        await node.wait_readiness("ready", CONVERGED_S)
    after = await scene.watch(1.0)
    print(f"before {before}, at first {unnoticed}, during {during}, live after {returned_s:.2f} s, then {after}")  # noqa: T201
    assert unnoticed.lag_s < UNNOTICED_S
    assert during.lag_s < THROUGH_POSTGRES_S
    assert after.lag_s < 2 * LIVE_S
    for watched in (unnoticed, during, after):
        assert watched.ack_p99_s < 3 * before.ack_p99_s + 0.5, "the acks noticed"
    assert scene.journal.losses == [], "a tablet lost its connection"
    assert all(viewer.close_codes == [] for viewer in scene.viewers), "a dashboard lost its connection"
    await cluster.met()
    await scene.judge()


async def noticed(cluster: Cluster, outage: Outage) -> None:
    """Wait until every node that is cut off says so; those that are not, do not, and all get work."""
    affected = [cluster.nodes[number] for number in outage.degraded]
    await asyncio.gather(*(node.wait_readiness("degraded", NOTICED_S) for node in affected))
    for node in affected:
        status, body = await node.ready()
        assert (status, body["status"]) == (200, "degraded") and body["checks"]["bus"] != "ok", body


@pytest.mark.timeout(180)
@pytest.mark.usefixtures("thorough")
async def test_a_hub_that_starts_without_valkey_serves_and_joins_when_it_is_there(
    start_cluster: StartCluster, play: PlayScene
) -> None:
    cluster = await start_cluster(1)
    await cluster.valkey.kill()
    await cluster.add()  # /ready answers 200
    scene = await play(*cluster.hubs)
    for node in cluster.nodes:
        await node.wait_readiness("degraded", NOTICED_S)
    await scene.watch(CALM_S)  # until each knows that the other is not heard
    during = await scene.watch(CALM_S)
    assert during.lag_s < THROUGH_POSTGRES_S
    await cluster.valkey.start()
    await scene.wait_live(CONVERGED_S + STEADY_S)
    await cluster.met()
    for node in cluster.nodes:
        await node.wait_readiness("ready", CONVERGED_S)
    await scene.judge()
