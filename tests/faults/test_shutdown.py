"""SIGTERM under load: everything taken is stored and acked, everybody is told to come back, and the hub is gone."""

from __future__ import annotations

import asyncio
import signal

import pytest

from arogya.embedded.postgres import EmbeddedPostgres
from tests.faults.conftest import PlayScene, StartHub
from tests.faults.rig import checker, faults
from tests.faults.rig.processes import PostgresFaults
from tests.faults.rig.proxy import FaultProxy
from tests.faults.rig.viewer import Viewer

ENDED_S = 15.0
HANGS_S = 3.0  # until every pool waits for an answer
RESTART = 1012  # close code


@pytest.mark.timeout(180)
async def test_a_hub_that_is_told_to_stop_flushes_acks_says_when_to_return_and_ends_with_zero(
    start_hub: StartHub, play: PlayScene
) -> None:
    """F18, with one viewer that never reads."""
    hub = await start_hub()
    scene = await play(hub)
    async with FaultProxy(hub.port).run() as proxy:
        stuck = Viewer(f"http://127.0.0.1:{proxy.port}/ws/live", scene.viewers[0].access_token)
        staring = scene.tasks.create_task(stuck.run())
        await checker.wait_until(lambda: stuck.connected, 10, "the stuck viewer in sync")
        proxy.set(down=faults.StopReading())
        await scene.acks_flow(5)
        for tablet in scene.tablets:
            tablet.reconnects = False
        welcomes = len(scene.journal.welcomes)
        hub.send(signal.SIGTERM)
        await hub.wait_ended(ENDED_S)
        staring.cancel()
    assert hub.returncode == 0, hub.words()[-2000:]
    assert hub.complaints() == []
    assert len(scene.journal.welcomes) == welcomes, "a tablet was taken in after the signal"
    assert scene.journal.close_codes == {RESTART: len(scene.tablets)}
    verdict = await checker.check(scene.dsn, scene.journal)
    assert verdict.faultless(), verdict
    # What the hub stored it also acked: nothing is on disk that its device did not hear of.
    assert verdict.stored == scene.journal.acked_samples()
    for tablet in scene.tablets:
        tablet.reconnects = True
    await hub.start_ready()
    await scene.judge()


@pytest.mark.timeout(180)
async def test_a_hub_whose_postgresql_hangs_stops_in_time_and_acks_nothing_that_is_not_stored(
    start_hub: StartHub, play: PlayScene, fault_cluster: EmbeddedPostgres
) -> None:
    """F6 and F18 at once."""
    hub = await start_hub()
    scene = await play(hub)
    await scene.acks_flow(5)
    database = PostgresFaults(fault_cluster)
    database.signal_tree(signal.SIGSTOP)
    try:
        await asyncio.sleep(HANGS_S)
        hub.send(signal.SIGTERM)
        await hub.wait_ended(ENDED_S)
    finally:
        database.signal_tree(signal.SIGCONT)
    assert hub.returncode == 0, hub.words()[-2000:]
    assert hub.complaints() == []
    await hub.start_ready()
    await scene.judge()
