"""One at a time, and a turn ends whatever happens to whoever has it."""

from __future__ import annotations

import asyncio

import pytest

from storage.errors import StorageError
from storage.pool import OWNER, Database
from storage.turns import turn
from tests.storage.world import Connection

HELD = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"


async def test_who_comes_while_another_one_is_at_it_passes(owner_pool: Database, app_pool: Database) -> None:
    async with turn(owner_pool, "sweeping") as mine, turn(app_pool, "sweeping") as theirs:
        assert mine is not None
        assert theirs is None
        async with turn(app_pool, "mopping") as other:
            assert other is not None
    async with turn(app_pool, "sweeping") as theirs:
        assert theirs is not None


async def test_a_turn_ends_with_an_error_of_the_work(owner_pool: Database, superuser: Connection) -> None:
    with pytest.raises(ZeroDivisionError):
        async with turn(owner_pool, "sweeping"):
            raise ZeroDivisionError
    assert await superuser.fetchval(HELD) == 0


async def test_a_turn_ends_with_its_hub(owner_pool: Database, app_pool: Database, superuser: Connection) -> None:
    async def sweep() -> None:
        async with turn(owner_pool, "sweeping"):
            await asyncio.sleep(60)

    async with asyncio.TaskGroup() as tasks:
        sweeping = tasks.create_task(sweep())
        async with asyncio.timeout(5):
            while not await superuser.fetchval(HELD):  # noqa: ASYNC110 - the condition lies in PostgreSQL
                await asyncio.sleep(0.01)
        sweeping.cancel()
    async with turn(app_pool, "sweeping") as mine:
        assert mine is not None


async def test_a_turn_ends_with_its_connection(owner_pool: Database, app_pool: Database, superuser: Connection) -> None:
    with pytest.raises(StorageError):
        async with turn(owner_pool, "sweeping"):
            await superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
            async with asyncio.timeout(5):
                while await superuser.fetchval(HELD):  # noqa: ASYNC110 - the condition lies in PostgreSQL
                    await asyncio.sleep(0.01)
            async with turn(app_pool, "sweeping") as theirs:
                assert theirs is not None
    async with turn(owner_pool, "sweeping") as mine:
        assert mine is not None


async def test_a_connection_that_cannot_end_its_turn_is_not_given_back(database: str, app_pool: Database) -> None:
    db = await Database.open(database, role=OWNER, size=1, command_timeout_s=5)
    ending = asyncio.current_task()
    assert ending is not None
    with pytest.raises(asyncio.CancelledError):
        async with turn(db, "sweeping"):
            ending.cancel()  # strikes while the turn is being ended
    ending.uncancel()
    async with asyncio.timeout(5):
        while await _has_turn(app_pool) is False:  # noqa: ASYNC110 - the condition lies in PostgreSQL
            await asyncio.sleep(0.01)
    await db.close()


async def _has_turn(db: Database) -> bool:
    async with turn(db, "sweeping") as mine:
        return mine is not None
