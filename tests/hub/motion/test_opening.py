"""Streams that are opened while something else happens: nothing of them stays behind, and nothing is missed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from uuid import uuid4

import asyncpg
import numpy as np
import pytest

from hub.clock import Clock
from hub.errors import Forbidden
from hub.ingest.intake import Intake
from hub.ingest.stream import Stream
from hub.metrics import Metrics
from hub.motion.motion import Motion
from hub.motion.opening import Opening
from hub.motion.stream import MotionStream
from hub.protocol.limits import TIME_US_MAX
from hub.protocol.stream_frames import StreamClaim
from storage.pool import INGEST, Database, Record
from storage.sql import Query
from tests.hub.ingest.test_session import running
from tests.hub.motion.sensor import Sensor, claim, readings
from tests.hub.motion.ward import HIP, KNEE, Ward
from tests.hub.motion.ward import ward as ward_of
from tests.protocol.rig.hub import START_US
from tests.storage.world import Connection

THREE = np.zeros((1, 3))
SENSORS = 20


@pytest.fixture
async def ward(superuser: Connection) -> Ward:
    return await ward_of(superuser)


@pytest.fixture
async def intake(database: str, ingest_pool: Database) -> AsyncIterator[Intake]:
    async with running(database, ingest_pool) as (running_intake, _, _):
        yield running_intake


async def test_a_log_that_is_opened_again_goes_on_and_leaves_nothing_behind(
    intake: Intake, ward: Ward, superuser: Connection
) -> None:
    session_id = await ward.begun()
    log, sensor = claim(session_id), Sensor(intake, ward)
    await sensor.join(log)
    await sensor.frame(THREE, START_US)
    await sensor.acked(3)
    await sensor.say({"type": "open", "streams": [log]})
    (opened,) = sensor.line.said("opened")
    assert opened["streams"][0] | {"fence": 0} == {**opened["streams"][0], "fence": 0, "acked": 3}
    await sensor.frame(THREE, START_US + 30_000)
    await sensor.acked(6)
    assert len(intake.motion.streams_of(session_id)) == 1
    assert await readings(superuser, session_id) == [0.0] * 6
    sensor.gone()
    assert intake.motion.streams_of(session_id) == []


async def test_a_greeting_that_is_refused_leaves_no_stream_behind(intake: Intake, ward: Ward) -> None:
    session_id = await ward.begun()
    sensor = Sensor(intake, ward)
    with pytest.raises(Forbidden):
        await sensor.join(claim(session_id, (KNEE, HIP)), {"log_id": "0" * 32, "kind": "fixes"})
    sensor.gone()
    assert intake.motion.streams_of(session_id) == []


async def test_a_session_that_ends_while_its_stream_is_opened(
    intake: Intake, ward: Ward, superuser: Connection, database: str
) -> None:
    session_id = await ward.begun()
    log = claim(session_id)
    first = Sensor(intake, ward)
    await first.join(log)
    first.gone()
    second = Sensor(intake, ward)
    other = await asyncpg.connect(database)
    try:
        async with other.transaction():
            await other.execute("SELECT FROM streams WHERE id = $1 FOR UPDATE", first.stream)
            joining = asyncio.create_task(second.join(log))
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            while not await superuser.fetchval(waiting):  # noqa: ASYNC110 - another connection's work
                await asyncio.sleep(0.01)
            await superuser.execute(
                "UPDATE physio_sessions SET status = 'completed', ended_at = now() - interval '30 s' WHERE id = $1",
                session_id,
            )
            await intake.motion.changed(session_id)
        await joining
    finally:
        await other.close()
    await second.frame(THREE, START_US)
    await second.acked(3)
    (nack,) = second.line.said("nack")
    assert nack["code"] == "outside_session"
    assert await readings(superuser, session_id) == []


@pytest.mark.parametrize("last", [{}, {"interval_us": None, "offsets_us": [0, 1, 20_001]}])
async def test_a_frame_that_ends_behind_the_last_date_is_refused(
    intake: Intake, ward: Ward, superuser: Connection, last: dict[str, object]
) -> None:
    session_id = await ward.begun()
    sensor = Sensor(intake, ward)
    await sensor.join(claim(session_id))
    await sensor.frame(THREE, TIME_US_MAX - 20_000)
    await sensor.frame(THREE, TIME_US_MAX - 20_000 + 1, **last)
    await sensor.frame(THREE + 1, START_US)
    await sensor.acked(9)
    (nack,) = sensor.line.said("nack")
    assert (nack["seq"], nack["to"], nack["code"]) == (4, 6, "invalid_value")
    assert sorted(await readings(superuser, session_id)) == [0.0] * 3 + [1.0] * 3


async def test_a_session_has_so_many_logs_and_no_more(intake: Intake, ward: Ward, superuser: Connection) -> None:
    session_id = await ward.begun()
    first, sensor = claim(session_id), Sensor(intake, ward)
    await sensor.join(first)
    for _ in range(63):
        await ward.stream(session_id)
    await sensor.say({"type": "open", "streams": [claim(session_id)]})
    await sensor.say({"type": "open", "streams": [first]})
    one_more, known = sensor.line.said("opened")
    assert [refused["code"] for refused in one_more["refused"]] == ["forbidden"]
    assert len(known["streams"]) == 1


class Asked(Database):
    """Notes what is asked for, but for what is held open."""

    names: list[str]

    async def fetch_one(self, query: Query, **parameters: object) -> Record | None:
        """Note it, and answer."""
        self.names.append(query.name)
        return await super().fetch_one(query, **parameters)

    async def _fetch_for_all(self, query: Query, callers: Sequence[list[object]]) -> list[list[Record]]:
        self.names.append(query.name)
        return await super()._fetch_for_all(query, callers)


@pytest.fixture
async def asked(database: str) -> AsyncIterator[Asked]:
    pool = await Asked.open(database, role=INGEST, size=4, command_timeout_s=5.0)
    assert isinstance(pool, Asked)
    pool.names = []
    yield pool
    await pool.close()


class Nobody:
    """The connection of a stream that nothing is sent on."""

    def stream_committed(self, stream: Stream, settled: int) -> None:
        """Nothing is."""

    def stream_superseded(self) -> None:
        """Do nothing."""

    def stream_set_back(self) -> None:
        """Do nothing."""


async def test_a_stream_is_opened_in_three_round_trips_of_which_many_share_two(
    superuser: Connection, asked: Asked
) -> None:
    opening = Opening(asked, Motion(asked, lambda run: None, Metrics()), Clock())
    wards = [await ward_of(superuser) for _ in range(SENSORS)]
    claims = [StreamClaim(uuid4().hex, "motion", await ward.begun(), (KNEE,)) for ward in wards]

    async def opened(place: int) -> int:
        stream = await opening.open(Nobody(), wards[place].device_id, claims[place])
        assert isinstance(stream, MotionStream)
        return len(stream.counters)

    assert await opened(0) == 1
    assert asked.names == ["counters.find_session", "streams.claim", "counters.read_opened"]
    asked.names = []
    assert await asyncio.gather(*(opened(place) for place in range(SENSORS))) == [1] * SENSORS
    assert asked.names.count("counters.find_session") == 2  # the first one asks alone, then everybody
    assert asked.names.count("streams.claim") == SENSORS
    assert asked.names.count("counters.read_opened") <= SENSORS
