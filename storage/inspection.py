"""A database looked at from outside: what `arogya doctor` and `arogya restore` need to know of it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from storage.pool import connect
from storage.sql import load

_QUERIES = load("inspection")
# Given to psql, in the transaction of a restore: before the archive, and after it.
EMPTY = f"{_QUERIES.empty.sql};\n{_QUERIES.give_place.sql};"
RENEW = f"{_QUERIES.renew_epochs.sql};"


class Server(NamedTuple):
    """The server's version, clock and settings."""

    version_number: int  # 180006 is 18.6
    version: str
    clock: float  # seconds since 1970
    fsync: bool
    full_page_writes: bool
    max_connections: int
    size_bytes: int


class Role(NamedTuple):
    """A role that the hub takes on."""

    name: str
    found: bool
    usable: bool  # by the user that is connected


class Partitions(NamedTuple):
    """How far ahead a table can store."""

    name: str
    last_day: date | None


class Inspection(NamedTuple):
    """All of it."""

    server: Server
    roles: list[Role]
    partitions: list[Partitions]


async def inspect(dsn: str) -> Inspection:
    """Look at a database; raises `StorageError`."""
    connection = await connect(dsn, role=None, command_timeout_s=10)
    try:
        server = await connection.fetchrow(_QUERIES.server.sql)
        roles = await connection.fetch(_QUERIES.roles.sql)
        partitions = await connection.fetch(_QUERIES.partitions.sql)
    finally:
        await connection.close()
    if server is None:
        raise LookupError("a SELECT without FROM gave no row")
    return Inspection(Server(*server), [Role(*row) for row in roles], [Partitions(*row) for row in partitions])


async def prepare_restore(dsn: str) -> bool:
    """Make the roles that a backup needs; returns whether the database holds tables already. Raises `StorageError`."""
    connection = await connect(dsn, role=None, command_timeout_s=30)
    try:
        await connection.execute(_QUERIES.ensure_roles.sql)
        return bool(await connection.fetchval(_QUERIES.occupied.sql))
    finally:
        await connection.close()
