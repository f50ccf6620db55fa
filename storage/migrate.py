"""Numbered migrations: which a database still lacks, and applying them, however many hubs start together."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import resources
from typing import NamedTuple

from storage import partitions
from storage.errors import StorageError, server_words
from storage.pool import OWNER, Database, Transaction
from storage.sql import Query, load

_QUERIES = load("migrations")
FILE = re.compile(r"^(?P<number>\d{4})_(?P<name>[a-z0-9_]+)\.sql$")
# A migration may rewrite a table; waiting for its lock may not, or it would hold up everybody behind it.
SETTINGS = {"lock_timeout": "10s", "application_name": "arogya migrate", "idle_in_transaction_session_timeout": "0"}
APPLY_TIMEOUT_S = 3600.0
PARTITION_DAYS_AHEAD = 3


class MigrationError(StorageError):
    """The database and the migrations of this version do not fit together; the sentence says what to do."""


class Migration(NamedTuple):
    """One step of the schema."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the file, in hex."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.number:04} {self.name}"


class Applied(NamedTuple):
    """One step that a database has taken."""

    number: int
    name: str
    checksum: str


def known() -> list[Migration]:
    """Return the migrations of this version, in order."""
    found = []
    for file in (resources.files("storage") / "migrations").iterdir():
        if match := FILE.match(file.name):
            found.append(Migration(int(match["number"]), match["name"], file.read_text(encoding="utf-8")))
    found.sort()
    return found


def pending(migrations: list[Migration], applied: list[Applied]) -> list[Migration]:
    """Return the migrations that are still to be applied, in order; pure.

    Raises `MigrationError` when the database is newer than this version, or when a migration that it has been through
    has another text now.
    """
    by_number = {migration.number: migration for migration in migrations}
    for step in applied:
        migration = by_number.get(step.number)
        if migration is None:
            raise MigrationError(
                f"the database has been through migration {step.number:04} {step.name}, which this version does not "
                "know: start the newer version"
            )
        if migration.checksum != step.checksum:
            raise MigrationError(
                f"migration {migration} was changed after it had been applied: restore its file, and write a new one"
            )
    done = {step.number for step in applied}
    return [migration for migration in migrations if migration.number not in done]


async def plan(dsn: str) -> list[Migration]:
    """Return the migrations that `apply` would apply; changes nothing. Raises `StorageError`."""
    migrations = await asyncio.to_thread(known)
    db = await _open(dsn)
    try:
        async with db.transaction() as transaction:
            return pending(migrations, await _applied(transaction))
    finally:
        await db.close()


async def apply(
    dsn: str, on_step: Callable[[int, int, Migration], None] | None = None, *, now: datetime | None = None
) -> list[Migration]:
    """Bring a database, empty or not, to this version and return what was applied.

    The user of `dsn` owns the database and may create roles (the first time in a cluster). `on_step(done, total,
    migration)` is called after each commit. Several callers at once are safe: one applies, the others find it done.
    Afterwards the partitions of the next days exist. Raises `StorageError`; what was applied before it stays.
    """
    migrations = await asyncio.to_thread(known)
    db = await _open(dsn)
    steps: list[Migration] = []
    try:
        total = None
        while (taken := await _apply_next(db, migrations)) is not None:
            migration, left = taken
            steps.append(migration)
            total = total or left
            if on_step is not None:
                on_step(len(steps), total, migration)
    finally:
        await db.close()
    owner = await Database.open(dsn, role=OWNER, size=1, command_timeout_s=60)
    try:
        await partitions.ensure(owner, (now or datetime.now(UTC)).date(), PARTITION_DAYS_AHEAD)
    finally:
        await owner.close()
    return steps


async def _open(dsn: str) -> Database:
    return await Database.open(dsn, role=None, size=1, command_timeout_s=APPLY_TIMEOUT_S, settings=SETTINGS)


async def _apply_next(db: Database, migrations: list[Migration]) -> tuple[Migration, int] | None:
    """Apply the next migration in its own transaction; return it and how many there were to do."""
    async with db.transaction() as transaction:
        await transaction.execute(_QUERIES.take_turn)
        todo = pending(migrations, await _applied(transaction))
        if not todo:
            return None
        migration = todo[0]
        try:
            await transaction.execute(Query(migration.sql, name=str(migration)))
        except StorageError as error:
            raise MigrationError(f"migration {migration} failed: {server_words(error)}") from error
        await transaction.execute(
            _QUERIES.record, number=migration.number, name=migration.name, checksum=migration.checksum
        )
        return migration, len(todo)


async def _applied(transaction: Transaction) -> list[Applied]:
    found = await transaction.fetch_one(_QUERIES.look)
    if found is None or not found["has_ledger"]:
        if found is not None and found["has_tables"]:
            raise MigrationError("the database holds tables of somebody else: give Arogya Hub a database of its own")
        return []
    rows = [Applied(**row) for row in await transaction.fetch(_QUERIES.applied)]
    if not rows:
        raise MigrationError("the database was made from schema.sql by hand: make an empty one and migrate that")
    return rows
