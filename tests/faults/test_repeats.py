"""Samples that come again, out of order or in another form: the first body is stored, once."""

from __future__ import annotations

import random
import secrets

import pytest

from hub.protocol.hub_frames import Nack
from tests.faults.conftest import PlayScene, StartHub
from tests.faults.rig import checker
from tests.faults.rig.journal import Journal
from tests.faults.rig.population import make_tablets
from tests.faults.rig.script import ScriptedDevice, road

FRAMES = 20
FRAME_FIXES = 10


@pytest.mark.timeout(120)
async def test_frames_sent_three_times_are_stored_once_and_the_map_never_moves_backwards(
    start_hub: StartHub, play: PlayScene
) -> None:
    """F14: duplicates x 3, under the load."""
    hub = await start_hub()
    scene = await play(hub)
    for tablet in scene.tablets:
        tablet.copies = 3
    await scene.acks_flow(10)
    await scene.acks_flow(10)
    await scene.judge()
    assert await hub.metric("hub_samples_duplicate_total") > 0
    assert scene.journal.losses == []


async def test_a_shuffled_window_is_asked_for_again_and_stored_in_order(
    start_hub: StartHub, fault_database: str, seed: int
) -> None:
    """F14: go-back-N, from any order of frames."""
    hub = await start_hub()
    (credential,) = await make_tablets(fault_database, 1)
    journal, log_id = Journal(), secrets.token_hex(16)
    fixes = road(FRAMES * FRAME_FIXES)
    order = list(range(FRAMES))
    random.Random(seed).shuffle(order)  # noqa: S311  (replayable)
    async with ScriptedDevice.connect(hub.url, credential, log_id, journal) as device:
        for frame in order:
            await device.send(frame * FRAME_FIXES + 1, fixes[frame * FRAME_FIXES : (frame + 1) * FRAME_FIXES])
        goal, expected = len(fixes), 0
        while device.acked < goal:
            reply = await device.receive()
            if isinstance(reply, Nack):
                assert reply.expected is not None
                expected = reply.expected
                for first in range(expected, goal + 1, FRAME_FIXES):
                    await device.send(first, fixes[first - 1 : first - 1 + FRAME_FIXES])
    verdict = await checker.check(fault_database, journal)
    assert verdict.faultless(), verdict
    assert verdict.stored == goal
    assert expected > 0 or order == sorted(order)


async def test_a_replayed_capture_changes_nothing(start_hub: StartHub, fault_database: str) -> None:
    """F14: the whole log again, on a new connection."""
    hub = await start_hub()
    (credential,) = await make_tablets(fault_database, 1)
    journal, log_id = Journal(), secrets.token_hex(16)
    fixes = road(100)
    async with ScriptedDevice.connect(hub.url, credential, log_id, journal) as device:
        await device.send(1, fixes)
        await device.acked_to(100)
    async with ScriptedDevice.connect(hub.url, credential, log_id, journal) as device:
        assert device.acked == 100
        await device.send(1, fixes)
        await device.send(101, road(1, first=101))
        assert await device.acked_to(101) == []
    verdict = await checker.check(fault_database, journal)
    assert verdict.faultless(), verdict
    assert verdict.stored == 101
    assert await hub.metric("hub_samples_duplicate_total") == 100


async def test_another_body_under_a_stored_number_is_counted_and_not_stored(
    start_hub: StartHub, fault_database: str
) -> None:
    """F14: the first body stays."""
    hub = await start_hub()
    (credential,) = await make_tablets(fault_database, 1)
    journal, log_id = Journal(), secrets.token_hex(16)
    async with ScriptedDevice.connect(hub.url, credential, log_id, journal) as device:
        await device.send(1, road(10))
        await device.acked_to(10)
        await device.send_unnoted(1, road(10, latitude=29.0))
        await device.send(11, road(1, first=11))
        await device.acked_to(11)
    verdict = await checker.check(fault_database, journal)
    assert verdict.faultless(), verdict
    assert await hub.metric("hub_samples_conflicting_total") == 10
