"""Watching physio sessions: what is stored first, then each movement and repetition, while the right to it lasts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import numpy as np
import pytest

from hub.bus.memory import MemoryBus
from hub.live.physio_channel import channel_of, session_of
from hub.protocol.codec import JSON
from hub.protocol.viewer_frames import Unsubscribe
from tests.hub.live.physio_room import KNEE, Room, Wearer, claim, rooms, squats, until
from tests.hub.motion.ward import Ward, bends
from tests.hub.motion.ward import ward as ward_of
from tests.storage import world
from tests.storage.world import Connection


@pytest.fixture
async def ward(superuser: Connection) -> Ward:
    return await ward_of(superuser)


@pytest.fixture
async def room(database: str) -> AsyncIterator[Room]:
    async with rooms(database, MemoryBus("one")) as (one,):
        yield one


def test_a_channel_has_one_name() -> None:
    session_id = uuid4()
    assert session_of(channel_of(session_id)) == session_id
    for name in (f"physio:{session_id.hex}", f"physio:{{{session_id}}}", str(session_id), "physio:", "physio:1"):
        assert session_of(name) is None


async def test_each_repetition_is_told_with_the_angle_and_how_far_it_fell_short(room: Room, ward: Ward) -> None:
    session_id = await ward.begun(target_angle=110.0, target_reps=10)
    watching = await room.watch(session_id, "PT", ward.patient_id)
    assert (watching.status, watching.joint[1:7]) == ("in_progress", [KNEE, None, 110.0, 10, 0, 0])
    sensor = Wearer(room.intake, ward)
    await sensor.join(claim(session_id))
    await sensor.move(squats(2, top=100.0))
    await until(lambda: watching.numbers == [1, 2])
    row = watching.rows("repetitions")[0]
    assert row[12:14] == [False, 10.0]
    await until(lambda: watching.joint[5:8] == [2, 0, "rest"])
    assert watching.points > 20
    assert watching.viewer.snapshots == 1


async def test_a_sample_is_seen_within_the_promise(room: Room, ward: Ward) -> None:
    session_id = await ward.begun()
    watching = await room.watch(session_id, "DR", ward.therapist_id)
    sensor = Wearer(room.intake, ward)
    await sensor.join(claim(session_id))
    for angle in range(20, 26):
        began_s = time.monotonic()
        await sensor.move(np.full((1, 10), angle, np.float32), ack=False)
        await until(lambda: watching.rows("joints") and watching.joint[9] == angle)  # noqa: B023 - called at once
        assert time.monotonic() - began_s < 0.2


async def test_what_is_stored_comes_first(room: Room, ward: Ward) -> None:
    session_id = await ward.begun(target_angle=90.0)
    stream = await ward.stream(session_id)
    angles = bends(2)
    await ward.store(stream, angles, datetime.now(UTC) - timedelta(seconds=angles.shape[1] * 0.02))
    await ward.db.execute(
        "INSERT INTO motion_repetitions (stream_id, joint, number, first_seq, last_seq, started_at, peak_at, ended_at,"
        " peak_angle, range_deg, hold_s, out_s, back_s, valid, smoothness)"
        " VALUES ($1, $2, 1, 50, 200, now(), now(), now(), 91.25, 90, 0.5, 1, 1, true, 0.5)",
        *(stream, KNEE),
    )
    watching = await room.watch(session_id, "PT", ward.patient_id)
    assert watching.numbers == [1]
    assert watching.joint[5:7] == [1, 1]
    assert watching.points > 100
    assert watching.viewer.snapshots == 1


async def test_what_is_stored_comes_also_while_the_sensor_sends(room: Room, ward: Ward) -> None:
    session_id = await ward.begun(target_angle=90.0)
    angles = bends(2)
    await ward.store(
        await ward.stream(session_id), angles, datetime.now(UTC) - timedelta(seconds=angles.shape[1] * 0.02)
    )
    sensor = Wearer(room.intake, ward)
    await sensor.join(claim(session_id))

    async def move() -> None:
        while True:
            await sensor.move(np.full((1, 5), 1.0, np.float32), ack=False)
            await asyncio.sleep(0.002)

    async with asyncio.TaskGroup() as tasks:
        moving = tasks.create_task(move())
        watching = await room.watch(session_id, "PT", ward.patient_id)
        await until(lambda: watching.points > 100)
        moving.cancel()


async def test_changes_of_the_session_are_told(room: Room, ward: Ward) -> None:
    session_id = await ward.begun(target_angle=90.0)
    watching = await room.watch(session_id, "PT", ward.patient_id)
    await ward.db.execute("UPDATE physio_sessions SET target_angle = 70, target_reps = 5 WHERE id = $1", session_id)
    await until(lambda: watching.joint[3:5] == [70.0, 5], 2.0)
    await ward.db.execute(
        "UPDATE physio_sessions SET status = 'completed', ended_at = now(), ended_by = 'person' WHERE id = $1",
        session_id,
    )
    await until(lambda: watching.status == "completed", 2.0)


async def test_what_is_counted_after_the_end_takes_its_place(room: Room, ward: Ward) -> None:
    session_id = await ward.begun(target_angle=90.0)
    watching = await room.watch(session_id, "PT", ward.patient_id)
    sensor = Wearer(room.intake, ward)
    await sensor.join(claim(session_id))
    await sensor.move(squats(1))
    await until(lambda: watching.numbers == [1])
    await ward.db.execute("UPDATE physio_sessions SET status = 'completed', ended_at = now() WHERE id = $1", session_id)
    await ward.db.execute("UPDATE motion_repetitions SET peak_angle = 66, valid = false")
    await ward.db.execute("UPDATE physio_sessions SET counted_at = now() WHERE id = $1", session_id)
    await until(lambda: watching.joint[5:7] == [1, 0], 8.0)
    assert watching.rows("repetitions")[0][6] == 66.0
    assert watching.rows("session")[0][5] is not None


@pytest.mark.parametrize("code", ["PT", "DR", "AD"])
async def test_who_has_nothing_to_do_with_the_patient_is_told_that_there_is_no_such_channel(
    room: Room, ward: Ward, code: str
) -> None:
    session_id = await ward.begun()
    watching = await room.watch(session_id, code, uuid4())
    assert watching.refused == ["not_found"]
    assert len(room.physio) == 0


async def test_a_doctor_who_has_the_patient_in_care_no_longer_sees_nothing_more(room: Room, ward: Ward) -> None:
    session_id = await ward.begun()
    doctor = await world.doctor(ward.db)
    facility = await world.facility(ward.db)
    await ward.db.execute(
        "INSERT INTO appointments (patient_id, doctor_id, facility_id, scheduled_at)"
        " VALUES ($1, $2, $3, now() - interval '2 days')",
        *(ward.patient_id, doctor, facility),
    )
    watching = await room.watch(session_id, "DR", doctor)
    assert watching.viewer.snapshots == 1
    await ward.db.execute("DELETE FROM appointments WHERE doctor_id = $1", doctor)
    assert await until(lambda: watching.look() and watching.refused == ["not_found"]) < 2.0
    await until(lambda: len(room.physio) == 0)


async def test_a_reason_to_look_ends_by_itself(room: Room, ward: Ward) -> None:
    session_id = await ward.begun()
    admin = await world.user(ward.db, role="admin")
    await ward.db.execute(
        "INSERT INTO break_glass (user_id, patient_id, reason, granted_at, expires_at)"
        " VALUES ($1, $2, 'an emergency at the ward', now() - interval '1 min', now() + interval '1 second')",
        *(admin, ward.patient_id),
    )
    watching = await room.watch(session_id, "AD", admin)
    assert watching.viewer.snapshots == 1
    assert await until(lambda: watching.look() and watching.refused == ["not_found"]) < 3.0


async def test_who_looks_is_written_down(room: Room, ward: Ward) -> None:
    session_id = await ward.begun()
    await room.watch(session_id, "DR", ward.therapist_id)
    await until(lambda: room.audit.written == 1)
    row = await ward.db.fetchrow("SELECT * FROM audit_log WHERE action = 'live.physio'")
    assert row is not None
    assert (row["actor_id"], row["patient_id"]) == (str(ward.therapist_id), ward.patient_id)
    assert row["entity_id"] == str(session_id)


async def test_nothing_is_kept_of_what_nobody_watches(room: Room, ward: Ward) -> None:
    session_id = await ward.begun()
    watching = await room.watch(session_id, "PT", ward.patient_id)
    assert room.intake.motion._taps
    assert room.metrics.registry.get_sample_value("hub_live_physio_sessions") == 1
    await room.live.receive(watching.session, JSON.encode(Unsubscribe(channel_of(session_id))).decode())
    await until(lambda: len(room.physio) == 0)
    assert not room.intake.motion._taps
    assert room.metrics.registry.get_sample_value("hub_live_physio_sessions") == 0


async def test_a_viewer_that_does_not_read_costs_a_write_and_catches_up_when_it_does(room: Room, ward: Ward) -> None:
    session_id = await ward.begun(target_angle=90.0)
    lazy = await room.watch(session_id, "PT", ward.patient_id, reading=False)
    brisk = await room.watch(session_id, "DR", ward.therapist_id)
    sensor = Wearer(room.intake, ward)
    await sensor.join(claim(session_id))
    await until(lambda: lazy.pipe.unread)
    waiting = len(lazy.pipe.unread)
    await sensor.move(squats(2))
    await until(lambda: brisk.numbers == [1, 2])
    assert len(lazy.pipe.unread) == waiting, "nothing is queued for who does not read"
    lazy.pipe.reading = True
    lazy.pipe.read()
    await sensor.move(np.zeros((1, 10), np.float32))
    await until(lambda: lazy.look() and lazy.numbers == [1, 2])
    await until(lambda: brisk.look().offset == lazy.look().offset and brisk.viewer.state == lazy.viewer.state)


async def test_people_see_themselves_move_twice_as_often_as_the_fleet(database: str, ward: Ward) -> None:
    async with rooms(database, MemoryBus("one"), tick_s=0.4) as (room,):
        session_id = await ward.begun()
        watching = await room.watch(session_id, "PT", ward.patient_id)
        sensor = Wearer(room.intake, ward)
        await sensor.join(claim(session_id))
        began_s, offset = time.monotonic(), watching.viewer.offset
        while time.monotonic() < began_s + 1.2:
            await sensor.move(np.full((1, 2), time.monotonic() % 90, np.float32), ack=False)
            await asyncio.sleep(0.05)
        assert 4 <= watching.look().offset - offset <= 8
