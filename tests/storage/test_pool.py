"""A bounded number of connections, each of one role."""

from __future__ import annotations

import asyncio

import pytest

from storage.errors import Denied, Poison, StorageError, Unavailable
from storage.pool import INGEST, INGEST_SETTINGS, READER, Database
from storage.sql import Query, number

ROLE = Query("SELECT current_user, session_user")
SLEEP = Query("SELECT pg_sleep(30)")


def query(sql: str) -> Query:
    """Make a statement of this test."""
    return Query(*number(sql), name="test")


async def test_each_connection_is_its_role(reader: Database) -> None:
    row = await reader.fetch_one(ROLE)
    assert row is not None
    assert tuple(row) == (READER, "postgres")
    with pytest.raises(Denied):
        await reader.execute(query("DELETE FROM users"))


async def test_rows_come_back_and_changes_are_counted(app_pool: Database) -> None:
    insert = query("INSERT INTO facilities (name, type) VALUES (:name, :type)")
    assert await app_pool.execute(insert, name="City Hospital", type="hospital") == 1
    assert [row["name"] for row in await app_pool.fetch(query("SELECT name FROM facilities"))] == ["City Hospital"]
    assert await app_pool.fetch_one(query("SELECT name FROM facilities WHERE type = :type"), type="clinic") is None
    assert await app_pool.execute(query("SET LOCAL work_mem = '4MB'")) == 0


async def test_json_goes_in_and_comes_out_as_plain_values(app_pool: Database) -> None:
    body = {"interval_s": 1.5, "of": [1, None, "ü"]}
    row = await app_pool.fetch_one(query("SELECT :body::jsonb AS body"), body=body)
    assert row is not None
    assert row["body"] == body


async def test_a_transaction_commits_whole_or_not_at_all(app_pool: Database) -> None:
    insert = query("INSERT INTO facilities (name, type) VALUES (:name, :type)")
    with pytest.raises(Poison):
        async with app_pool.transaction() as transaction:
            await transaction.execute(insert, name="One", type="clinic")
            await transaction.execute(insert, name="Two", type="school")
    async with app_pool.transaction() as transaction:
        await transaction.execute(insert, name="Three", type="clinic")
    assert [row["name"] for row in await app_pool.fetch(query("SELECT name FROM facilities"))] == ["Three"]


async def test_a_busy_pool_says_so_instead_of_waiting(database: str) -> None:
    pool = await Database.open(database, role=READER, size=2, command_timeout_s=30)
    async with pool.hold(), pool.hold():
        assert pool.busy == 2
        async with asyncio.timeout(4):
            with pytest.raises(Unavailable, match="no database connection is free"):
                await pool.fetch(ROLE)
    await pool.fetch(ROLE)
    await pool.close()


async def test_long_reads_take_turns_and_leave_half_of_the_pool_to_others(database: str) -> None:
    pool = await Database.open(database, role=READER, size=4, command_timeout_s=30)

    began, may_end = asyncio.Semaphore(0), asyncio.Event()

    async def read_long() -> None:
        async with pool.hold_bulk():
            began.release()
            await may_end.wait()

    async with asyncio.timeout(10), asyncio.TaskGroup() as reading:
        tasks = [reading.create_task(read_long()) for _ in range(5)]
        for _ in range(2):
            await began.acquire()
        assert await pool.fetch_one(ROLE) is not None
        assert pool.busy == 2
        tasks.pop().cancel()
        may_end.set()
    assert not any(task.cancelled() for task in tasks)
    await pool.close()


async def test_a_long_read_without_a_turn_says_so(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.pool.BULK_WAIT_S", 0.1)
    pool = await Database.open(database, role=READER, size=1, command_timeout_s=30)
    async with pool.hold_bulk():
        with pytest.raises(Unavailable):
            async with pool.hold_bulk():
                pass
    async with pool.hold_bulk() as held:
        assert await held.fetch_one(ROLE) is not None
    await pool.close()


async def test_a_statement_ends_at_the_command_timeout_and_its_connection_is_usable_again(database: str) -> None:
    pool = await Database.open(database, role=READER, size=1, command_timeout_s=0.2)
    with pytest.raises(Unavailable):
        await pool.fetch(SLEEP)
    assert await pool.fetch(ROLE)
    await pool.close()


async def test_a_cancelled_call_gives_its_connection_back(database: str) -> None:
    pool = await Database.open(database, role=READER, size=1, command_timeout_s=30)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await pool.fetch(SLEEP)
    assert await pool.fetch(ROLE)
    await pool.close()


async def test_closing_does_not_wait_for_ever(database: str) -> None:
    pool = await Database.open(database, role=READER, size=1, command_timeout_s=30)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(_expect_unavailable(pool))
        while pool.busy == 0:  # noqa: ASYNC110 - it lies in the pool
            await asyncio.sleep(0.01)
        await pool.close(timeout_s=0.2)
        await task


async def test_ingest_settings_reach_the_server(database: str) -> None:
    pool = await Database.open(database, role=INGEST, size=1, command_timeout_s=5, settings=INGEST_SETTINGS)
    for name, value in INGEST_SETTINGS.items():
        row = await pool.fetch_one(query("SELECT current_setting(:name) AS value"), name=name)
        assert row is not None
        assert row["value"] == value
    await pool.close()


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        await Database.open("postgresql://nobody@/none?host=/nowhere", role=READER, size=1, command_timeout_s=1)


async def _expect_unavailable(pool: Database) -> None:
    with pytest.raises(StorageError):
        await pool.fetch(SLEEP)


async def test_a_transaction_whose_connection_has_left_the_pool_raises_what_ended_it(app_pool: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with app_pool.transaction() as transaction:
            transaction.abandon()
            raise ZeroDivisionError
    assert await app_pool.fetch_one(ROLE) is not None
