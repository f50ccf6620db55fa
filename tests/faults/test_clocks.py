"""Devices whose clocks are wrong are stored as they said and shown by when their fixes really were."""

from __future__ import annotations

import time

import pytest

from tests.faults.conftest import PlayScene, StartHub
from tests.faults.rig.checker import wait_until

SECOND = 1_000_000
DAY = 86_400 * SECOND
AGE_MAX_S = 3.0
DRIVE_S = 4.0


@pytest.mark.timeout(180)
async def test_wrong_clocks_freeze_no_marker_and_make_no_age_negative(start_hub: StartHub, play: PlayScene) -> None:
    """F13."""
    hub = await start_hub()
    scene = await play(hub)
    now = time.time_ns() // 1000
    wrong = [-DAY, 3650 * DAY, -now, 0]
    for number, tablet in enumerate(scene.tablets):
        tablet.clock_offset_us = wrong[number % len(wrong)]
    await scene.acks_flow(10)
    for tablet, offset in zip(scene.tablets, (DAY, -DAY, 90 * SECOND, -90 * SECOND), strict=False):
        tablet.clock_offset_us = offset  # jumps while it drives
    await scene.acks_flow(10)
    # A clock that jumped looks like a long halt: the marker rests until the vehicle has left the circle of one.
    goals = {tablet: tablet.mine.acked + int(DRIVE_S * tablet.rate_hz) for tablet in scene.tablets}
    await wait_until(lambda: all(tablet.mine.acked >= goal for tablet, goal in goals.items()), 20, "30 m driven")
    now = time.time_ns() // 1000
    for viewer in scene.viewers:
        ages = [(now - int(str(row[6]))) / SECOND for row in viewer.tables["fixes"].values()]
        assert max(ages) < AGE_MAX_S, "a marker froze"
    await scene.judge()
    assert not any(tablet.mine.refused for tablet in scene.tablets)
    assert scene.journal.errors == []
    assert scene.journal.losses == []
