"""What devices are told: sent until it is answered, given up when it is of no use any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from storage import commands
from storage.pool import INGEST, Database

OFFER = """
INSERT INTO assignments (request_id, ambulance_id, offer_expires_at) VALUES ($1, $2, now() + interval '30 s')
RETURNING id
"""
TABLET = "INSERT INTO devices (kind, name, ambulance_id) VALUES ('tablet', 'T', $1) RETURNING id"
TELL = """
INSERT INTO device_commands (device_id, kind, body, assignment_id, expires_at)
SELECT id, 'offer', '{}', $1, now() + $2::interval FROM devices ORDER BY id
"""


class Unit:
    """An ambulance with two tablets and a call for it."""

    def __init__(self, superuser: asyncpg.Connection[asyncpg.Record]) -> None:
        self._superuser = superuser
        self.tablets: list[int] = []
        self.ambulance_id = 0
        self.assignment_id: UUID

    async def make(self) -> Unit:
        """Store it all."""
        ask = self._superuser.fetchval
        self.ambulance_id = await ask("INSERT INTO ambulances (plate_number) VALUES ('KA-1') RETURNING id")
        self.tablets = [await ask(TABLET, self.ambulance_id) for _ in range(2)]
        request_id = await ask("INSERT INTO ambulance_requests (priority) VALUES (1) RETURNING id")
        self.assignment_id = await ask(OFFER, request_id, self.ambulance_id)
        return self

    async def tell(self, lasts_s: int = 30) -> None:
        """Store an offer for each tablet."""
        await self._superuser.execute(TELL, self.assignment_id, timedelta(seconds=lasts_s))

    async def stored(self) -> list[tuple[Any, ...]]:
        """Return device, kind and status of each command, in order."""
        rows = await self._superuser.fetch(
            "SELECT device_id, kind, status FROM device_commands ORDER BY created_at, device_id"
        )
        return [tuple(row) for row in rows]


@pytest.fixture
async def unit(superuser: asyncpg.Connection[asyncpg.Record]) -> Unit:
    return await Unit(superuser).make()


@pytest.fixture
async def ingest(open_pool: Any) -> Database:
    pool: Database = await open_pool(INGEST)
    return pool


async def test_the_first_tablet_that_has_an_offer_makes_it_delivered(
    unit: Unit, app_pool: Database, ingest: Database, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    await unit.tell()
    later = datetime.now(UTC) + timedelta(seconds=3)
    for place, device_id in enumerate(unit.tablets):
        (told,) = await commands.pending(ingest, device_id)
        answer = (app_pool, device_id, told.id, "done", None)
        assert await commands.deliver(*answer, at=later + timedelta(seconds=place))
        assert not await commands.deliver(*answer, at=later + timedelta(seconds=60))
    assert await superuser.fetchval("SELECT delivered_at FROM assignments") == later


async def test_a_refused_offer_is_not_delivered(
    unit: Unit, app_pool: Database, ingest: Database, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    await unit.tell()
    (told,) = await commands.pending(ingest, unit.tablets[0])
    assert await commands.deliver(app_pool, unit.tablets[0], told.id, "refused", "what?", at=datetime.now(UTC))
    assert await superuser.fetchval("SELECT delivered_at FROM assignments") is None


async def test_an_offer_that_was_given_up_on_its_way_has_arrived_all_the_same(
    unit: Unit, app_pool: Database, ingest: Database, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    await unit.tell()
    (told,) = await commands.pending(ingest, unit.tablets[0])
    await superuser.execute("UPDATE device_commands SET status = 'expired', acked_at = now()")
    assert not await commands.deliver(app_pool, unit.tablets[0], told.id, "done", None, at=datetime.now(UTC))
    assert await superuser.fetchval("SELECT delivered_at IS NOT NULL FROM assignments")
    assert [row[2] for row in await unit.stored()] == ["expired", "expired"]


async def test_an_expired_offer_is_not_sent_and_says_so(unit: Unit, app_pool: Database, ingest: Database) -> None:
    await unit.tell(lasts_s=-1)
    assert await commands.pending(ingest, unit.tablets[0]) == []
    assert [row[2] for row in await unit.stored()] == ["expired", None]
    assert await commands.give_up_expired(app_pool) == 1
    assert [row[2] for row in await unit.stored()] == ["expired", "expired"]


async def test_an_answer_of_another_device_counts_for_nothing(unit: Unit, app_pool: Database, ingest: Database) -> None:
    await unit.tell()
    (told,) = await commands.pending(ingest, unit.tablets[0])
    assert not await commands.deliver(app_pool, unit.tablets[1], told.id, "done", None, at=datetime.now(UTC))
