"""Motion streams through crashes, repeats, poison, wrong clocks, moves: each sample once, and the counts of one pass.

What a killed hub, lost replies and a database that hangs or dies do to sensors is in the scenes of the other tests:
sensors are part of their load.
"""

from __future__ import annotations

import asyncio
import random
import signal
import time

import asyncpg
import pytest

from hub.protocol.hub_frames import Nack
from tests.faults.conftest import PlayScene, StartCluster, StartHub
from tests.faults.rig import motion_checker
from tests.faults.rig.checker import Verdict, wait_until
from tests.faults.rig.motion_script import FRAME_SAMPLES, ScriptedSensor, exercise
from tests.faults.rig.scene import Load
from tests.faults.rig.sensor import MotionJournal, Sample, SensorCredential
from tests.faults.rig.ward import make_sensors

SUPERSEDED = 4503  # close code
NEWEST_WINS_S = 2.0
NEIGHBOURS_S = 1.0
COUNTED_S = 40.0  # the work of the sessions is one hub's, and a hub that died kept it for a while
POISON_DEG = 77.25
SECOND = 1_000_000
DAY = 86_400 * SECOND


async def judged(dsn: str, journal: MotionJournal, *, stored: int) -> Verdict:
    """Return the verdict on what is stored, which must be that much, without a fault, and with repetitions."""
    verdict = await motion_checker.check(dsn, journal)
    assert verdict.faultless(), verdict
    assert verdict.stored == stored
    assert verdict.counted > 0
    return verdict


async def ended_and_counted(dsn: str, worn: SensorCredential) -> None:
    """End a session and wait until it is counted from what is stored."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("UPDATE physio_sessions SET status = 'completed' WHERE id = $1", worn.session_id)

        async def is_counted() -> bool:
            asked = "SELECT counted_at IS NOT NULL FROM physio_sessions WHERE id = $1"
            return bool(await connection.fetchval(asked, worn.session_id))

        await wait_until(is_counted, COUNTED_S, "the final count")
    finally:
        await connection.close()


@pytest.mark.timeout(120)
async def test_a_replay_after_a_crash_changes_no_count(start_hub: StartHub, fault_database: str) -> None:
    """F1: the hub dies in the middle of a repetition, and the sensor sends everything from the beginning.

    The final count after the end of the session changes nothing either.
    """
    hub = await start_hub()
    (worn,) = await make_sensors(fault_database, 1)
    journal, samples = MotionJournal(), exercise(500)
    async with ScriptedSensor.connect(hub.url, worn, journal) as sensor:
        await sensor.send_frames(samples[:290])
        await sensor.acked_to(200)
        await hub.kill()
    counted = (await motion_checker.check(fault_database, journal)).counted
    assert counted > 0
    await hub.start_ready()
    for _ in range(2):
        async with ScriptedSensor.connect(hub.url, worn, journal, sensor.log_id) as sensor:
            await sensor.send_frames(samples)
            await sensor.acked_to(500)
    verdict = await judged(fault_database, journal, stored=500)
    assert verdict.counted > counted
    assert await hub.metric("hub_samples_duplicate_total") >= 500
    await ended_and_counted(fault_database, worn)
    assert await judged(fault_database, journal, stored=500) == verdict


@pytest.mark.timeout(120)
async def test_frames_sent_three_times_are_stored_and_counted_once(start_hub: StartHub, play: PlayScene) -> None:
    """F14: duplicates x 3, under the load."""
    hub = await start_hub()
    scene = await play(hub, viewers=False)
    for sensor in scene.sensors:
        sensor.copies = 3
    await asyncio.sleep(3)
    verdict = await scene.judge()
    assert verdict.faultless()
    assert await hub.metric("hub_samples_duplicate_total") > 0
    assert scene.motion.losses == []


@pytest.mark.timeout(120)
async def test_a_shuffled_window_is_asked_for_again_and_counted_in_order(
    start_hub: StartHub, fault_database: str, seed: int
) -> None:
    """F14: go-back-N, from any order of frames; the first body of a sample stays."""
    hub = await start_hub()
    (worn,) = await make_sensors(fault_database, 1)
    journal, samples = MotionJournal(), exercise(300)
    starts = list(range(0, len(samples), FRAME_SAMPLES))
    random.Random(seed).shuffle(starts)  # noqa: S311  (replayable)
    async with ScriptedSensor.connect(hub.url, worn, journal) as sensor:
        for start in starts:
            await sensor.send(start + 1, samples[start : start + FRAME_SAMPLES])
        while sensor.acked < len(samples):
            reply = await sensor.receive()
            if isinstance(reply, Nack):
                assert reply.expected is not None
                await sensor.send_frames(samples[reply.expected - 1 :], reply.expected)
        await sensor.send_unnoted(291, exercise(10, first=291, peak=40.0))
        await sensor.send(301, exercise(1, first=301, began_us=samples[0].at))
        assert await sensor.acked_to(301) == []
    await judged(fault_database, journal, stored=301)
    assert await hub.metric("hub_samples_conflicting_total") == 10


@pytest.mark.timeout(120)
async def test_a_poison_frame_becomes_one_dead_letter_and_its_neighbours_are_acked_within_a_second(
    start_hub: StartHub, play: PlayScene, fault_database: str
) -> None:
    """F9: the hub takes it, PostgreSQL does not."""
    connection = await asyncpg.connect(fault_database)
    await connection.execute(
        f"ALTER TABLE motion_frames ADD CONSTRAINT poison CHECK (array_position(angles, {POISON_DEG}) IS NULL)"
    )
    hub = await start_hub()
    scene = await play(hub, viewers=False)
    sensor = scene.sensors[0]
    sample = sensor.next_sample()
    seq = sensor.keep(sample._replace(angles=(POISON_DEG, *sample.angles[1:])))
    goals = {device: device.recorded + 1 for device in scene.devices}  # neighbours in time, and in the same stream
    sent = time.monotonic()
    await wait_until(lambda: all(d.mine.acked >= goal for d, goal in goals.items()), 10, "the neighbours acked")
    assert time.monotonic() - sent < scene.load.of(2, 1) * NEIGHBOURS_S + 1 / scene.load.rate_hz
    await wait_until(lambda: bool(sensor.mine.refused), 5, "the refusal told")
    assert seq in sensor.mine.refused
    await scene.drain()
    verdict = await motion_checker.check(fault_database, scene.motion)
    assert not (verdict.lost or verdict.twice or verdict.unknown or verdict.altered or verdict.held), verdict
    assert verdict.dead == 1
    letters = await connection.fetch("SELECT seq, code, detail FROM dead_letters")
    await connection.close()
    assert [letter["seq"] for letter in letters] == [min(sensor.mine.refused)]
    assert letters[0]["detail"] == "poison"
    assert all(other.mine.refused == {} for other in scene.sensors[1:])


@pytest.mark.timeout(120)
async def test_wrong_and_jumping_clocks_refuse_nothing(start_hub: StartHub, fault_database: str) -> None:
    """F13: half a repetition is not trusted over a jump, and what comes after it is counted again."""
    hub = await start_hub()
    now = time.time_ns() // 1000
    wrong = [-DAY, 3650 * DAY, -now, 0]
    journal = MotionJournal()
    for offset, worn in zip(wrong, await make_sensors(fault_database, len(wrong)), strict=True):
        async with ScriptedSensor.connect(hub.url, worn, journal) as sensor:
            seq = 1
            for jump in (offset, offset + 90 * SECOND, offset - (DAY if offset > -DAY else 0)):
                samples = exercise(170, first=seq, began_us=now + jump)
                await sensor.send_frames(samples, seq)
                seq += len(samples)
            assert await sensor.acked_to(seq - 1, 10) == []
    await judged(fault_database, journal, stored=len(wrong) * 510)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("hubs", [1, 2])
async def test_the_newest_connection_of_a_stream_wins_and_goes_on_counting(
    hubs: int, start_hub: StartHub, fault_database: str
) -> None:
    """F20: the sensor moves in the middle of a repetition, to the same hub or to another one."""
    older_hub = await start_hub()
    newer_hub = older_hub if hubs == 1 else await start_hub()
    (worn,) = await make_sensors(fault_database, 1)
    journal, samples = MotionJournal(), exercise(400)
    async with ScriptedSensor.connect(older_hub.url, worn, journal) as older:
        await older.send_frames(samples[:180])
        await older.acked_to(180)
        async with ScriptedSensor.connect(newer_hub.url, worn, journal, older.log_id) as newer:
            started = time.monotonic()
            assert newer.acked == 180
            await newer.send_frames(samples[180:], 181)
            assert await older.closed(5) == SUPERSEDED
            assert time.monotonic() - started < NEWEST_WINS_S
            await newer.acked_to(400)
    await judged(fault_database, journal, stored=400)


@pytest.mark.timeout(180)
async def test_a_hub_that_slept_stores_and_counts_nothing_of_a_sensor_that_has_moved_on(
    start_cluster: StartCluster, fault_database: str, load: Load
) -> None:
    """F19."""
    cluster = await start_cluster(2)
    sleeper, other = cluster.hubs
    (worn,) = await make_sensors(fault_database, 1)
    journal, samples = MotionJournal(), exercise(400)
    async with ScriptedSensor.connect(sleeper.url, worn, journal) as resends:
        await resends.send_frames(samples[:100])
        await resends.acked_to(100)
        sleeper.send(signal.SIGSTOP)
        for start in range(100, 200, FRAME_SAMPLES):  # waits in the sleeper's socket
            await resends.send_unnoted(start + 1, wrong(samples[start : start + FRAME_SAMPLES]))
        await asyncio.sleep(load.of(2, 60))
        async with ScriptedSensor.connect(other.url, worn, journal, resends.log_id) as moved:
            assert moved.acked == 100
            await moved.send_frames(samples[100:200], 101)
            await moved.acked_to(200)
            sleeper.send(signal.SIGCONT)
            assert await resends.closed(10) == SUPERSEDED
            await moved.send_frames(samples[200:], 201)
            await moved.acked_to(400)
    await judged(fault_database, journal, stored=400)


@pytest.mark.timeout(180)
async def test_sensors_that_go_from_hub_to_hub_are_counted_as_if_they_had_stayed(
    start_cluster: StartCluster, play: PlayScene, load: Load
) -> None:
    """Every loss takes a sensor to the next hub, wherever in a repetition it is."""
    cluster = await start_cluster(2)
    scene = await play(*cluster.hubs, viewers=False)
    for _ in range(int(load.of(4, 20))):
        for sensor in scene.sensors:
            await sensor.drop()
        await asyncio.sleep(0.5)
        await scene.wait_flowing()
        await scene.acks_flow(10)
    assert len(scene.motion.losses) >= load.of(4, 20)
    await scene.judge()


def wrong(samples: list[Sample]) -> list[Sample]:
    """Return samples with other angles."""
    return [sample._replace(angles=tuple(angle / 2 for angle in sample.angles)) for sample in samples]
