"""What sensors say of their sessions: begin, end, the rest pose; repeated, late, and by others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.clock import to_us
from hub.motion.sessions import Sensors, ended_us
from hub.protocol.reports import Report, ReportAck
from storage import commands
from storage.physio.sessions import LastSample
from storage.pool import Database
from tests.hub.ingest.test_session import running
from tests.hub.motion.sensor import Sensor
from tests.hub.motion.ward import HIP, KNEE, StillClock, Ward, ward
from tests.protocol.rig.hub import until
from tests.storage import world
from tests.storage.world import Connection

NUMBERS = count(1)
INSTANTS = st.integers(0, 100)


@pytest.fixture
async def at(superuser: Connection) -> Ward:
    return await ward(superuser)


class Desk:
    """Takes reports at a time that a test chooses."""

    def __init__(self, db: Database, at: Ward) -> None:
        self.clock = StillClock(datetime.now(UTC))
        self.sensors = Sensors(db, self.clock)
        self.at = at

    async def say(self, kind: str, session_id: object, *, age: timedelta = timedelta(), by: int | None = None) -> Any:
        """Report something that happened so long ago; return (status, code)."""
        ack = await self.report(kind, {"session": str(session_id)}, age=age, by=by)
        return ack.status, ack.code

    async def report(
        self, kind: str, body: dict[str, object], *, age: timedelta = timedelta(), by: int | None = None
    ) -> ReportAck:
        """Report something; return the whole answer."""
        now = to_us(self.clock.now())
        said = Report(f"r{next(NUMBERS)}", kind, now - int(age.total_seconds() * 1e6), now, body)
        return await self.sensors.take(by or self.at.device_id, said, now)


@pytest.fixture
async def desk(app_pool: Database, at: Ward) -> Desk:
    return Desk(app_pool, at)


DONE = ("done", None)


async def times(at: Ward, session_id: UUID) -> tuple[datetime | None, datetime | None]:
    row = await at.db.fetchrow("SELECT started_at, ended_at FROM physio_sessions WHERE id = $1", session_id)
    assert row is not None
    return row["started_at"], row["ended_at"]


async def test_a_sensor_begins_and_ends_its_session(desk: Desk, at: Ward) -> None:
    key = await at.session()
    assert await desk.say("session_start", key) == DONE
    assert await at.status(key) == ("in_progress", None)
    desk.clock.at += timedelta(minutes=5)
    assert await desk.say("session_stop", key) == DONE
    assert await at.status(key) == ("completed", "device")
    assert await times(at, key) == (desk.clock.at - timedelta(minutes=5), desk.clock.at)
    entries = await at.db.fetch("SELECT actor_kind, actor_id, patient_id, detail FROM audit_log ORDER BY id")
    assert [(e["actor_kind"], e["actor_id"], e["patient_id"]) for e in entries] == [
        ("device", str(at.device_id), at.patient_id)
    ] * 2


async def test_a_repeated_report_changes_nothing(desk: Desk, at: Ward) -> None:
    key = await at.session()
    for kind in ("session_start", "session_start", "session_stop", "session_stop", "session_start"):
        assert await desk.say(kind, key) == DONE
    assert await at.db.fetchval("SELECT count(*) FROM audit_log") == 2


async def test_a_session_that_is_not_the_sensors_is_not_there(desk: Desk, at: Ward) -> None:
    other = await world.insert(at.db, "devices", kind="physio", name="Other")
    await world.insert(at.db, "physio_devices", id=other)
    key = await at.session()
    assert await desk.say("session_start", key, by=other) == ("refused", "not_found")
    assert await desk.say("session_start", uuid4()) == ("refused", "not_found")
    await at.db.execute("UPDATE physio_devices SET patient_id = $1", await world.patient(at.db))
    assert await desk.say("session_start", key) == ("refused", "not_found")


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("session_dance", {"session": "x"}, "invalid_value"),
        ("session_start", {"session": "x"}, "invalid_value"),
        ("session_start", {}, "malformed"),
        ("session_start", {"session": str(uuid4()), "joint": KNEE}, "unknown_field"),
    ],
)
async def test_what_cannot_be_read_is_refused(desk: Desk, kind: str, body: dict[str, object], code: str) -> None:
    ack = await desk.report(kind, body)
    assert (ack.status, ack.code, ack.state) == ("refused", code, None)


async def test_a_session_begins_around_its_time(desk: Desk, at: Ward) -> None:
    key = await at.session(scheduled_at=desk.clock.at + timedelta(minutes=31))
    refusal = await desk.report("session_start", {"session": str(key)})
    assert (refusal.code, refusal.state) == ("conflict", {"session": str(key), "status": "scheduled"})
    assert await desk.say("session_stop", key) == ("refused", "conflict")
    desk.clock.at += timedelta(minutes=2)
    assert await desk.say("session_start", key) == DONE


async def test_a_cancelled_session_does_not_begin(desk: Desk, at: Ward) -> None:
    key = await at.session(status="cancelled")
    assert await desk.say("session_start", key) == ("refused", "conflict")


async def test_a_sensor_that_was_offline_says_when_it_was(desk: Desk, at: Ward) -> None:
    began = desk.clock.at - timedelta(hours=3)
    key = await at.session(scheduled_at=began, status="missed")
    assert await desk.say("session_start", key, age=timedelta(hours=3)) == DONE
    assert await desk.say("session_stop", key, age=timedelta(hours=2, minutes=40)) == DONE
    assert await times(at, key) == (began, began + timedelta(minutes=20))


async def test_a_week_later_it_is_too_late(desk: Desk, at: Ward) -> None:
    age = timedelta(days=7, minutes=1)
    key = await at.session(scheduled_at=desk.clock.at - age, status="missed")
    assert await desk.say("session_start", key, age=age) == ("refused", "conflict")


async def closed_for_idle(at: Ward, began: datetime, ended: datetime) -> UUID:
    """Return a session of which nothing was heard any more, counted."""
    key = await at.begun(began)
    await at.db.execute(
        "UPDATE physio_sessions SET status = 'completed', ended_at = $2, ended_by = 'idle', counted_at = now()"
        " WHERE id = $1",
        key,
        ended,
    )
    return key


async def test_a_session_that_ended_more_than_a_week_ago_stays_as_it_is(desk: Desk, at: Ward) -> None:
    began = desk.clock.at - timedelta(days=8)
    key = await closed_for_idle(at, began, began + timedelta(minutes=20))
    assert await desk.say("session_stop", key) == DONE
    assert await times(at, key) == (began, began + timedelta(minutes=20))
    assert await at.status(key) == ("completed", "idle")


@pytest.mark.parametrize("closed_min", [50, 10])
async def test_a_session_that_was_closed_for_idle_ends_when_its_sensor_says(
    desk: Desk, at: Ward, closed_min: int
) -> None:
    now = desk.clock.at
    key = await closed_for_idle(at, now - timedelta(hours=1), now - timedelta(minutes=closed_min))
    assert await desk.say("session_stop", key, age=timedelta(minutes=30)) == DONE
    assert await at.status(key) == ("completed", "device")
    assert (await times(at, key))[1] == desk.clock.at - timedelta(minutes=30)
    assert await at.db.fetchval("SELECT counted_at FROM physio_sessions WHERE id = $1", key) is None
    assert await desk.say("session_stop", key) == DONE  # ended by the sensor: that stays
    assert (await times(at, key))[1] == desk.clock.at - timedelta(minutes=30)
    assert await at.db.fetchval("SELECT detail FROM audit_log") == '{"changed": ["ended_at"]}'


async def test_what_a_person_ended_stays_ended(desk: Desk, at: Ward) -> None:
    key = await at.begun(desk.clock.at - timedelta(hours=1))
    await at.db.execute("UPDATE physio_sessions SET status = 'completed' WHERE id = $1", key)
    ended = await times(at, key)
    assert await desk.say("session_stop", key, age=timedelta(minutes=30)) == DONE
    assert (await at.status(key), await times(at, key)) == (("completed", "person"), ended)


@pytest.mark.parametrize(("late", "joints"), [(False, (KNEE,)), (True, (KNEE, HIP))])
async def test_a_session_does_not_end_before_what_was_measured(
    desk: Desk, at: Ward, late: bool, joints: tuple[str, ...]
) -> None:
    now, began = desk.clock.at, desk.clock.at - timedelta(hours=1)
    key = await closed_for_idle(at, began, now - timedelta(minutes=10))
    angles = np.zeros((len(joints), 500), np.float32)  # 10 s
    await at.store(await at.stream(key, joints), angles, began + timedelta(minutes=20))
    if late:  # stored just now, and as old as its clock says
        await at.db.execute("UPDATE motion_frames SET received_at = $1", now)
    assert await desk.say("session_stop", key, age=timedelta(minutes=50)) == DONE
    assert (await times(at, key))[1] == began + timedelta(minutes=20, seconds=9.98)


@given(
    at=INSTANTS,
    shift=st.integers(-(10**15), 10**15),
    samples=st.lists(st.tuples(INSTANTS, st.integers(-200, 200))),
)
def test_the_end_is_between_what_is_said_and_what_has_come(at: int, shift: int, samples: list[tuple[int, int]]) -> None:
    last = [LastSample(received_at, taken_at + shift) for received_at, taken_at in samples]
    ended = ended_us(at, at + shift, last)
    assert at <= ended <= max([at, *(sample.received_at for sample in last)])
    assert ended == ended_us(ended, ended + shift, last)


async def test_a_patient_is_in_one_session(desk: Desk, at: Ward) -> None:
    await at.begun(device_id=None)
    key = await at.session(scheduled_at=desk.clock.at + timedelta(minutes=29, seconds=30))
    assert await desk.say("session_start", key) == ("refused", "conflict")


@pytest.mark.parametrize("shared", ["patient", "sensor"])
async def test_a_session_of_yesterday_is_told_of_during_todays(desk: Desk, at: Ward, shared: str) -> None:
    now, age = desk.clock.at, timedelta(days=1)
    key = await at.session(scheduled_at=now - age, status="missed")
    if shared == "patient":
        today = await at.begun(device_id=None)
    else:
        await at.db.execute("UPDATE physio_devices SET patient_id = NULL")  # of a facility: it goes round
        today = await at.begun(patient_id=await world.patient(at.db))
    assert await desk.say("session_start", key, age=age) == DONE
    assert await at.status(key) == ("completed", "idle")
    assert await times(at, key) == (now - age, (await times(at, today))[0])
    told = [c.kind for c in await commands.pending(desk.sensors._db, at.device_id) if c.body["session"] == str(key)]
    assert told == ["session_stop"]
    assert await desk.say("session_start", key, age=age) == DONE
    assert await desk.say("session_stop", key, age=age - timedelta(minutes=20)) == DONE
    assert await times(at, key) == (now - age, now - age + timedelta(minutes=20))
    assert await at.status(today) == ("in_progress", None)


async def test_the_rest_pose_is_the_median_of_two_seconds(desk: Desk, at: Ward) -> None:
    key = await at.begun(target_angle=110.0, target_reps=12)
    stream = await at.stream(key, (KNEE, HIP))
    knee = np.concatenate([np.full(200, 60.0), np.tile([9.0, 11.0, 10.0, 12.0, 8.0], 22)])
    angles = np.stack([knee, np.full(310, 31.5)]).astype(np.float32)
    await at.store(stream, angles, desk.clock.at - timedelta(seconds=6.2))
    assert await desk.say("session_rest", key) == DONE
    assert await at.db.fetchval("SELECT rest_angle FROM physio_sessions WHERE id = $1", key) == 10.0
    rows = await at.db.fetch(
        "SELECT joint, rest_angle, target_angle, target_reps FROM motion_targets"
        " WHERE isfinite(set_at) AND set_at > now() ORDER BY joint"
    )
    assert [tuple(row) for row in rows] == [(HIP, 31.5, None, None), (KNEE, 10.0, 110.0, 12)]
    told = (await commands.pending(desk.sensors._db, at.device_id))[-1]
    assert (told.kind, told.body["rest_angle"]) == ("session_target", 10.0)


async def test_there_is_no_rest_pose_while_the_joint_moves_or_nothing_comes(desk: Desk, at: Ward) -> None:
    key = await at.begun()
    assert await desk.say("session_rest", key) == ("refused", "conflict")
    moving = np.linspace(0, 90, 150, dtype=np.float32)[None, :]
    stream = await at.stream(key)
    last = await at.store(stream, moving, desk.clock.at - timedelta(seconds=3))
    refusal = await desk.report("session_rest", {"session": str(key)})
    assert refusal.detail == "the joint moves: hold it still for two seconds"
    await at.store(stream, np.zeros((1, 150), np.float32), desk.clock.at, first=last + 1)
    desk.clock.at += timedelta(seconds=14)
    assert await desk.say("session_rest", key) == ("refused", "conflict")


async def test_only_a_session_in_progress_is_calibrated(desk: Desk, at: Ward) -> None:
    assert await desk.say("session_rest", await at.session()) == ("refused", "conflict")


async def test_answers_to_commands_are_kept(desk: Desk, at: Ward, app_pool: Database) -> None:
    key = await at.session()
    await desk.say("session_start", key)
    (told,) = await commands.pending(app_pool, at.device_id)
    assert (told.kind, told.body["session"]) == ("session_start", str(key))
    assert await desk.sensors.deliver(at.device_id, told.id, "done", None)
    assert not await desk.sensors.deliver(at.device_id, told.id, "done", None)


async def test_a_sensor_says_it_over_its_connection(database: str, ingest_pool: Database, desk: Desk, at: Ward) -> None:
    key = await at.session(scheduled_at=datetime.now(UTC))
    async with running(database, ingest_pool) as (intake, _, _):
        desk.clock.at = intake.clock.now()
        intake.use_sensors(desk.sensors)
        sensor = Sensor(intake, at)
        await sensor.join()
        await at.db.execute("UPDATE physio_sessions SET scheduled_at = $1", intake.clock.now())
        said = {"type": "report", "id": "a", "kind": "session_start", "at": 1, "sent_at": 1}
        await sensor.say(said | {"body": {"session": str(key)}})
        await sensor.say(said | {"id": "b", "kind": "duty", "body": {"status": "available"}})
        assert await until(lambda: len(sensor.line.said("report_ack")) == 2)
        first, second = sensor.line.said("report_ack")
        assert (first["id"], first["status"]) == ("a", "done")
        assert (second["id"], second["status"], second["code"]) == ("b", "refused", "invalid_value")
        assert await at.status(key) == ("in_progress", None)
        sensor.gone()
