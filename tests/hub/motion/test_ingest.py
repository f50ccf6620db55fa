"""A sensor's frames from hello to what is stored and counted, on a real database; only the socket is the test's."""

from __future__ import annotations

import csv
import math
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from numpy.typing import NDArray

from hub.errors import CreditExceeded, Malformed
from hub.ingest.intake import Intake
from hub.motion.repetitions import Repetition
from hub.motion.stream import MotionStream
from storage.pool import Database
from tests.hub.ingest.test_session import running
from tests.hub.motion.sensor import INTERVAL_US, Sensor, claim, readings, squats, stored_repetitions
from tests.hub.motion.ward import HIP, KNEE, Ward
from tests.hub.motion.ward import ward as ward_of
from tests.protocol.rig.hub import START_US
from tests.storage.world import Connection

RECORDINGS = Path(__file__).resolve().parents[4] / "shared" / "data" / "joint"


@pytest.fixture
async def ward(superuser: Connection) -> Ward:
    return await ward_of(superuser)


@pytest.fixture
async def intake(database: str, ingest_pool: Database) -> AsyncIterator[Intake]:
    async with running(database, ingest_pool) as (running_intake, _, _):
        yield running_intake


async def test_frames_are_stored_once_and_counted_as_they_come(
    intake: Intake, ward: Ward, superuser: Connection
) -> None:
    session_id = await ward.begun(target_angle=90.0)
    sensor, angles = Sensor(intake, ward), squats(3)
    await sensor.join(claim(session_id))
    for first in range(0, angles.shape[1], 10):
        await sensor.frame(angles[:, first : first + 10], START_US + first * INTERVAL_US)
        if first % 90 == 80:
            await sensor.acked(first + 10)
    await sensor.acked(angles.shape[1])
    assert await readings(superuser, session_id) == angles[0].tolist()
    found = await stored_repetitions(superuser, sensor.stream)
    assert [(number, valid) for number, _, _, valid in found] == [(1, True), (2, True), (3, True)]


@pytest.mark.parametrize("state", ["kept", "of another version", "lost"])
async def test_counting_goes_on_at_another_connection_as_if_nothing_had_happened(
    intake: Intake, ward: Ward, superuser: Connection, state: str
) -> None:
    session_id = await ward.begun(target_angle=90.0)
    log = claim(session_id)
    angles, cut = squats(3), 477  # in the middle of the second one
    first = Sensor(intake, ward)
    await first.join(log)
    await first.frame(angles[:, :80], START_US)
    for start in range(80, cut, 90):
        piece = angles[:, start : min(start + 90, cut)]
        await first.acked(start)
        await first.frame(piece, START_US + start * INTERVAL_US)
    await first.acked(cut)
    first.gone()
    if state == "of another version":
        await superuser.execute("UPDATE motion_counters SET live_state = $1", b"\xff and so on")
    elif state == "lost":
        await superuser.execute("DELETE FROM motion_counters")
    second = Sensor(intake, ward)
    welcome = await second.join(log)
    assert welcome["streams"][0]["acked"] == cut
    second.seq = cut - 40  # what it is unsure of it sends again
    for start in range(cut - 41, angles.shape[1], 90):
        piece = angles[:, start : start + 90]
        await second.frame(piece, START_US + start * INTERVAL_US)
        await second.acked(start + piece.shape[1])
    found = await stored_repetitions(superuser, second.stream)
    assert [(number, valid) for number, _, _, valid in found] == [(1, True), (2, True), (3, True)]
    assert await readings(superuser, session_id) == angles[0].tolist()


BAD = {
    "nan": np.array([[1.0, math.nan, 2.0]]),
    "infinite": np.array([[1.0, math.inf, 2.0]]),
    "too far": np.array([[1.0, -360.5, 2.0]]),
}


@pytest.mark.parametrize("kind", sorted(BAD))
async def test_an_impossible_frame_is_refused_and_its_neighbours_are_stored(
    intake: Intake, ward: Ward, superuser: Connection, kind: str
) -> None:
    session_id = await ward.begun()
    sensor = Sensor(intake, ward)
    await sensor.join(claim(session_id))
    fine = np.array([[5.0, 6.0, 7.0]])
    await sensor.frame(fine, START_US)
    await sensor.frame(BAD[kind], START_US + 30_000)
    await sensor.frame(fine + 1, START_US + 60_000)
    await sensor.acked(9)
    (nack,) = sensor.line.said("nack")
    assert (nack["seq"], nack["to"], nack["code"]) == (4, 6, "invalid_value")
    assert await readings(superuser, session_id) == [5.0, 6.0, 7.0, 6.0, 7.0, 8.0]
    assert await superuser.fetchval("SELECT count(*) FROM dead_letters WHERE stream_id = $1", sensor.stream) == 1


async def test_ragged_frames_are_refused_as_a_whole(intake: Intake, ward: Ward) -> None:
    sensor = Sensor(intake, ward)
    await sensor.join(claim(await ward.begun(), (KNEE, HIP)))
    await sensor.frame(np.zeros((1, 3)), START_US)  # an angle of one joint only
    await sensor.frame(np.zeros((2, 3)), START_US, interval_us=None, offsets_us=[0, 20, 10])
    await sensor.frame(np.zeros((2, 3)), START_US, interval_us=None, offsets_us=[0, 10])
    await sensor.acked(9)
    assert [(nack["seq"], nack["to"], nack["code"]) for nack in sensor.line.said("nack")] == [
        (1, 3, "invalid_value"),
        (4, 6, "invalid_value"),
        (7, 9, "invalid_value"),
    ]


@pytest.mark.parametrize("angles", [b"11 bytes it", [[1.0, 2.0]], [[1.0, 2.0, None]]])
async def test_a_frame_that_never_fits_is_the_same_when_it_is_sent_again(
    intake: Intake, ward: Ward, angles: object
) -> None:
    sensor = Sensor(intake, ward)
    await sensor.join(claim(await ward.begun()))
    frame = {"type": "data", "stream": sensor.stream, "seq": 1, "sent_at": START_US, "started_at": START_US}
    frame |= {"samples": 3, "interval_us": INTERVAL_US, "angles": angles}

    async def conflicting(another: object) -> float | None:
        await sensor.say({**frame, "angles": another})
        return intake.metrics.registry.get_sample_value("hub_samples_conflicting_total")

    assert [await conflicting(angles), await conflicting(angles), await conflicting([[2.0]])] == [0, 0, 3]


async def test_uneven_times_are_stored_as_they_are(intake: Intake, ward: Ward, superuser: Connection) -> None:
    session_id = await ward.begun()
    sensor = Sensor(intake, ward)
    await sensor.join(claim(session_id))
    await sensor.frame(np.array([[1.0, 2.0, 3.0]]), START_US, interval_us=None, offsets_us=[0, 7_000, 31_000])
    await sensor.frame(np.array([[4.0, 5.0]]), START_US + 50_000)
    await sensor.acked(5)
    rows = await superuser.fetch(
        'SELECT to_us("timestamp") AS at, angle FROM joint_motion_logs WHERE session_id = $1 ORDER BY 1', session_id
    )
    assert [(row["at"] - START_US, row["angle"]) for row in rows] == [
        (0, 1.0),
        (7_000, 2.0),
        (31_000, 3.0),
        (50_000, 4.0),
        (60_000, 5.0),
    ]


async def test_the_included_angle_is_turned_round_at_the_edge(
    intake: Intake, ward: Ward, superuser: Connection
) -> None:
    await superuser.execute("UPDATE physio_devices SET included_angle = true WHERE id = $1", ward.device_id)
    session_id = await ward.begun()
    sensor = Sensor(intake, ward)
    await sensor.join(claim(session_id))
    await sensor.frame(np.array([[180.0, 90.0, 45.0]]), START_US)
    await sensor.acked(3)
    assert await readings(superuser, session_id) == [0.0, 90.0, 135.0]


async def test_strikes(intake: Intake, ward: Ward) -> None:
    sensor = Sensor(intake, ward)
    await sensor.join(claim(await ward.begun()))
    await sensor.frame(np.zeros((1, 3)), START_US, samples=0)
    await sensor.frame(np.zeros((1, 3)), START_US, seq=1, samples=1_000_000)
    with pytest.raises(Malformed):
        await sensor.frame(np.zeros((1, 3)), START_US, seq=1, offsets_us=[0, 1, 2])
    assert [error["code"] for error in sensor.line.said("error")] == ["invalid_value", "invalid_value", "malformed"]


async def test_credit_counts_instants(intake: Intake, ward: Ward) -> None:
    sensor = Sensor(intake, ward)
    welcome = await sensor.join(claim(await ward.begun(), (KNEE, HIP)))
    with pytest.raises(CreditExceeded):
        await sensor.frame(np.zeros((2, welcome["credit"] + 1)), START_US)


async def test_who_may_not_open_a_stream_is_told_and_goes_on(intake: Intake, ward: Ward, superuser: Connection) -> None:
    mine = await ward.begun()
    tomorrow = await ward.session(scheduled_at=datetime.now(UTC) + timedelta(days=1))
    stranger = await ward_of(superuser)
    foreign = await stranger.begun()
    sensor = Sensor(intake, ward)
    welcome = await sensor.join(
        claim(mine), claim(foreign), claim(uuid4()), claim(tomorrow), claim(mine, ("right_tail_flexion",))
    )
    assert len(welcome["streams"]) == 1
    codes = [refused["code"] for refused in welcome["refused"]]
    assert codes == ["forbidden", "forbidden", "outside_session", "invalid_value"]
    await sensor.frame(np.zeros((1, 3)), START_US)
    await sensor.acked(3)


async def test_a_session_is_opened_on_a_connection_that_waits(intake: Intake, ward: Ward) -> None:
    sensor = Sensor(intake, ward)
    assert (await sensor.join())["streams"] == []
    for _ in range(10):  # more than a connection holds: those that wait for nothing make room
        session_id = await ward.begun()
        await sensor.say({"type": "open", "streams": [claim(session_id)]})
        sensor.stream, sensor.seq = sensor.line.said("opened")[-1]["streams"][0]["stream"], 1
        await sensor.frame(np.zeros((1, 3)), START_US)
        await sensor.acked(3)
        await ward.db.execute("UPDATE physio_sessions SET status = 'completed' WHERE id = $1", session_id)
    assert len(sensor.session.streams) == 8


class Watcher:
    """Sees what is measured."""

    def __init__(self) -> None:
        self.samples = 0
        self.repetitions: list[Repetition] = []
        self.changes = 0

    def moved(self, stream: MotionStream, at_us: NDArray[np.int64], angles: NDArray[np.float32]) -> None:
        """Count them."""
        self.samples += angles.shape[1]

    def repeated(self, stream: MotionStream, joint: int, repetition: Repetition) -> None:
        """Keep it."""
        self.repetitions.append(repetition)

    def changed(self) -> None:
        """Count it."""
        self.changes += 1


async def test_a_target_that_changes_counts_from_its_time_on(intake: Intake, ward: Ward, superuser: Connection) -> None:
    session_id = await ward.begun(target_angle=90.0)
    sensor, watcher, angles = Sensor(intake, ward), Watcher(), squats(1, top=60.0)
    await sensor.join(claim(session_id))
    intake.motion.watch(session_id, watcher)
    for number in (1, 2):
        if number == 2:
            await superuser.execute("UPDATE physio_sessions SET target_angle = 60 WHERE id = $1", session_id)
            await superuser.execute(
                "UPDATE motion_targets SET set_at = now() - interval '1 s' WHERE session_id = $1 AND isfinite(set_at)",
                session_id,
            )
            await intake.motion.changed(session_id)
        for start in range(0, angles.shape[1], 50):
            await sensor.frame(angles[:, start : start + 50], START_US + (sensor.seq - 1) * INTERVAL_US)
            await sensor.acked(sensor.seq - 1)
    assert [(one.number, one.valid) for one in watcher.repetitions] == [(1, False), (2, True)]
    assert watcher.samples == 2 * angles.shape[1]
    assert watcher.changes == 1


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not beside the checkout")
@pytest.mark.parametrize(
    ("name", "rest", "target", "expected"),
    [("squat_mocap", 2.0, 90.0, 5), ("sts_mocap", 105.0, 10.0, 5), ("walk_mocap", 5.0, 90.0, 0)],
)
async def test_the_recordings(
    intake: Intake, ward: Ward, superuser: Connection, name: str, rest: float, target: float, expected: int
) -> None:
    with (RECORDINGS / f"{name}.csv").open(newline="") as file:
        angles = np.array([float(row["knee_flexion_r"]) for row in csv.DictReader(file)], np.float32)[None]
    session_id = await ward.begun(rest_angle=rest, target_angle=target)
    sensor = Sensor(intake, ward)
    await sensor.join(claim(session_id))
    for start in range(0, angles.shape[1], 50):
        await sensor.frame(angles[:, start : start + 50], START_US + start * INTERVAL_US)
        await sensor.acked(min(start + 50, angles.shape[1]))
    found = await stored_repetitions(superuser, sensor.stream)
    assert sum(valid for *_, valid in found) == expected
    assert len(await readings(superuser, session_id)) == angles.shape[1]
