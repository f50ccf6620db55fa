"""Frames that come after their session: of one that has ended, and of one that nobody had heard of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import numpy as np
import pytest

from hub.clock import to_us
from hub.ingest.intake import Intake
from hub.motion.sessions import Sensors
from hub.protocol.reports import Report
from storage.pool import Database
from tests.hub.ingest.test_session import running
from tests.hub.motion.sensor import INTERVAL_US, Sensor, claim, readings, squats, stored_repetitions
from tests.hub.motion.ward import Ward
from tests.hub.motion.ward import ward as ward_of
from tests.protocol.rig.hub import START_US
from tests.storage.world import Connection


@pytest.fixture
async def ward(superuser: Connection) -> Ward:
    return await ward_of(superuser)


@pytest.fixture
async def intake(database: str, ingest_pool: Database) -> AsyncIterator[Intake]:
    async with running(database, ingest_pool) as (running_intake, _, _):
        yield running_intake


async def test_late_frames_of_an_ended_session(intake: Intake, ward: Ward, superuser: Connection) -> None:
    session_id = await ward.begun()
    sensor = Sensor(intake, ward)
    await sensor.join(claim(session_id))
    await superuser.execute(
        "UPDATE physio_sessions SET status = 'completed', ended_at = now() - interval '1 minute' WHERE id = $1",
        session_id,
    )
    await intake.motion.changed(session_id)
    await sensor.frame(np.zeros((1, 3)), START_US, sent_at=START_US + 90_000_000)  # measured before the end
    await sensor.frame(np.ones((1, 3)), START_US + 30_000, sent_at=START_US + 30_000)  # measured now
    await sensor.acked(6)
    (nack,) = sensor.line.said("nack")
    assert (nack["seq"], nack["to"], nack["code"]) == (4, 6, "outside_session")
    assert await readings(superuser, session_id) == [0.0, 0.0, 0.0]


async def test_the_frames_of_yesterday_come_during_todays_session(
    intake: Intake, ward: Ward, superuser: Connection, app_pool: Database
) -> None:
    now, sensors = intake.clock.now(), Sensors(app_pool, intake.clock)
    yesterday, day_us = await ward.session(scheduled_at=now - timedelta(days=1), status="missed"), 86_400_000_000
    today, angles = await ward.begun(now - timedelta(minutes=1)), squats(2)
    sensor, other = Sensor(intake, ward), Sensor(intake, ward)
    await sensor.join(claim(today))
    said = Report("1", "session_start", START_US, START_US + day_us, {"session": str(yesterday)})
    assert (await sensors.take(ward.device_id, said, to_us(now))).status == "done"
    await other.join(claim(yesterday))
    for start in range(0, angles.shape[1], 50):
        piece, began = angles[:, start : start + 50], START_US + start * INTERVAL_US
        await sensor.frame(piece, began)
        await other.frame(piece, began, sent_at=began + day_us)
        await other.acked(start + piece.shape[1])
    await sensor.acked(angles.shape[1])
    assert await readings(superuser, yesterday) == await readings(superuser, today) == angles[0].tolist()
    assert len(await stored_repetitions(superuser, sensor.stream)) == 2
    assert await stored_repetitions(superuser, other.stream) == []  # counted from what is stored, as every past one
