"""Reads are written down soon, in their order, and refused rather than forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest

from storage.audit import Entry
from storage.audit_queue import AuditQueue
from storage.errors import Full
from storage.pool import Database
from tests.storage.world import Connection


def entry(number: int) -> Entry:
    return Entry("appointments.R", "appointments", str(number), actor_kind="user", actor_id="u", patient_id=uuid4())


@asynccontextmanager
async def running(queue: AuditQueue) -> AsyncIterator[AuditQueue]:
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(queue.run())
        try:
            yield queue
        finally:
            task.cancel()


async def logged(superuser: Connection) -> list[str]:
    return [row["entity_id"] for row in await superuser.fetch("SELECT entity_id FROM audit_log ORDER BY id")]


async def until_logged(superuser: Connection, count: int) -> list[str]:
    async with asyncio.timeout(5):
        while len(found := await logged(superuser)) < count:  # noqa: ASYNC110 - the condition lies in PostgreSQL
            await asyncio.sleep(0.01)
    return found


async def test_entries_are_stored_soon_and_in_order(app_pool: Database, superuser: Connection) -> None:
    async with running(AuditQueue(app_pool, flush_s=0.01)) as queue:
        await queue.add([entry(1)])
        await queue.add([entry(2), entry(3)])
        assert await until_logged(superuser, 3) == ["1", "2", "3"]
        assert queue.written == 3
    row = await superuser.fetchrow("SELECT * FROM audit_log LIMIT 1")
    assert row is not None
    assert (row["outcome"], row["detail"], row["actor_kind"]) == ("allowed", "{}", "user")
    assert await superuser.fetchval("SELECT count(*) FROM audit_unsealed") == 3


async def test_what_does_not_fit_is_refused_whole(app_pool: Database) -> None:
    queue = AuditQueue(app_pool, entries_max=3, patience_s=0.05)
    await queue.add([entry(1), entry(2)])
    with pytest.raises(Full):
        await queue.add([entry(3), entry(4)])
    await queue.add([entry(5)])
    assert (len(queue), queue.refused) == (3, 1)


async def test_the_rest_is_stored_at_a_shutdown(app_pool: Database, superuser: Connection) -> None:
    async with running(AuditQueue(app_pool, flush_s=60, batch_rows_max=10)) as queue:
        await queue.add(entry(number) for number in range(9))
        await asyncio.sleep(0)
        await queue.drain(5)
        assert len(await logged(superuser)) == 9
        assert len(queue) == 0


async def test_more_than_one_batch_is_stored_in_order(app_pool: Database, superuser: Connection) -> None:
    async with running(AuditQueue(app_pool, flush_s=60, batch_rows_max=10)) as queue:
        await queue.add(entry(number) for number in range(25))
        await queue.drain(5)
        assert await logged(superuser) == [str(number) for number in range(25)]


async def test_a_value_that_cannot_be_stored_holds_nothing_up(app_pool: Database, superuser: Connection) -> None:
    odd = Entry("appointments.R", "appointments", "\0\ud800", actor_kind="user", request_id="\0")
    async with running(AuditQueue(app_pool, flush_s=0.01)) as queue:
        await queue.add([entry(1), odd, entry(3)])
        assert await until_logged(superuser, 2) == ["1", "3"]
        await queue.add([Entry("appointments.R", "appointments", "\0\ud800", actor_kind="user")])
        assert (await until_logged(superuser, 3))[2] == "\N{REPLACEMENT CHARACTER}?"


async def test_while_nothing_can_be_stored_reads_are_kept_then_refused_and_stored_when_it_can(
    app_pool: Database, superuser: Connection
) -> None:
    await superuser.execute("REVOKE INSERT ON audit_log FROM arogya_app")
    async with running(AuditQueue(app_pool, entries_max=2, flush_s=0.01, patience_s=0.05)) as queue:
        await queue.add([entry(1)])
        await queue.add([entry(2)])
        async with asyncio.timeout(10):
            while not queue.failures:  # noqa: ASYNC110 - the condition lies in another task
                await asyncio.sleep(0.01)
        with pytest.raises(Full):
            await queue.add([entry(3)])
        await superuser.execute("GRANT INSERT ON audit_log TO arogya_app")
        assert await until_logged(superuser, 2) == ["1", "2"]


async def test_readers_wait_for_room_before_they_are_refused(app_pool: Database, superuser: Connection) -> None:
    async with running(AuditQueue(app_pool, entries_max=10, flush_s=0.01, batch_rows_max=5)) as queue:
        async with asyncio.TaskGroup() as readers:
            for number in range(20):
                readers.create_task(queue.add([entry(number), entry(number + 100)]))
        assert len(await until_logged(superuser, 40)) == 40
        assert queue.refused == 0
