"""The commands that work on a database, run as a user runs them against a real one."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from arogya.embedded.postgres import EmbeddedPostgres
from arogya.running import Registry
from hub.access.tokens import digest
from tests.system.processes import arogya


async def run(*words: str) -> tuple[int, str, str]:
    """Run a command and return its status and both of its outputs."""
    done = await asyncio.to_thread(arogya, *words)
    return done.returncode, done.stdout, done.stderr


async def test_a_plan_changes_nothing_and_migrating_does_it(empty_database: str) -> None:
    status, output, _ = await run("migrate", "--plan", "--database", empty_database)
    assert (status, "would apply 0001" in output) == (0, True)
    status, again, _ = await run("migrate", "--plan", "--database", empty_database)
    assert again == output
    status, output, errors = await run("migrate", "--database", empty_database)
    assert (status, "applied 0001" in output) == (0, True), errors
    status, output, _ = await run("migrate", "--plan", "--database", empty_database)
    assert output == "the database is up to date\n"


async def test_an_administrator_gets_a_link_that_is_stored_as_its_hash(
    database: str, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    words = ("admin", "create", "--name", "Asha", "asha@example.org", "--database", database)
    status, output, errors = await run(*words, "--url", "https://hub.example.org")
    assert status == 0, errors
    address, token, email = link_parts(output)
    assert (address, email) == ("https://hub.example.org", "asha%40example.org")
    row = await superuser.fetchrow(
        "SELECT u.role, u.password, l.purpose, l.expires_at FROM activation_links l JOIN users u ON u.id = l.user_id "
        "WHERE l.hash = $1",
        digest(token),
    )
    assert row is not None
    assert (row["role"], row["password"], row["purpose"]) == ("admin", None, "activate")
    assert 23 < (row["expires_at"] - datetime.now(UTC)).total_seconds() / 3600 <= 24
    assert await superuser.fetchval("SELECT count(*) FROM audit_log WHERE action = 'users.C'") == 1
    status, _, errors = await run(*words)
    assert status == 1
    assert "arogya admin link asha@example.org" in errors


async def test_a_new_link_for_an_account_ends_the_earlier_one(
    database: str, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    _, output, _ = await run("admin", "create", "--name", "Asha", "asha@example.org", "--database", database)
    first = link_parts(output)[1]
    status, output, errors = await run("admin", "link", "asha@example.org", "--database", database)
    assert status == 0, errors
    second = link_parts(output)[1]
    count = "SELECT count(*) FROM activation_links WHERE hash = ANY($1) AND expires_at > now()"
    assert await superuser.fetchval(count, [digest(first)]) == 0
    assert await superuser.fetchval(count, [digest(second)]) == 1
    status, output, errors = await run("admin", "link", "nobody@example.org", "--database", database)
    assert (status, output) == (1, "")
    assert "no account" in errors


def link_parts(output: str) -> tuple[str, str, str]:
    """Return the hub's address, the token and the encoded e-mail address of a printed activation link."""
    address, _, rest = output.strip().partition("/#activate=")
    token, _, email = rest.partition("/")
    return address, token, email


async def test_a_backup_is_restored_whole_into_an_empty_database(
    database: str, empty_database: str, superuser: asyncpg.Connection[asyncpg.Record], tmp_path: Path
) -> None:
    await superuser.execute("INSERT INTO facilities (name, type) VALUES ('Kept', 'clinic')")
    file = tmp_path / "hub.dump"
    status, output, errors = await run("backup", str(file), "--database", database)
    assert status == 0, errors
    assert "read back and whole" in output
    assert file.stat().st_mode & 0o777 == 0o600
    status, _, errors = await run("restore", str(file), "--database", empty_database)
    assert status == 0, errors
    assert await contents(empty_database) == await contents(database)


def test_a_restore_never_goes_into_a_hub_that_it_was_not_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("runtime", "here"):
        (tmp_path / folder).mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / "no.dump").write_text("not a backup")
    elsewhere = Registry(tmp_path / "elsewhere")
    elsewhere.claim()
    elsewhere.publish("http://127.0.0.1:1", f"postgresql://x@/x?host={tmp_path}")
    try:
        found = arogya("backup", str(tmp_path / "new.dump"))
        restored = arogya("restore", str(tmp_path / "no.dump"), "--force")
    finally:
        elsewhere.withdraw()
    assert (found.returncode, "cannot be reached" in found.stderr) == (3, True)  # another command follows the trace
    assert (restored.returncode, "there is no database here" in restored.stderr) == (2, True), restored.stderr
    assert list((tmp_path / "here").iterdir()) == [], "nor makes a database that nobody asked for"


async def contents(dsn: str) -> dict[str, Any]:
    """Return the tables with their owners and row counts, and who may do what."""
    connection = await asyncpg.connect(dsn)
    try:
        tables = await connection.fetch(
            "SELECT relname, relkind, pg_get_userbyid(relowner) AS owner, relacl::text[] AS acl FROM pg_class "
            "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') ORDER BY 1"
        )
        counts = {
            table["relname"]: await connection.fetchval(f'SELECT count(*) FROM "{table["relname"]}"')  # noqa: S608 - names from the catalogue
            for table in tables
        }
        schema = await connection.fetchval("SELECT nspacl::text FROM pg_namespace WHERE nspname = 'public'")
        return {"tables": [tuple(table) for table in tables], "counts": counts, "schema": set(schema[1:-1].split(","))}
    finally:
        await connection.close()


async def test_a_restore_replaces_data_only_by_force(
    database: str, superuser: asyncpg.Connection[asyncpg.Record], tmp_path: Path
) -> None:
    file = tmp_path / "hub.dump"
    assert (await run("backup", str(file), "--database", database))[0] == 0
    await superuser.execute("INSERT INTO facilities (name, type) VALUES ('Later', 'clinic')")
    status, _, errors = await run("restore", str(file), "--database", database)
    assert status == 1
    assert "--force" in errors
    assert await superuser.fetchval("SELECT count(*) FROM facilities") == 1
    status, _, errors = await run("restore", str(file), "--force", "--database", database)
    assert status == 0, errors
    assert await superuser.fetchval("SELECT count(*) FROM facilities") == 0


@pytest.mark.parametrize("damage", [lambda whole: whole[:-20_000], lambda _: b"", lambda _: b"hello" * 1000])
async def test_a_damaged_file_is_refused_and_changes_nothing(
    damage: Callable[[bytes], bytes], database: str, superuser: asyncpg.Connection[asyncpg.Record], tmp_path: Path
) -> None:
    file = tmp_path / "hub.dump"
    assert (await run("backup", str(file), "--database", database))[0] == 0
    file.write_bytes(damage(file.read_bytes()))
    await superuser.execute("INSERT INTO facilities (name, type) VALUES ('Kept', 'clinic')")
    status, _, errors = await run("restore", str(file), "--force", "--database", database)
    assert status == 1
    assert "cannot be read" in errors
    assert await superuser.fetchval("SELECT count(*) FROM facilities") == 1


async def test_a_restore_that_fails_half_way_has_changed_nothing(
    database: str, superuser: asyncpg.Connection[asyncpg.Record], tmp_path: Path
) -> None:
    file = tmp_path / "hub.dump"
    await superuser.execute("INSERT INTO facilities (name, type) VALUES ('Old', 'clinic')")
    assert (await run("backup", str(file), "--database", database))[0] == 0
    await superuser.execute("UPDATE facilities SET name = 'New'")
    # Somebody else's view needs a table of ours: it cannot be dropped.
    await superuser.execute("CREATE VIEW theirs AS SELECT name FROM facilities")
    status, _, errors = await run("restore", str(file), "--force", "--database", database)
    assert status == 1
    assert "nothing was changed" in errors
    assert await superuser.fetchval("SELECT name FROM facilities") == "New"


async def test_an_owner_of_a_database_restores_into_it_without_being_a_superuser(
    database: str, empty_database: str, tmp_path: Path
) -> None:
    connection = await asyncpg.connect(empty_database)
    await connection.execute("DROP ROLE IF EXISTS keeper; CREATE ROLE keeper LOGIN")
    await connection.execute("GRANT arogya_owner, arogya_ingest, arogya_reader, arogya_app TO keeper")
    await connection.execute(f"ALTER DATABASE {await connection.fetchval('SELECT current_database()')} OWNER TO keeper")
    file = tmp_path / "hub.dump"
    assert (await run("backup", str(file), "--database", database))[0] == 0
    status, _, errors = await run("restore", str(file), "--database", empty_database.replace("postgres@", "keeper@"))
    assert status == 0, errors
    assert await connection.fetchval("SELECT tableowner FROM pg_tables WHERE tablename = 'streams'") == "arogya_owner"
    await connection.close()


async def test_a_position_in_a_channel_from_before_a_restore_fits_nothing_after_it(
    database: str, superuser: asyncpg.Connection[asyncpg.Record], tmp_path: Path
) -> None:
    append = "SELECT append_channel_event('alarms', now(), 'raised', '{}')"
    await superuser.execute(append)
    file = tmp_path / "hub.dump"
    assert (await run("backup", str(file), "--database", database))[0] == 0
    await superuser.execute(append)  # seen by viewers, and not in the backup
    channels = "SELECT last_offset, epoch FROM event_channels WHERE channel = 'alarms'"
    before = await superuser.fetchrow(channels)
    assert (await run("restore", str(file), "--force", "--database", database))[0] == 0
    after = await superuser.fetchrow(channels)
    assert before is not None and after is not None
    assert (before["last_offset"], after["last_offset"]) == (2, 1)
    assert before["epoch"] != after["epoch"]
    assert await superuser.fetchval("SELECT count(*) FROM channel_events") == 1


async def test_an_archive_of_something_else_is_refused(
    cluster: EmbeddedPostgres, empty_database: str, tmp_path: Path
) -> None:
    file = tmp_path / "other.dump"
    program = await asyncio.create_subprocess_exec(
        cluster.tool("pg_dump"), "--format=custom", f"--file={file}", f"--dbname={empty_database}"
    )
    assert await program.wait() == 0
    status, _, errors = await run("restore", str(file), "--database", empty_database)
    assert status == 1
    assert "not a backup of Arogya Hub" in errors


async def test_a_backup_replaces_a_file_only_by_force(database: str, tmp_path: Path) -> None:
    file = tmp_path / "hub.dump"
    file.write_text("precious")
    assert (await run("backup", str(file), "--database", database))[0] == 1
    assert file.read_text() == "precious"
    assert (await run("backup", str(file), "--force", "--database", database))[0] == 0
    assert file.read_bytes().startswith(b"PGDMP")
    assert os.listdir(tmp_path) == ["hub.dump"]


async def test_the_doctor_finds_a_good_database_good_but_for_its_durability(database: str) -> None:
    status, output, _ = await run("doctor", "--json", "--database", database)
    findings = {finding["name"]: finding for finding in json.loads(output)}
    assert findings["durability"]["state"] == "failure"  # the tests' cluster gives it up
    assert status == 1
    for name in ("database", "migrations", "roles", "partitions", "clock", "C extensions"):
        assert findings[name]["state"] == "ok", findings[name]


async def test_the_doctor_says_what_to_do_with_an_empty_database(empty_database: str) -> None:
    status, output, _ = await run("doctor", "--database", empty_database)
    assert status == 1
    assert "✗ migrations" in output
    assert "→ run `arogya migrate`" in output


async def test_the_doctor_tells_when_there_is_no_database(tmp_path: Path) -> None:
    status, output, _ = await run("doctor", "--database", f"postgresql://x@/x?host={tmp_path}")
    assert status == 1
    assert "✗ database         it cannot be reached" in output
