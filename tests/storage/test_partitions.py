"""Days of telemetry: there before they are needed, gone when they are old, with readers at work."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from storage import partitions
from storage.errors import MissingPartition, Unavailable
from storage.partitions import Table
from storage.pool import Database
from storage.sql import Query
from tests.storage.world import Connection

TODAY = date(2031, 3, 3)
PENDING = "SELECT EXISTS (SELECT FROM pg_inherits WHERE inhdetachpending)"
TABLES: tuple[Table, Table] = ("ambulance_positions", "motion_frames")
INSERT = (
    "INSERT INTO ambulance_positions VALUES (1, :seq, :at, 1, :at, :at, 12, 77, 'NaN', 'NaN', 'NaN', 'NaN', 0)".replace(
        ":seq", "$1"
    ).replace(":at", "$2")
)


async def test_days_are_created_ahead_with_every_index_and_check_and_comment(
    owner_pool: Database, superuser: Connection
) -> None:
    assert await partitions.ensure(owner_pool, TODAY, 2) == 2 * 4
    assert await partitions.ensure(owner_pool, TODAY, 2) == 0
    for table in TABLES:
        assert await _days(superuser, table, since="20310101") == ["20310302", "20310303", "20310304", "20310305"]
    for seq, at in enumerate((datetime(2031, 3, 2, tzinfo=UTC), datetime(2031, 3, 5, 23, 59, 59, 999999, UTC))):
        await superuser.execute(INSERT, seq, at)
    for at in (datetime(2031, 3, 1, 23, 59, 59, 999999, UTC), datetime(2031, 3, 6, tzinfo=UTC)):
        with pytest.raises(asyncpg.CheckViolationError, match="no partition"):
            await superuser.execute(INSERT, 9, at)
    shapes = await superuser.fetch(
        """
        SELECT (SELECT count(*) FROM pg_index i WHERE i.indrelid = c.oid) AS indexes,
               (SELECT count(*) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c') AS checks,
               pg_get_userbyid(c.relowner) AS owner, obj_description(c.oid) AS comment
        FROM pg_class c WHERE c.relname IN ('ambulance_positions_20310303', 'ambulance_positions') ORDER BY c.relname
        """
    )
    assert tuple(shapes[0])[:3] == tuple(shapes[1])[:3] == (2, 3, "arogya_owner")
    assert shapes[1]["comment"] == "The rows of ambulance_positions received on 2031-03-03 (UTC)."


async def test_hubs_that_start_together_create_each_day_once(owner_pool: Database) -> None:
    counts = await asyncio.gather(*(partitions.ensure(owner_pool, TODAY, 1) for _ in range(4)))
    assert sorted(counts) == [0, 0, 0, 6]


async def test_a_day_is_created_while_a_reader_holds_the_whole_table(
    owner_pool: Database, superuser: Connection
) -> None:
    async with superuser.transaction(), asyncio.timeout(5):
        await superuser.fetch("SELECT count(*) FROM ambulance_positions")
        await partitions.ensure(owner_pool, TODAY, 0)
        await superuser.fetch("SELECT count(*) FROM ambulance_positions")


async def test_old_days_go_and_newer_ones_stay(owner_pool: Database, superuser: Connection) -> None:
    await partitions.ensure(owner_pool, TODAY, 2)
    removed = await _retire(owner_pool, "ambulance_positions", TODAY + timedelta(days=1))
    assert [name[-8:] for name in removed if name > "ambulance_positions_2031"] == ["20310302", "20310303"]
    assert await _days(superuser, "ambulance_positions") == ["20310304", "20310305"]
    assert len(await _days(superuser, "motion_frames", since="20310101")) == 4
    assert await _retire(owner_pool, "ambulance_positions", TODAY + timedelta(days=1)) == []


async def test_a_day_is_retired_behind_a_reader_without_stopping_new_readers_writers_or_days(
    owner_pool: Database, superuser: Connection, database: str
) -> None:
    await _retire(owner_pool, "ambulance_positions", TODAY)  # those of the day on which the test runs
    await partitions.ensure(owner_pool, TODAY, 1)
    await superuser.execute(INSERT, 1, datetime(2031, 3, 2, 12, tzinfo=UTC))
    other = await asyncpg.connect(database)
    reading = superuser.transaction()
    await reading.start()
    assert await superuser.fetchval("SELECT count(*) FROM ambulance_positions") == 1
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        retiring = group.create_task(_retire(owner_pool, "ambulance_positions", TODAY))
        while not await other.fetchval(PENDING):  # noqa: ASYNC110 - the condition lies in PostgreSQL
            await asyncio.sleep(0.01)
        assert await other.fetchval("SELECT count(*) FROM ambulance_positions") == 0
        await other.execute(INSERT, 2, datetime(2031, 3, 3, 12, tzinfo=UTC))
        assert await partitions.ensure(owner_pool, TODAY, 2) == 2
        assert not retiring.done()
        await reading.rollback()
    assert "ambulance_positions_20310302" in retiring.result()
    await other.close()


async def test_an_interrupted_detach_is_finished_by_the_next_call(
    owner_pool: Database, superuser: Connection, database: str
) -> None:
    await partitions.ensure(owner_pool, TODAY, 0)
    hasty = await Database.open(database, role="arogya_owner", size=1, command_timeout_s=0.5)
    async with superuser.transaction():
        await superuser.fetch("SELECT count(*) FROM ambulance_positions")
        with pytest.raises(Unavailable):
            await _retire(hasty, "ambulance_positions", TODAY)
    await hasty.close()
    assert await superuser.fetchval(PENDING)
    async with asyncio.timeout(10):
        assert await _retire(owner_pool, "ambulance_positions", TODAY)
    assert await _days(superuser, "ambulance_positions") == ["20310303"]


async def test_a_missing_day_is_told_from_a_bad_row(app_pool: Database, owner_pool: Database) -> None:
    row = Query("INSERT INTO motion_frames VALUES (1, 1, '1999-01-01', now(), 0, '{}', '{1}')")
    with pytest.raises(MissingPartition):
        await owner_pool.execute(row)


async def _retire(db: Database, table: Table, before: date) -> list[str]:
    async with db.hold() as held:
        return await partitions.retire(held, table, before)


async def _days(connection: Connection, table: str, since: str = "") -> list[str]:
    rows = await connection.fetch(
        "SELECT right(inhrelid::regclass::text, 8) AS day FROM pg_inherits WHERE inhparent = $1::text::regclass", table
    )
    return sorted(row["day"] for row in rows if row["day"] > since)
