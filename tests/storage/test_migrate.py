"""Moving databases: fresh, again, together, and never with an edited past."""

from __future__ import annotations

import asyncio
import re
import subprocess
from pathlib import Path

import asyncpg
import pytest

from arogya.embedded.postgres import EmbeddedPostgres
from storage import migrate
from storage.migrate import Applied, Migration, MigrationError, pending

SCHEMA = Path(__file__).parents[2] / "schema.sql"
ONE = Migration(1, "initial", "SELECT 1")
TWO = Migration(2, "second", "SELECT 2")
KNOWN = migrate.known()


async def test_a_fresh_database_is_brought_to_this_version_and_then_left_alone(empty_database: str) -> None:
    assert [step.number for step in await migrate.plan(empty_database)] == [m.number for m in KNOWN]
    steps: list[tuple[int, int]] = []
    applied = await migrate.apply(empty_database, lambda done, total, _: steps.append((done, total)))
    assert applied == KNOWN
    assert steps == [(n + 1, len(applied)) for n in range(len(applied))]
    assert await migrate.plan(empty_database) == []
    assert await migrate.apply(empty_database) == []


async def test_hubs_that_start_together_migrate_once(empty_database: str) -> None:
    results = await asyncio.gather(*(migrate.apply(empty_database) for _ in range(4)))
    assert sorted(step for applied in results for step in applied) == KNOWN


async def test_schema_sql_and_the_sum_of_the_migrations_are_the_same(
    cluster: EmbeddedPostgres, database: str, empty_database: str
) -> None:
    connection = await asyncpg.connect(empty_database)
    await connection.execute(SCHEMA.read_text())
    await connection.close()
    from_schema, from_migrations = await asyncio.gather(_dump(cluster, empty_database), _dump(cluster, database))
    assert from_schema == from_migrations


async def test_a_database_with_foreign_tables_is_refused(empty_database: str) -> None:
    connection = await asyncpg.connect(empty_database)
    await connection.execute("CREATE TABLE users (id int)")
    await connection.close()
    with pytest.raises(MigrationError, match="somebody else"):
        await migrate.apply(empty_database)


async def test_a_failing_migration_leaves_nothing_behind(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = Migration(len(KNOWN) + 1, "bad", "CREATE TABLE t (id int); SELECT 1 / 0")
    monkeypatch.setattr(migrate, "known", lambda: [*KNOWN, bad])
    with pytest.raises(MigrationError, match="bad failed: division by zero"):
        await migrate.apply(empty_database)
    connection = await asyncpg.connect(empty_database)
    assert await connection.fetchval("SELECT to_regclass('t')") is None
    assert await connection.fetchval("SELECT max(number) FROM schema_migrations") == len(KNOWN)
    await connection.close()


async def test_a_user_who_may_not_use_the_roles_is_told_what_to_do(empty_database: str, template: str) -> None:
    connection = await asyncpg.connect(empty_database)
    await connection.execute("DROP ROLE IF EXISTS plain; CREATE ROLE plain LOGIN")
    with pytest.raises(MigrationError, match="GRANT arogya_owner TO plain"):
        await migrate.apply(empty_database.replace("postgres@", "plain@"))
    await connection.execute("DROP ROLE plain")
    await connection.close()


async def test_an_owner_with_createrole_but_no_superuser_can_migrate(empty_database: str, template: str) -> None:
    connection = await asyncpg.connect(empty_database)
    await connection.execute("DROP ROLE IF EXISTS builder; CREATE ROLE builder LOGIN CREATEROLE")
    # Before 16, CREATEROLE is enough to grant a role to oneself; since then only to the one who has made it.
    if connection.get_server_version().major >= 16:
        for role in ("arogya_owner", "arogya_ingest", "arogya_reader", "arogya_app"):
            await connection.execute(f"GRANT {role} TO builder WITH ADMIN TRUE, SET FALSE")
    name = await connection.fetchval("SELECT current_database()")
    await connection.execute(f"ALTER DATABASE {name} OWNER TO builder")
    assert await migrate.apply(empty_database.replace("postgres@", "builder@")) == KNOWN
    assert await connection.fetchval("SELECT tableowner FROM pg_tables WHERE tablename = 'streams'") == "arogya_owner"
    await connection.close()


def test_what_is_done_is_not_done_again() -> None:
    assert pending([ONE, TWO], [Applied(1, "initial", ONE.checksum)]) == [TWO]


def test_a_changed_migration_is_refused() -> None:
    with pytest.raises(MigrationError, match="0001 initial was changed"):
        pending([ONE], [Applied(1, "initial", TWO.checksum)])


def test_a_database_from_the_future_is_refused() -> None:
    with pytest.raises(MigrationError, match="newer version"):
        pending([ONE], [Applied(1, "initial", ONE.checksum), Applied(2, "second", TWO.checksum)])


async def _dump(cluster: EmbeddedPostgres, dsn: str) -> str:
    command = [cluster.tool("pg_dump"), "--schema-only", dsn]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True)
    return _normalised(done.stdout)


def _normalised(dump: str) -> str:
    """Leave out what is no schema: random guards of the dump, and the partitions, which depend on today."""
    statements = re.split(r"\n--\n-- Name: ", dump)
    kept = [part for part in statements if not re.search(r"(ambulance_positions|motion_frames)_\d{8}", part)]
    return re.sub(r"\\(un)?restrict \w+", "", "\n".join(kept))
