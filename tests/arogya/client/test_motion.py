"""What a motion client delivers, to a hub that misbehaves at chosen moments."""

from __future__ import annotations

import asyncio
import dataclasses
import os
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from arogya.client import (
    MotionClient,
)
from hub.protocol.device_frames import DeviceMessage
from hub.protocol.motion_frames import MotionData
from tests.arogya.client.moving import BEGAN, angles, expected, move
from tests.arogya.client.tiny_hub import Connection, until
from tests.arogya.client.tiny_motion_hub import KNEES, QUICK, SESSION, TinyMotionHub


@pytest.mark.parametrize("encoding", ["msgpack", "json"])
async def test_what_was_sent_arrives_once_and_in_order(encoding: str, tmp_path: Path) -> None:
    async with TinyMotionHub() as hub:
        sensor = MotionClient(hub.url, "s", folder=tmp_path, encoding=encoding, options=QUICK)  # type: ignore[arg-type]  # both literals
        async with sensor:
            stream = await sensor.open(SESSION, KNEES)
            await move(stream, 20)
            offsets = [0, 9_000, 21_000]
            assert await stream.send(BEGAN, offsets, angles(101, 3), repetition=4) == 101
            await stream.drained(5)
            assert sensor.connected
            assert (stream.stream, stream.last_seq, stream.acked_seq) == (1, 103, 103)
        assert {seq: row for seq, row in hub.only.rows.items() if seq <= 100} == expected(100)
        assert [hub.only.rows[seq][0] for seq in (101, 102, 103)] == [BEGAN + offset for offset in offsets]  # type: ignore[index]  # a pair
        assert (sensor.counters.sent, sensor.counters.acked, sensor.counters.resent) == (103, 103, 0)
        assert hub.only.claim.session == UUID(SESSION)
        assert hub.only.claim.joints == KNEES


async def test_sending_does_not_wait_for_a_hub_that_is_not_there(tmp_path: Path) -> None:
    async with TinyMotionHub() as hub:
        url = hub.url
    async with MotionClient(url, "s", folder=tmp_path, options=QUICK) as sensor:
        async with asyncio.timeout(5):
            stream = await sensor.open(SESSION, KNEES)
            await move(stream, 1)
        for drained in (stream.drained, sensor.drained):
            with pytest.raises(TimeoutError):
                await drained(0.05)


async def test_what_was_not_acked_goes_on_in_the_next_run_though_nobody_opens_it(tmp_path: Path) -> None:
    async with TinyMotionHub() as hub:
        hub.holds_acks = True
        async with MotionClient(hub.url, "s", folder=tmp_path, options=QUICK) as sensor:
            await move(await sensor.open(SESSION, KNEES), 30)
            await until(lambda: len(hub.only.rows) == 150)
        hub.holds_acks = False
        async with MotionClient(hub.url, "s", folder=tmp_path, options=QUICK) as sensor:
            assert [stream.session for stream in sensor.streams] == [UUID(SESSION)]
            await sensor.drained(5)
        assert hub.only.rows == expected(150)


async def test_the_next_run_goes_on_with_the_log_of_a_session_and_a_finished_one_leaves_no_file(tmp_path: Path) -> None:
    async with TinyMotionHub() as hub:
        for last in (25, 50):
            async with MotionClient(hub.url, "s", folder=tmp_path, options=QUICK) as sensor:
                stream = await sensor.open(SESSION, KNEES)
                await move(stream, 5)
                assert stream.last_seq == last
                await stream.drained(5)
                if last == 50:
                    await stream.finish()
        assert hub.only.rows == expected(50)
        assert not [name for name in os.listdir(tmp_path) if ".motion" in name]


async def test_a_line_cut_again_and_again_loses_and_doubles_nothing(tmp_path: Path) -> None:
    def cut(connection: Connection, message: DeviceMessage) -> bool:
        if isinstance(message, MotionData) and len(hub.connections) < 8 and message.seq > 40 * len(hub.connections):
            connection.drop()
            return True
        return False

    async with TinyMotionHub() as hub:
        hub.misbehave = cut
        async with MotionClient(hub.url, "s", folder=tmp_path, options=QUICK) as sensor:
            stream = await sensor.open(SESSION, KNEES)
            await move(stream, 120)
            await stream.drained(10)
            assert sensor.counters.reconnects == 7
            assert (sensor.counters.sent, sensor.counters.acked) == (600, 600)
        assert hub.only.rows == expected(600)


async def test_a_frame_that_straddles_the_mark_of_the_hub_is_sent_from_there_on() -> None:
    lost: list[int] = []

    def lose(_: Connection, message: DeviceMessage) -> bool:
        if isinstance(message, MotionData) and message.seq == 101 and not lost:
            lost.append(message.seq)
            hub.only.acked = 103  # as if it had been cut somewhere on the way
            hub.only.rows |= {seq: expected(103)[seq] for seq in (101, 102, 103)}
            return True
        return False

    async with TinyMotionHub() as hub:
        hub.misbehave = lose
        async with MotionClient(hub.url, "s", options=QUICK) as sensor:
            stream = await sensor.open(SESSION, KNEES)
            await move(stream, 60)
            await stream.drained(5)
            assert sensor.counters.connects == 1
        assert (104, 2) in hub.only.frames
        assert hub.only.rows == expected(300)


async def test_credit_is_never_exceeded_and_a_frame_is_cut_only_where_it_never_fits() -> None:
    async with TinyMotionHub() as hub:
        hub.credit = 100
        async with MotionClient(hub.url, "s", options=QUICK) as sensor:
            streams = [await sensor.open(uuid4(), KNEES) for _ in range(3)]
            for stream in streams:
                await move(stream, 8, samples=30)
            await move(streams[0], 1, samples=250)
            await sensor.drained(5)
        assert hub.worst_unacked <= 100
        assert [log.rows for log in hub.motion.values()] == [expected(490), expected(240), expected(240)]
        sizes = {samples for log in hub.motion.values() for _, samples in log.frames}
        assert sizes == {30, 100, 50}


async def test_a_full_spool_drops_the_oldest_frames_and_says_so() -> None:
    async with TinyMotionHub() as hub:
        hub.status = 503
        options = dataclasses.replace(QUICK, spool_rows=10)
        async with MotionClient(hub.url, "s", options=options) as sensor:
            stream = await sensor.open(SESSION, KNEES)
            await move(stream, 30)
            hub.status = None
            await stream.drained(5)
            assert sensor.counters.skipped == 100
        assert [(skip.first, skip.last, skip.reason) for skip in hub.only.skips] == [(1, 100, "spool_full")]
        assert hub.only.rows == {seq: row for seq, row in expected(150).items() if seq > 100}


async def test_a_hub_restored_from_a_backup_is_told_what_it_lost(tmp_path: Path) -> None:
    async with TinyMotionHub() as hub:
        async with MotionClient(hub.url, "s", folder=tmp_path, options=QUICK) as sensor:
            stream = await sensor.open(SESSION, KNEES)
            await move(stream, 10)
            await stream.drained(5)
        hub.only.acked = 20
        async with MotionClient(hub.url, "s", folder=tmp_path, options=QUICK) as sensor:
            stream = await sensor.open(SESSION, KNEES)
            await until(lambda: hub.only.skips)
            await move(stream, 1)
            await stream.drained(5)
        assert [(skip.first, skip.last, skip.reason) for skip in hub.only.skips] == [(21, 50, "hub_lost")]


async def test_a_spool_that_is_older_than_the_hub_goes_on_as_another_log(tmp_path: Path) -> None:
    async with TinyMotionHub() as hub:
        async with MotionClient(hub.url, "s", folder=tmp_path, options=QUICK) as sensor:
            await move(await sensor.open(SESSION, KNEES), 2)
            await sensor.drained(5)
        hub.only.acked = 50
        async with MotionClient(hub.url, "s", folder=tmp_path, options=QUICK) as sensor:
            stream = await sensor.open(SESSION, KNEES)
            await until(lambda: len(hub.motion) == 2)
            await stream.send(BEGAN, 1_000, angles(1, 5))
            await stream.drained(5)
        assert [len(log.rows) for log in hub.motion.values()] == [10, 5]
