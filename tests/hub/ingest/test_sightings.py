"""Who is connected is noted when they come, and then by the minute."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from hub.ingest.sightings import Sightings
from storage.pool import Database
from tests.hub.ingest.test_session import running
from tests.hub.motion.sensor import Sensor
from tests.hub.motion.ward import StillClock, Ward, ward
from tests.protocol.rig.hub import until
from tests.storage.world import Connection


@pytest.fixture
async def at(superuser: Connection) -> Ward:
    return await ward(superuser)


class Moved(StillClock):
    """Stands still, for ages too."""

    def monotonic_s(self) -> float:
        """Return the same time."""
        return self.at.timestamp()


async def seen(at: Ward) -> datetime | None:
    moment: datetime | None = await at.db.fetchval("SELECT last_seen_at FROM devices WHERE id = $1", at.device_id)
    return moment


async def test_a_device_that_has_just_come_is_seen(
    database: str, ingest_pool: Database, app_pool: Database, at: Ward
) -> None:
    async with running(database, ingest_pool) as (intake, _, _), asyncio.TaskGroup() as tasks:
        looking = tasks.create_task(Sightings(app_pool, intake.roster, intake.clock, look_s=0.01).run())
        await asyncio.sleep(0)  # it has looked once, and found nobody
        assert await seen(at) is None
        sensor = Sensor(intake, at)

        async def is_seen() -> bool:
            return await seen(at) is not None

        assert await until(is_seen)
        looking.cancel()
        sensor.gone()


async def test_who_stays_is_noted_by_the_minute_and_who_comes_back_at_once(
    database: str, ingest_pool: Database, app_pool: Database, at: Ward
) -> None:
    began = datetime.now(UTC)
    clock, noted = Moved(began), []
    async with running(database, ingest_pool) as (intake, _, _):
        sightings, sensor = Sightings(app_pool, intake.roster, clock), Sensor(intake, at)
        for later_s in (0, 1, 59, 60, 70, 71, 72):
            if later_s == 71:
                sensor.gone()
            elif later_s == 72:
                sensor = Sensor(intake, at)
            clock.at = began + timedelta(seconds=later_s)
            await sightings.note()
            moment = await seen(at)
            assert moment is not None
            noted.append((moment - began).total_seconds())
        sensor.gone()
    assert noted == [0, 0, 0, 60, 60, 60, 72]
