"""What devices are told: sent until it is answered, given up when it is of no use any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from storage import commands
from storage.pool import INGEST, Database
from tests.storage import world

TELL = "INSERT INTO device_commands (device_id, kind, expires_at) VALUES ($1, 'offer', now() + $2::interval)"
FATES = "SELECT status FROM device_commands ORDER BY created_at"


@pytest.fixture
async def ingest(open_pool: Any) -> Database:
    pool: Database = await open_pool(INGEST)
    return pool


@pytest.fixture
async def tablet(superuser: asyncpg.Connection[asyncpg.Record]) -> int:
    return await world.tablet(superuser, await world.ambulance(superuser))


async def test_a_command_is_sent_until_it_is_answered(
    tablet: int, ingest: Database, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    await superuser.execute(TELL, tablet, timedelta(seconds=30))
    (told,) = await commands.pending(ingest, tablet)
    assert [again.id for again in await commands.pending(ingest, tablet)] == [told.id]
    assert await commands.acknowledge(ingest, tablet, told.id, "done", None)
    assert await commands.pending(ingest, tablet) == []
    assert not await commands.acknowledge(ingest, tablet, told.id, "refused", None)


async def test_what_has_expired_is_not_sent_and_says_so(
    tablet: int, ingest: Database, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    await superuser.execute(TELL, tablet, timedelta(seconds=-1))
    await superuser.execute(TELL, tablet, timedelta(seconds=30))
    assert len(await commands.pending(ingest, tablet)) == 1
    assert [row["status"] for row in await superuser.fetch(FATES)] == ["expired", None]


async def test_what_a_command_is_about_is_known_until_it_is_answered_even_if_it_was_given_up(
    tablet: int, app_pool: Database, ingest: Database, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    await superuser.execute(TELL, tablet, timedelta(seconds=30))
    (told,) = await commands.pending(ingest, tablet)
    await superuser.execute("UPDATE device_commands SET status = 'expired', acked_at = now()")
    assert await commands.find(app_pool, tablet, told.id) == commands.Told("offer", None, None)
    assert await commands.find(app_pool, tablet + 1, told.id) is None
    assert not await commands.acknowledge(app_pool, tablet, told.id, "done", None)
    await superuser.execute("UPDATE device_commands SET status = 'done'")
    assert await commands.find(app_pool, tablet, told.id) is None
