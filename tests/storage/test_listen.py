"""Hearing what changes, with the triggers of the schema."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from storage.listen import Listener
from storage.pool import READER
from tests.storage import world
from tests.storage.world import Connection

Changes = asyncio.Queue[tuple[str, str]]


class Ear:
    """A running listener and what it has heard."""

    def __init__(self, dsn: str) -> None:
        self.changes: Changes = asyncio.Queue()
        self.starts: asyncio.Queue[None] = asyncio.Queue()
        self.listener = Listener(
            dsn,
            lambda kind, key: self.changes.put_nowait((kind, key)),
            lambda: self.starts.put_nowait(None),
            role=READER,
        )

    async def next(self) -> tuple[str, str]:
        """Return the next change."""
        async with asyncio.timeout(5):
            return await self.changes.get()


@pytest.fixture
async def ear(database: str) -> AsyncIterator[Ear]:
    """A listener on this test's database, listening."""
    ear = Ear(database)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(ear.listener.run())
        async with asyncio.timeout(5):
            await ear.starts.get()
        yield ear
        task.cancel()


async def test_changes_of_an_ambulance_are_heard_but_not_its_moves(superuser: Connection, ear: Ear) -> None:
    key = await world.ambulance(superuser)
    await superuser.execute("UPDATE ambulances SET current_location = point(77, 12), location_fix_at = now()")
    await superuser.execute("UPDATE ambulances SET status = 'out_of_service'")
    await superuser.execute("DELETE FROM ambulances")
    await superuser.execute("NOTIFY arogya, 'end:0'")
    heard = [await ear.next() for _ in range(4)]
    assert heard == [("ambulance", str(key))] * 3 + [("end", "0")]


async def test_whatever_ends_a_right_is_heard(superuser: Connection, ear: Ear) -> None:
    person = await world.user(superuser, "staff")
    await world.facility(superuser)
    session = await world.insert(
        superuser, "sessions", user_id=person, client="web", expires_at=datetime.now(UTC) + timedelta(hours=1)
    )
    tablet = await world.tablet(superuser, await world.ambulance(superuser))
    assert (await ear.next())[0] == "ambulance"
    secret = "INSERT INTO device_secrets (hash, device_id) VALUES ($1, $2)"
    await superuser.execute(secret, bytes(32), tablet)
    for sql, change in (
        ("UPDATE sessions SET ended_at = now()", ("session", str(session))),
        ("UPDATE users SET disabled_at = now()", ("user", str(person))),
        ("INSERT INTO staff SELECT u.id, f.id, 'receptionist' FROM users u, facilities f", ("user", str(person))),
        ("UPDATE staff SET duty = 'dispatcher'", ("user", str(person))),
        ("UPDATE device_secrets SET revoked_at = now()", ("device", str(tablet))),
        ("INSERT INTO device_commands (device_id, kind) SELECT id, 'reporting' FROM devices", ("command", str(tablet))),
        ("UPDATE devices SET ambulance_id = NULL", ("device", str(tablet))),
        ("UPDATE devices SET revoked_at = now()", ("device", str(tablet))),
    ):
        await superuser.execute(sql)
        assert await ear.next() == change


async def test_a_lost_connection_is_made_again_and_said_so(superuser: Connection, ear: Ear) -> None:
    await superuser.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    async with asyncio.timeout(5):
        await ear.starts.get()
    await superuser.execute("NOTIFY arogya, 'user:1'")
    assert await ear.next() == ("user", "1")


async def test_a_server_that_is_away_is_tried_again_until_cancelled() -> None:
    ear = Ear("postgresql://nobody@/none?host=/nowhere")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await ear.listener.run()
    assert ear.starts.empty()
    assert not ear.listener.listening.is_set()
