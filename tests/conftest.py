"""A real PostgreSQL for every test run, and an empty database of today's schema for every test that asks for one."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from blockbuster import BlockBuster
from hypothesis import HealthCheck, settings

from arogya.embedded.postgres import EmbeddedPostgres
from storage import migrate
from storage.pool import APP, INGEST, OWNER, READER, Database
from storage.sql import load

TEMPLATE = "arogya_template"
MEMORY_NEEDED_BYTES = 2 * 1024**3
NUMBERS = itertools.count(1)
DIFFERENCES = load("physio_progress").differences
# Not AROGYA_…: the configuration would take it for a setting that does not exist.
BINARIES = "TEST_POSTGRES"  # folder of another PostgreSQL's programs, like /usr/lib/postgresql/15/bin

# How long an example takes says nothing on a machine that others use too.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the fault tests run with their full load: `make faults`."""
    parser.addoption("--full-load", action="store_true", help="fault tests at the load and for as long as documented")
    parser.addoption("--thorough", action="store_true", help="what takes too long for `make test` too, at its load")
    parser.addoption(
        "--soak", type=float, default=0.0, metavar="SECONDS", help="how long the soak test runs: `make soak`"
    )


def pytest_configure() -> None:
    """Let the commands that the tests start run on the same PostgreSQL as the tests themselves."""
    if BINARIES in os.environ:
        os.environ["AROGYA_DATABASE__BINARIES"] = os.environ[BINARIES]


def binaries() -> Path | None:
    """Return the folder of PostgreSQL's programs for this run; None for those that come with the project."""
    return Path(os.environ[BINARIES]) if BINARIES in os.environ else None


@pytest.fixture(scope="session")
def cluster() -> Iterator[EmbeddedPostgres]:
    """The server of this run, with durability off."""
    # Not below pytest's folder, which every new run closes to others, also under the server of another run.
    with tempfile.TemporaryDirectory(prefix="arogya-tests-", dir=_fast_folder()) as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL is not root
        server = EmbeddedPostgres(
            folder / "data", durable=False, settings={"max_connections": "200"}, binaries=binaries()
        )
        server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def template(cluster: EmbeddedPostgres) -> str:
    """The name of a database that has been migrated and is cloned by every test."""
    asyncio.run(_make_template(cluster))
    return TEMPLATE


@pytest.fixture
async def empty_database(cluster: EmbeddedPostgres) -> AsyncIterator[str]:
    """The dsn of a database without anything in it."""
    async for dsn in _database(cluster, "template0"):
        yield dsn


@pytest.fixture
async def database(cluster: EmbeddedPostgres, template: str) -> AsyncIterator[str]:
    """The dsn (as superuser) of a fresh database with the whole schema and today's partitions."""
    async for dsn in _database(cluster, template):
        yield dsn


@pytest.fixture
async def superuser(database: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A connection that may do everything, to arrange and to check."""
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


@pytest.fixture
async def open_pool(database: str) -> AsyncIterator[Callable[[str], Any]]:
    """Opens a small `Database` of a role on this test's database, and closes it afterwards."""
    opened: list[Database] = []

    async def open_one(role: str) -> Database:
        pool = await Database.open(database, role=role, size=4, command_timeout_s=10)
        opened.append(pool)
        return pool

    yield open_one
    for pool in opened:
        await pool.close()


@pytest.fixture
async def reader(open_pool: Callable[[str], Any]) -> Database:
    """A pool that reads."""
    pool: Database = await open_pool(READER)
    return pool


@pytest.fixture
async def app_pool(open_pool: Callable[[str], Any]) -> Database:
    """A pool that writes what handlers write."""
    pool: Database = await open_pool(APP)
    return pool


@pytest.fixture
async def ingest_pool(open_pool: Callable[[str], Any]) -> Database:
    """A pool that writes what devices send."""
    pool: Database = await open_pool(INGEST)
    return pool


@pytest.fixture
async def owner_pool(open_pool: Callable[[str], Any]) -> Database:
    """A pool that owns the tables."""
    pool: Database = await open_pool(OWNER)
    return pool


@pytest.fixture(autouse=True)
def blocking_calls_fail() -> Iterator[None]:
    """A call that blocks the event loop fails the test, when it is our code that makes it."""
    guard = BlockBuster(scanned_modules=["arogya", "handlers", "hub", "storage"])
    for function in guard.functions.values():
        # The driver looks for ~/.pgpass and certificates, a few small files, once a connection.
        function.can_block_in("asyncpg/connect_utils.py", {"_parse_connect_dsn_and_args"})
    guard.activate()
    yield
    guard.deactivate()


@pytest.fixture(autouse=True)
async def loop_exceptions_fail() -> AsyncIterator[None]:
    """An exception that nobody awaited fails the test."""
    unhandled: list[dict[str, Any]] = []

    def note(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        # asyncpg may leave a statement's future behind when its connection is killed while the caller gives it up.
        if not isinstance(context.get("exception"), asyncpg.ConnectionDoesNotExistError):
            unhandled.append(context)

    asyncio.get_running_loop().set_exception_handler(note)
    yield
    assert not unhandled, unhandled


def _fast_folder() -> Path | None:
    """Return a folder in memory, where cloning a database is ten times faster; None where there is too little."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > MEMORY_NEEDED_BYTES else None


async def _make_template(cluster: EmbeddedPostgres) -> None:
    await _run(cluster, f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
    await migrate.apply(cluster.dsn_of(TEMPLATE))
    await _run(cluster, f"ALTER DATABASE {TEMPLATE} IS_TEMPLATE true ALLOW_CONNECTIONS false")


async def _database(cluster: EmbeddedPostgres, template: str) -> AsyncIterator[str]:
    name = f"test_{next(NUMBERS)}"
    await _run(cluster, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    yield cluster.dsn_of(name)
    try:
        if template == TEMPLATE:
            await _check_progress(cluster.dsn_of(name))
    finally:
        await _run(cluster, f"DROP DATABASE {name} WITH (FORCE)")


async def _check_progress(dsn: str) -> None:
    """Fail where progress with a plan is another one than would be worked out, whatever the test was about."""
    connection = await asyncpg.connect(dsn)
    try:
        plans = await connection.fetch("SELECT id FROM workout_plans")
        told = [await connection.fetch(DIFFERENCES.sql, plan["id"]) for plan in plans]
        assert [row["what"] for rows in told for row in rows] == []
    finally:
        await connection.close()


async def _run(cluster: EmbeddedPostgres, sql: str) -> None:
    connection = await asyncpg.connect(cluster.dsn_of("postgres"))
    try:
        await connection.execute(sql)
    finally:
        await connection.close()
