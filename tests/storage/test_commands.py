"""What devices are told: sent until it is answered, given up when it is of no use any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from storage import commands
from storage.pool import INGEST, Database

CALL = """
WITH u AS (INSERT INTO users (email, password, role, name)
           VALUES ('asha@example.org', '$argon2id$x', 'patient', 'Asha Rao') RETURNING id),
     p AS (INSERT INTO patients (id, date_of_birth, blood_type)
           SELECT id, current_date - 12000, 'O-' FROM u RETURNING id)
INSERT INTO ambulance_requests
       (patient_id, priority, complaint, location_note, pickup_location, caller, callback_number)
SELECT id, 1, 'chest pain', 'behind the mill', point(77.5, 12.9), 'Ravi', '+91 80 1' FROM p RETURNING id
"""
OFFER = """
INSERT INTO assignments (request_id, ambulance_id, offer_expires_at) VALUES ($1, $2, now() + interval '30 s')
RETURNING id
"""
TABLET = "INSERT INTO devices (kind, name, ambulance_id, protocol) VALUES ('tablet', 'T', $1, $2) RETURNING id"


class Unit:
    """An ambulance with two tablets and a tracker that only reports where it is, and a call for it."""

    def __init__(self, superuser: asyncpg.Connection[asyncpg.Record]) -> None:
        self._superuser = superuser
        self.tablets: list[int] = []
        self.ambulance_id = 0
        self.request_id: UUID
        self.assignment_id: UUID

    async def make(self) -> Unit:
        """Store it all."""
        ask = self._superuser.fetchval
        self.ambulance_id = await ask("INSERT INTO ambulances (plate_number) VALUES ('KA-1') RETURNING id")
        self.tablets = [await ask(TABLET, self.ambulance_id, "hub") for _ in range(2)]
        await ask(TABLET, self.ambulance_id, "traccar")
        gone = await ask(TABLET, self.ambulance_id, "hub")
        await ask("UPDATE devices SET revoked_at = now() WHERE id = $1", gone)
        self.request_id = await ask(CALL)
        self.assignment_id = await ask(OFFER, self.request_id, self.ambulance_id)
        return self

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


async def test_an_offer_goes_to_every_tablet_of_the_unit_without_names_and_numbers(
    unit: Unit, app_pool: Database, ingest: Database
) -> None:
    async with app_pool.transaction() as transaction:
        assert await commands.offer(transaction, unit.assignment_id) == unit.tablets
    (told,) = await commands.pending(ingest, unit.tablets[0])
    assert told.kind == "offer"
    expected = {"assignment": str(unit.assignment_id), "request": str(unit.request_id), "priority": 1}
    expected |= {"complaint": "chest pain", "location_note": "behind the mill", "latitude": 12.9, "longitude": 77.5}
    assert {key: value for key, value in told.body.items() if not key.endswith("_at")} == expected
    assert told.body["expires_at"] - told.body["offered_at"] == 30_000_000  # type: ignore[operator]


async def test_who_accepted_is_told_who_is_ill_and_whom_to_call(
    unit: Unit, app_pool: Database, ingest: Database
) -> None:
    for _ in range(2):
        async with app_pool.transaction() as transaction:
            await commands.call(transaction, unit.assignment_id)
    (told,) = await commands.pending(ingest, unit.tablets[1])
    people = {key: told.body[key] for key in ("caller", "callback_number", "patient", "patient_age", "blood_type")}
    assert people == {
        "caller": "Ravi", "callback_number": "+91 80 1", "patient": "Asha", "patient_age": 32, "blood_type": "O-",
    }  # fmt: skip
    assert [row[2] for row in await unit.stored()] == ["expired", "expired", None, None]


async def test_the_first_tablet_that_has_an_offer_makes_it_delivered(
    unit: Unit, app_pool: Database, ingest: Database, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    async with app_pool.transaction() as transaction:
        await commands.offer(transaction, unit.assignment_id)
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
    async with app_pool.transaction() as transaction:
        await commands.offer(transaction, unit.assignment_id)
    (told,) = await commands.pending(ingest, unit.tablets[0])
    assert await commands.deliver(app_pool, unit.tablets[0], told.id, "refused", "what?", at=datetime.now(UTC))
    assert await superuser.fetchval("SELECT delivered_at FROM assignments") is None


async def test_an_expired_offer_is_not_sent_and_says_so(
    unit: Unit, app_pool: Database, ingest: Database, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    await superuser.execute("UPDATE assignments SET offer_expires_at = now() - interval '1 s'")
    async with app_pool.transaction() as transaction:
        await commands.offer(transaction, unit.assignment_id)
    assert await commands.pending(ingest, unit.tablets[0]) == []
    assert [row[2] for row in await unit.stored()] == ["expired", None]
    assert await commands.give_up_expired(app_pool) == 1
    assert [row[2] for row in await unit.stored()] == ["expired", "expired"]


async def test_a_recall_takes_the_place_of_what_was_on_its_way(
    unit: Unit, app_pool: Database, ingest: Database
) -> None:
    async with app_pool.transaction() as transaction:
        await commands.offer(transaction, unit.assignment_id)
        await commands.recall(transaction, unit.assignment_id, "another unit was quicker")
    (told,) = await commands.pending(ingest, unit.tablets[0])
    assert (told.kind, told.body["reason"]) == ("recall", "another unit was quicker")


async def test_the_newest_rate_is_the_only_one_that_waits(unit: Unit, app_pool: Database, ingest: Database) -> None:
    async with app_pool.transaction() as transaction:
        await commands.reporting(transaction, unit.ambulance_id, 1.0)
    async with app_pool.transaction() as transaction:
        await commands.reporting(transaction, unit.ambulance_id, 5.0)
    assert [told.body for told in await commands.pending(ingest, unit.tablets[0])] == [{"interval_s": 5.0}]


async def test_an_answer_of_another_device_counts_for_nothing(unit: Unit, app_pool: Database, ingest: Database) -> None:
    async with app_pool.transaction() as transaction:
        await commands.offer(transaction, unit.assignment_id)
    (told,) = await commands.pending(ingest, unit.tablets[0])
    assert not await commands.deliver(app_pool, unit.tablets[1], told.id, "done", None, at=datetime.now(UTC))
