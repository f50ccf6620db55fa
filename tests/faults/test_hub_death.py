"""The hub dies at the worst moments; nothing that was promised is lost, and nothing is stored twice."""

from __future__ import annotations

import asyncio
import random

import pytest

from tests.faults.conftest import PlayScene, StartHub
from tests.faults.rig.checker import wait_until
from tests.faults.rig.scene import Load

RESENT_S = 10.0
DASHBOARDS_S = 5.0


@pytest.mark.timeout(900)
async def test_a_hub_killed_again_and_again_loses_nothing_and_stores_nothing_twice(
    start_hub: StartHub, play: PlayScene, load: Load, seed: int
) -> None:
    """F1."""
    hub = await start_hub()
    scene = await play(hub)
    chance = random.Random(seed)  # noqa: S311  (replayable)
    for _ in range(int(load.of(4, 50))):
        await asyncio.sleep(chance.uniform(0.05, 1.0))
        await hub.kill()
        await hub.start_ready()
        await wait_until(lambda: all(viewer.connected for viewer in scene.viewers), DASHBOARDS_S, "dashboards back")
        await scene.wait_flowing(RESENT_S)
        await scene.acks_flow(RESENT_S)
    verdict = await scene.judge()
    assert sum(stream.sent_again for stream in scene.journal.streams.values()) > 0, "no kill struck while samples flew"
    assert verdict.stored == scene.journal.sent_samples()


@pytest.mark.timeout(300)
async def test_a_hub_that_dies_between_commit_and_ack_receives_duplicates_and_stores_none(
    start_hub: StartHub, play: PlayScene
) -> None:
    """F2."""
    hub = await start_hub()
    scene = await play(hub)
    for _ in range(3):
        await hub.kill()
        hub.failpoint = "exit_after_commit"
        await asyncio.to_thread(hub.start)
        await hub.wait_ended(20)  # by itself, at its first commit
        hub.failpoint = None
        await hub.start_ready()
        await scene.wait_flowing()
    stored_unacked = sum(stream.acks_from_welcome for stream in scene.journal.streams.values())
    assert stored_unacked > 0, "no commit was left without its ack"
    await scene.judge()
