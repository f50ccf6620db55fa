"""`make soak`: the whole load for ten minutes, with some coming and going; neither memory nor descriptors may grow."""

from __future__ import annotations

import asyncio
import random
from itertools import cycle

import pytest

from tests.faults.conftest import PlayScene, StartHub
from tests.faults.rig.scene import Scene
from tests.faults.rig.trend import Gauges

WARM_UP_SHARE = 0.2  # of the time: caches fill, the allocator settles
CHURN_S = (
    0.2  # between two rounds of cuts: often enough that what dead connections leave to the collector levels off soon
)
MEMORY_BYTES_PER_S = 512 * 1024 / 60
DESCRIPTORS_PER_S = 1 / 60


@pytest.mark.timeout(3_600)
async def test_nothing_grows_under_the_load(
    request: pytest.FixtureRequest, start_hub: StartHub, play: PlayScene, seed: int
) -> None:
    seconds = float(request.config.getoption("--soak"))
    if not seconds:
        pytest.skip("ten minutes of load come with --soak 600")
    hub = await start_hub()
    scene = await play(hub)
    churning = scene.tasks.create_task(_churn(scene, seed))
    await asyncio.sleep(seconds * WARM_UP_SHARE)
    gauges = Gauges()
    await gauges.watch(hub, seconds * (1 - WARM_UP_SHARE))
    churning.cancel()
    memory, descriptors = gauges.memory_bytes, gauges.descriptors
    print(f"memory: {memory.describe(2**20, 'MiB')}; descriptors: {descriptors.describe(1, 'open')}")  # noqa: T201
    verdict = await scene.judge()
    print(f"{verdict.stored} fixes stored, none lost, none twice")  # noqa: T201
    assert memory.slope() <= MEMORY_BYTES_PER_S, memory.describe(2**20, "MiB")
    assert descriptors.slope() <= DESCRIPTORS_PER_S, descriptors.describe(1, "open")


async def _churn(scene: Scene, seed: int) -> None:
    """Cut one tablet and one dashboard after the other; they come back by themselves."""
    chance = random.Random(seed)  # noqa: S311  (replayable)
    tablets = cycle(chance.sample(scene.tablets, len(scene.tablets)))
    viewers = cycle(chance.sample(scene.viewers, len(scene.viewers)))
    while True:
        await asyncio.sleep(CHURN_S)
        await next(tablets).drop()
        await next(viewers).drop()
