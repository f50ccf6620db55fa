"""The way to a Redis or Valkey server, or to a cluster of them: the only module that knows redis-py."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.connection import AbstractConnection, ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    BusyLoadingError,
    ClusterDownError,
    ConnectionError,
    MovedError,
    ReadOnlyError,
    RedisClusterException,
    RedisError,
    ResponseError,
    TimeoutError,
)
from redis.maint_notifications import MaintNotificationsConfig

ANSWER_S = 1.0  # connecting, and each answer
OPEN_S = 4.0  # all that it takes to be connected
Words = tuple[bytes | str | int, ...]
# One try each: who asks decides what to do without an answer, and the relay comes back by itself.
_OPTIONS: dict[str, Any] = {
    "protocol": 3,
    "socket_timeout": ANSWER_S,
    "socket_connect_timeout": ANSWER_S,
    "client_name": "arogya",
    "driver_info": None,  # it would be read from the disk for each connection
    "maint_notifications_config": MaintNotificationsConfig(enabled=False),
}
# RuntimeError is what uvloop says of a connection that was lost just before redis-py wrote to it.
_FAILED = (RedisError, RedisClusterException, OSError, RuntimeError)
_GONE = (ConnectionError, TimeoutError, BusyLoadingError, ReadOnlyError, ClusterDownError, MovedError)


class Away(Exception):
    """The server cannot be used now; the sentence says why, and never holds a password."""


@dataclass
class Server:
    """An open way to a server or a cluster."""

    client: Redis | RedisCluster  # for commands with answers; used by one task at a time
    facts: dict[str, str]  # what INFO said
    _pool: ConnectionPool
    _spare: list[AbstractConnection] = field(default_factory=list)  # opened, and not taken over yet
    _taken: list[AbstractConnection] = field(default_factory=list)

    @property
    def clustered(self) -> bool:
        """Whether keys are spread over several servers."""
        return isinstance(self.client, RedisCluster)

    def place(self, key: str) -> tuple[str, int]:
        """Return host and port of the server that has a key; ("", 0) when there is only one. Raises `Away`."""
        if not isinstance(self.client, RedisCluster):
            return "", 0
        try:
            node = self.client.get_node_from_key(key)
        except RedisClusterException:
            node = None
        if node is None:
            raise Away("no server has the key")
        return node.host, int(node.port)

    async def hand_over(self, place: tuple[str, int], protocol: asyncio.Protocol) -> None:
        """Open a connection to the server at a place and let `protocol` have it; raises `Away`."""
        if place == ("", 0) and self._spare:
            connection = self._spare.pop()
        else:
            address = {} if place == ("", 0) else {"host": place[0], "port": place[1]}
            connection = self._pool.connection_class(**{**self._pool.connection_kwargs, **address})
            try:
                await connection.connect()  # type: ignore[no-untyped-call]
            except _FAILED as error:
                raise Away(_reason(error)) from None
        self._taken.append(connection)
        writer = connection._writer  # redis-py has no public way to take a connection's transport over
        if writer is None or writer.transport.is_closing():
            raise Away("the connection was lost")
        writer.transport.set_protocol(protocol)
        protocol.connection_made(writer.transport)

    async def execute(self, commands: Sequence[Words]) -> list[Any]:
        """Send commands in one go; an error of one of them stands in its place. Raises `Away`."""
        pipeline = self.client.pipeline(transaction=False)
        try:
            for words in commands:
                pipeline.execute_command(*words)
            answers: list[Any] = await pipeline.execute(raise_on_error=False)
        except _FAILED as error:
            raise Away(_reason(error)) from None
        for answer in answers:
            if isinstance(answer, _GONE):
                raise Away(_reason(answer))
        return answers

    async def close(self) -> None:
        """Close all connections, at once."""
        for connection in (*self._taken, *self._spare):
            with suppress(*_FAILED):
                await connection.disconnect(nowait=True)
        with suppress(*_FAILED):
            await self.client.aclose()
            await self._pool.disconnect()


def check_url(url: str) -> None:
    """Raise ValueError, without a word of it, for what is no redis://, rediss:// or unix:// URL."""
    _pool(url)


async def reach(url: str) -> Server:
    """Connect to the server of a redis://, rediss:// or unix:// URL; raises `Away`, ValueError for a wrong URL."""
    pool, first = _pool(url)
    try:
        async with asyncio.timeout(OPEN_S):
            return await _open(url, pool, first)
    except _FAILED as error:
        raise Away(_reason(error)) from None


async def _open(url: str, pool: ConnectionPool, first: AbstractConnection) -> Server:
    try:
        await first.connect()  # type: ignore[no-untyped-call]
        facts = await _facts(first)
        _check(facts)
        if facts.get("cluster_enabled") != "1":
            return Server(Redis(connection_pool=pool), facts, pool, [first])
        return Server(await _cluster(url), facts, pool, [first])
    except BaseException:
        await first.disconnect(nowait=True)
        raise


def _pool(url: str) -> tuple[ConnectionPool, AbstractConnection]:
    """Return a pool, and a connection like its own that is not open."""
    try:
        pool = ConnectionPool.from_url(url, retry=Retry(NoBackoff(), 0), **_OPTIONS)
        return pool, pool.make_connection()  # type: ignore[no-untyped-call]
    except (TypeError, ValueError, RedisError):
        raise ValueError("not the URL of a Redis server") from None


async def _cluster(url: str) -> RedisCluster:
    client = RedisCluster.from_url(url, retry=Retry(NoBackoff(), 0), **_OPTIONS)
    try:
        return await client.initialize()
    except BaseException:
        await client.aclose()
        raise


async def _facts(connection: AbstractConnection) -> dict[str, str]:
    try:
        await connection.send_command("INFO")
        text = await connection.read_response()
    except ResponseError:
        return {}  # a guarded server: what it is shows when it is used
    lines = text.decode(errors="replace").splitlines()
    return dict(line.split(":", 1) for line in lines if ":" in line)


def _check(facts: dict[str, str]) -> None:
    if facts.get("loading", "0") != "0":
        raise Away("the server is loading")
    if facts.get("role", "master") != "master" and facts.get("cluster_enabled") != "1":
        raise Away("the server is a replica")


def _reason(error: BaseException) -> str:
    # The class and not the text: a message may quote the URL.
    return type(error).__name__
