"""Connections to PostgreSQL: one database role, a bounded number, named statements in and records out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import asyncpg
import orjson

from storage.errors import StorageError, Unavailable, translated
from storage.loader import Loader
from storage.sql import Query

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]

Record = asyncpg.Record

READER, APP, INGEST, OWNER = "arogya_reader", "arogya_app", "arogya_ingest", "arogya_owner"
BULK_WAIT_S = 10.0  # a page of a long read takes some 10 ms
ACQUIRE_TIMEOUT_S = 1.5  # a busy pool says so instead of letting requests pile up
CONNECT_TIMEOUT_S = 5.0
# An idle transaction holds locks and keeps old rows alive; a client that vanished must not do either for long.
STATEMENTS = 256  # prepared ones that a connection keeps: each way of asking for records is one
SETTINGS = {
    "application_name": "arogya",
    "timezone": "UTC",
    "idle_in_transaction_session_timeout": "5s",
    "tcp_user_timeout": "30s",
    "client_connection_check_interval": "5s",
}
# What the ingest connections add: a batch that cannot go through is given up and tried again.
INGEST_SETTINGS = {"statement_timeout": "5s", "lock_timeout": "2s", "synchronous_commit": "on"}


class HeldConnection:
    """Statements on one connection, each its own transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection  # taken from the pool for as long as this object is used

    async def fetch(self, query: Query, **parameters: object) -> list[Record]:
        """Return the rows; raises `StorageError`."""
        with translated():
            return await self._connection.fetch(query.sql, *query.arguments(parameters))

    async def fetch_one(self, query: Query, **parameters: object) -> Record | None:
        """Return the first row, or None; raises `StorageError`."""
        with translated():
            return await self._connection.fetchrow(query.sql, *query.arguments(parameters))

    async def execute(self, query: Query, **parameters: object) -> int:
        """Return how many rows were written (0 for statements that write none); raises `StorageError`."""
        with translated():
            tag = await self._connection.execute(query.sql, *query.arguments(parameters))
        last = tag.rpartition(" ")[2]
        return int(last) if last.isdecimal() else 0

    async def know_citext(self) -> None:
        """Let COPY write citext, of which the driver knows no binary form: it belongs to an extension."""
        with translated():
            await self._connection.set_builtin_type_codec("citext", schema="public", codec_name="text")

    async def copy(self, table: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
        """Append rows to a table by COPY, all or none; raises `StorageError`."""
        with translated():
            await self._connection.copy_records_to_table(table, columns=columns, records=rows)

    def abandon(self) -> None:
        """Cut the connection, which nobody gets any more."""
        with suppress(asyncpg.InterfaceError):  # it has gone by itself
            self._connection.terminate()


class Transaction(HeldConnection):
    """Statements of one transaction."""


class Database:
    """A pool of connections of one role; every call takes a connection and gives it back."""

    def __init__(self, pool: asyncpg.Pool[Record], acquire_timeout_s: float = ACQUIRE_TIMEOUT_S) -> None:
        self._pool = pool  # opened by `open`, closed by `close`
        self._acquire_timeout_s = acquire_timeout_s  # how long a call waits for a free connection
        # Half of the connections: long reads together leave the others to what somebody waits for.
        self._bulk = asyncio.Semaphore(max(1, pool.get_max_size() // 2))
        self._loaders: dict[str, Loader[list[object], list[Record]]] = {}  # by the query's name

    @classmethod
    async def open(
        cls,
        dsn: str,
        *,
        role: str | None,
        size: int,
        command_timeout_s: float,
        acquire_timeout_s: float = ACQUIRE_TIMEOUT_S,
        settings: Mapping[str, str] | None = None,
    ) -> Database:
        """Connect up to `size` times, each connection being `role` (None = the user of the dsn).

        Raises `Unavailable` when the server cannot be reached, `StorageError` when it refuses.
        """
        with translated():
            pool = await asyncpg.create_pool(
                dsn,
                min_size=1,
                max_size=size,
                command_timeout=command_timeout_s,
                timeout=CONNECT_TIMEOUT_S,
                init=prepare,
                statement_cache_size=STATEMENTS,
                # The driver resets a connection with a statement of its own after each use: half of the round trips.
                # Ours leave nothing behind: a turn (`storage.turns`) ends before its connection is given back.
                reset=_leave_as_it_is,
                server_settings=server_settings(role, settings),
            )
        return cls(pool, acquire_timeout_s)

    async def fetch(self, query: Query, **parameters: object) -> list[Record]:
        """Return the rows; raises `StorageError`, `Unavailable` after `acquire_timeout_s` without a free connection."""
        async with self._connection() as connection:
            with translated():
                return await connection.fetch(query.sql, *query.arguments(parameters))

    async def fetch_one(self, query: Query, **parameters: object) -> Record | None:
        """Return the first row, or None; raises as `fetch`."""
        async with self._connection() as connection:
            with translated():
                return await connection.fetchrow(query.sql, *query.arguments(parameters))

    async def execute(self, query: Query, **parameters: object) -> int:
        """Return how many rows were written; raises as `fetch`."""
        async with self.hold() as held:
            return await held.execute(query, **parameters)

    async def fetch_together(self, query: Query, **parameters: object) -> list[Record]:
        """Return the caller's rows of a query that answers everybody who asks it at the moment; raises as `fetch`.

        Such a query takes an array for each parameter, an element for each caller, and its first column `n` is the
        number of the caller, from 1. It may be asked twice for one caller.
        """
        loader = self._loaders.get(query.name)
        if loader is None:
            loader = self._loaders[query.name] = Loader(partial(self._fetch_for_all, query))
        return await loader.load(query.arguments(parameters))

    async def _fetch_for_all(self, query: Query, callers: Sequence[list[object]]) -> list[list[Record]]:
        async with self._connection() as connection:
            with translated():
                rows = await connection.fetch(query.sql, *(list(column) for column in zip(*callers, strict=True)))
        answers: list[list[Record]] = [[] for _ in callers]
        for row in rows:
            answers[row["n"] - 1].append(row)
        return answers

    @asynccontextmanager
    async def hold(self) -> AsyncIterator[HeldConnection]:
        """Hold one connection for several statements, each its own transaction."""
        async with self._connection() as connection:
            yield HeldConnection(connection)

    @asynccontextmanager
    async def hold_bulk(self) -> AsyncIterator[HeldConnection]:
        """Hold one connection for a long read; all of these together take at most half of the pool, in turn.

        Raises `Unavailable` after `BULK_WAIT_S` without a turn: who reads a lot waits longer than who asks a little.
        """
        try:
            async with asyncio.timeout(BULK_WAIT_S):
                await self._bulk.acquire()
        except TimeoutError as error:
            raise Unavailable("too many long reads wait for a database connection") from error
        try:
            async with self.hold() as held:
                yield held
        finally:
            self._bulk.release()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Hold one connection for one transaction: committed at the end, rolled back by an exception."""
        async with self._connection() as connection:
            transaction = connection.transaction()
            with translated():
                await transaction.start()
            try:
                yield Transaction(connection)
            except BaseException:
                with suppress(StorageError), translated():  # what went wrong first says more, cancelled above all
                    if not connection.is_closed():  # raises of one that has ended and left the pool by itself
                        await transaction.rollback()
                raise
            with translated():
                await transaction.commit()

    @property
    def busy(self) -> int:
        """How many connections are in use."""
        return self._pool.get_size() - self._pool.get_idle_size()

    async def close(self, timeout_s: float = 5.0) -> None:
        """Wait for running statements and disconnect; after `timeout_s` the connections are cut."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    def _connection(self) -> _Lease:
        return _Lease(self._pool, self._acquire_timeout_s)


class _Lease:
    """One use of a connection; a class, as it is entered for every statement, and a generator costs twice as much."""

    __slots__ = ("_connection", "_pool", "_timeout_s")

    def __init__(self, pool: asyncpg.Pool[Record], timeout_s: float) -> None:
        self._pool = pool
        self._timeout_s = timeout_s
        self._connection: PoolConnectionProxy[Record] | None = None  # while it is held

    async def __aenter__(self) -> PoolConnectionProxy[Record]:
        try:
            with translated():
                # One that is idle is taken without waiting; a deadline for it would cost more than the taking.
                timeout_s = None if self._pool.get_idle_size() else self._timeout_s
                self._connection = await self._pool.acquire(timeout=timeout_s)
        except Unavailable as error:
            raise Unavailable("no database connection is free") from error
        return self._connection

    async def __aexit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            with translated():
                await self._pool.release(connection, timeout=self._timeout_s)
        except StorageError:
            # A server that hangs does not let go of the connection in time. Cancelled is cancelled all the same: who
            # passes over a `StorageError` and goes on would never end.
            if error is None:
                raise


async def prepare(connection: asyncpg.Connection[Any] | PoolConnectionProxy[Any]) -> None:
    """Let jsonb go in and out as plain Python values; for every connection, pooled or not."""
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda value: b"\x01" + orjson.dumps(value),
        decoder=lambda stored: orjson.loads(stored[1:]),
    )


async def _leave_as_it_is(_connection: object) -> None:
    """Do without the reset; an open transaction has been rolled back by the driver before."""


async def connect(
    dsn: str, *, role: str | None, command_timeout_s: float, settings: Mapping[str, str] | None = None
) -> asyncpg.Connection[Record]:
    """Open one connection outside of any pool; raises as `Database.open`."""
    with translated():
        connection = await asyncpg.connect(
            dsn,
            timeout=CONNECT_TIMEOUT_S,
            command_timeout=command_timeout_s,
            server_settings=server_settings(role, settings),
        )
        await prepare(connection)
    return connection


def server_settings(role: str | None, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the startup parameters of a connection of `role`."""
    return {**SETTINGS, **(extra or {}), **({"role": role} if role else {})}
