"""F12: viewers that never read cost nobody else anything, are cut in time, and their memory comes back."""

from __future__ import annotations

import asyncio

import pytest

from tests.faults.conftest import PlayScene, StartHub
from tests.faults.rig.checker import wait_until
from tests.faults.rig.deaf import deaf_crowd
from tests.faults.rig.scene import Load, Scene

CUT_S = 10.0
CONNECT_S = 20.0  # for a thousand of them at once, on two cores that also run the rig
EACH_BYTES = 512 * 1024
P99_GROWTH = 1.10
NOISE_S = 0.025  # of a shared machine
WINDOW_S = 8.0


@pytest.mark.timeout(240)
@pytest.mark.parametrize("talks", [False, True], ids=["never reads", "only writes"])
@pytest.mark.parametrize("size", [1, 100, 1_000])
async def test_viewers_that_do_not_read_are_cut_and_nobody_else_notices(
    start_hub: StartHub, play: PlayScene, load: Load, size: int, *, talks: bool
) -> None:
    if size != 100 and not load.full:
        pytest.skip("one and a thousand of them come with --full-load")
    hub = await start_hub()
    scene = await play(hub)
    alone_bytes = scene.memory_before[hub]
    if size == 1_000:  # what a process keeps for such a crowd once it has seen one; a second one must not add to it
        async with deaf_crowd(hub.port, scene.viewers[0].access_token, size, talks=talks) as first:
            await wait_until(lambda: all(viewer.cut_after_s for viewer in first), CUT_S + 2 * CONNECT_S, "all cut")
        scene.memory_before[hub] = hub.memory_bytes()
    before_s = await lateness_p99_s(scene)
    highest = hub.memory_bytes()
    async with deaf_crowd(hub.port, scene.viewers[0].access_token, size, talks=talks) as crowd:
        everybody = size + len(scene.viewers)

        async def all_in() -> bool:
            return await hub.metric("hub_sockets") >= everybody + len(scene.tablets) or any(
                v.cut_after_s for v in crowd
            )

        await wait_until(all_in, CONNECT_S, "all deaf viewers connected")
        during_s = await lateness_p99_s(scene)
        highest = max(highest, hub.memory_bytes())
        await wait_until(lambda: all(viewer.cut_after_s for viewer in crowd), CUT_S + CONNECT_S, "all of them cut")
        highest = max(highest, hub.memory_bytes())
    latest = max(viewer.cut_after_s or 0.0 for viewer in crowd)
    assert latest <= CUT_S + load.of(5.0, 3.0), f"cut after {latest:.1f} s"
    assert (highest - alone_bytes) / size <= EACH_BYTES + 12 * 2**20 / size
    assert all(viewer.connected and viewer.close_codes == [] for viewer in scene.viewers)
    if load.full:
        assert during_s <= before_s * P99_GROWTH + NOISE_S, f"p99 {before_s:.3f} s before, {during_s:.3f} s with them"
    await scene.judge()


async def lateness_p99_s(scene: Scene) -> float:
    """Return how long frames take from the hub's tick to the viewers that read, for a while from now on."""
    for viewer in scene.viewers:
        viewer.lateness_s.clear()
    await asyncio.sleep(scene.load.of(1.0, WINDOW_S))
    times = sorted(late for viewer in scene.viewers for late in viewer.lateness_s)
    assert times
    return times[len(times) * 99 // 100]
