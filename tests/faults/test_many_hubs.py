"""A hub stops, dies or sleeps: its devices and dashboards are right on another one, soon."""

from __future__ import annotations

import asyncio
import signal
import time

import pytest

from tests.faults.conftest import PlayScene, StartCluster
from tests.faults.rig import checker, faults
from tests.faults.rig.proxy import FaultProxy
from tests.faults.rig.scene import LIVE_S, STEADY_S, Load, Scene
from tests.faults.rig.viewer import Viewer

ENDED_S = 15.0
BLIND_S = 5.0
UNACKED_S = 20.0
WATCHED_S = 6.0  # from the fault on
GOODBYE_S = 2.4  # until the others know of a hub that said that it goes
SILENT_S = 5.0  # until they know of one that did not
CONVERGED_S = 3.0
RESTART = 1012  # close code


@pytest.mark.timeout(180)
async def test_what_was_on_a_hub_that_stops_is_right_on_the_other(start_cluster: StartCluster, play: PlayScene) -> None:
    """F18 with two hubs, and one viewer that never reads."""
    cluster = await start_cluster(2)
    leaver, stayer = cluster.hubs
    scene = await play(leaver, stayer)
    await scene.wait_live()
    async with FaultProxy(leaver.port).run() as proxy, asyncio.TaskGroup() as tasks:
        stuck = Viewer(f"http://127.0.0.1:{proxy.port}/ws/live", scene.viewers[0].access_token)
        staring = tasks.create_task(stuck.run())
        await checker.wait_until(lambda: stuck.connected, 10, "the stuck viewer in sync")
        proxy.set(down=faults.StopReading())
        told, homeless = time.monotonic(), scene.tablets_on(leaver)
        watching = tasks.create_task(scene.watch(WATCHED_S))
        leaver.send(signal.SIGTERM)
        await leaver.wait_ended(ENDED_S)
        forgotten_s = await cluster.met(GOODBYE_S)
        staring.cancel()
    assert leaver.returncode == 0, leaver.words()[-2000:]
    assert scene.journal.close_codes == {RESTART: len(homeless)}
    assert_nobody_waited(scene, watching.result().lag_s, told)
    assert len(scene.tablets_on(stayer)) == len(scene.tablets)
    assert len(scene.viewers_on(stayer)) == len(scene.viewers)
    print(f"blind for {watching.result().lag_s:.2f} s, forgotten after {forgotten_s:.2f} s")  # noqa: T201
    await leaver.start_ready()
    await cluster.met()
    await scene.judge()


@pytest.mark.timeout(180)
async def test_what_was_on_a_hub_that_dies_is_right_on_the_others(start_cluster: StartCluster, play: PlayScene) -> None:
    """kill -9 of one of three."""
    cluster = await start_cluster(3)
    scene = await play(*cluster.hubs)
    await scene.wait_live()
    victim = cluster.hubs[0]
    killed = time.monotonic()
    await victim.kill()
    watched = await scene.watch(WATCHED_S)
    await cluster.met(max(0.1, killed + SILENT_S - time.monotonic()))
    assert_nobody_waited(scene, watched.lag_s, killed)
    assert scene.lag_s(scene.viewers) < LIVE_S
    print(f"blind for {watched.lag_s:.2f} s")  # noqa: T201
    await victim.start_ready()
    await cluster.met()
    for tablet in scene.tablets_on(cluster.hubs[1]):
        await tablet.drop()  # on to the next hub: some go to the one that is new
    await scene.wait_flowing()
    await scene.wait_live()
    await scene.judge()


@pytest.mark.timeout(180)
@pytest.mark.usefixtures("thorough")
async def test_a_hub_that_slept_shows_what_it_missed_as_soon_as_it_wakes(
    start_cluster: StartCluster, play: PlayScene, load: Load
) -> None:
    """F19, seen by its dashboards."""
    cluster = await start_cluster(2)
    sleeper, other = cluster.hubs
    scene = await play(sleeper, other)
    await scene.wait_live()
    here = scene.viewers_on(other)
    sleeper.send(signal.SIGSTOP)
    await asyncio.sleep(load.of(5, 60))
    assert scene.lag_s(here) < LIVE_S, "the other's dashboards stood"
    sleeper.send(signal.SIGCONT)
    woken_s = await scene.wait_live(CONVERGED_S + STEADY_S)
    print(f"live {woken_s:.2f} s after it woke")  # noqa: T201
    await cluster.met()
    await scene.judge()


@pytest.mark.timeout(180)
@pytest.mark.usefixtures("thorough")
async def test_a_hub_of_the_next_version_is_heard_and_hears(start_cluster: StartCluster, play: PlayScene) -> None:
    """One after the other is updated: for a while both versions run."""
    cluster = await start_cluster(1)
    await cluster.add(program="tests.faults.rig.newer")
    await cluster.met()
    scene = await play(*cluster.hubs)
    await scene.wait_live()
    watched = await scene.watch(2.0)
    assert watched.lag_s < LIVE_S
    for node in cluster.nodes:
        assert await node.readiness() == "ready"
    await scene.judge()


def assert_nobody_waited(scene: Scene, blind_s: float, since: float) -> None:
    """No dashboard was blind and no tablet unacked for longer than is bearable."""
    assert blind_s <= BLIND_S
    assert scene.longest_wait_s(since) <= UNACKED_S
