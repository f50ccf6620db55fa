"""One real hub process for the tests of the protocol, and tablets that are registered with it."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from arogya.embedded.postgres import EmbeddedPostgres
from hub.access.tokens import digest, new_token
from hub.protocol.codec import JSON, Codec
from tests.faults.rig.population import make_dispatcher
from tests.faults.rig.processes import HubProcess
from tests.protocol.rig.wire import Socket, connect

ORIGIN = "http://tablet.test"
CREDIT = 500
OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "ingest": {"flush_s": 0.005, "hello_s": 1.0, "credit_samples": CREDIT, "live_hints_per_s": 50.0, "location_s": 0.2},
    "server": {"public_origins": (ORIGIN,), "shutdown_s": 2.0},
    "limits": {"api_per_s": 1e5, "api_burst": 100_000, "sockets_per_user": 100},
    "logging": {"level": "info", "format": "json"},
}
START_US = 1_790_000_000_000_000
NUMBERS = itertools.count(1)
REGISTER = """
WITH a AS (INSERT INTO ambulances (plate_number) SELECT $1::text WHERE $1 IS NOT NULL RETURNING id),
     d AS (INSERT INTO devices (kind, name, ambulance_id) SELECT 'tablet', 'Tablet', (SELECT id FROM a) RETURNING *),
     s AS (INSERT INTO device_secrets (hash, device_id) SELECT $2::bytea, id FROM d)
SELECT id AS device_id, ambulance_id FROM d
"""


def now_us() -> int:
    """Return the wall time in µs."""
    return time.time_ns() // 1_000


def fix(seq: int, **changed: object) -> list[object]:
    """Return a sound fix for a sample: a slow drive north, one fix a second."""
    sample: dict[str, object] = {
        "recorded_at": START_US + seq * 1_000_000,
        "latitude": 48.1 + seq * 1e-4,
        "longitude": 11.5,
        "speed": 11.0,
        "heading": 0.0,
        "accuracy": 4.0,
        "altitude": 520.0,
    } | changed
    return list(sample.values())


def data(stream: int, first: int, count: int = 1, **changed: object) -> dict[str, object]:
    """Return a data message of sound fixes, sent right after the last was taken."""
    last = first + count - 1
    return {
        "type": "data",
        "stream": stream,
        "seq": first,
        "sent_at": START_US + last * 1_000_000,
        "fixes": [fix(seq) for seq in range(first, last + 1)],
    } | changed


@dataclass
class Tablet:
    """A registered device in an ambulance of its own."""

    port: int
    device_id: int
    ambulance_id: int | None
    secret: str
    log_id: str = field(default_factory=lambda: secrets.token_hex(16))

    async def dial(self, codec: Codec = JSON, **options: Any) -> Socket:
        """Open a socket and say nothing yet."""
        return await connect(self.port, "/ws/device", token=self.secret, codec=codec, **options)

    def hello(self, **changed: object) -> dict[str, object]:
        """Return the hello of this tablet's log."""
        return {"type": "hello", "streams": [{"log_id": self.log_id, "kind": "fixes"}]} | changed

    async def join(self, codec: Codec = JSON, **options: Any) -> tuple[Socket, int, dict[str, Any]]:
        """Open a socket and its stream; returns the socket, the stream's number and the welcome."""
        socket = await self.dial(codec, **options)
        socket.say(self.hello())
        welcome = await socket.hear()
        assert welcome["type"] == "welcome", welcome
        return socket, welcome["streams"][0]["stream"], welcome


class Served:
    """A hub process and its database."""

    def __init__(self, process: HubProcess, dsn: str) -> None:
        self.process = process
        self.dsn = dsn
        self.port = process.port
        self._dispatcher: str | None = None

    async def dispatcher(self) -> str:
        """Return the access token of a dispatcher; one is enough for all tests."""
        self._dispatcher = self._dispatcher or await make_dispatcher(self.dsn)
        return self._dispatcher

    async def query(self, sql: str, *values: object) -> list[asyncpg.Record]:
        """Ask the database, as superuser."""
        connection = await asyncpg.connect(self.dsn)
        try:
            rows: list[asyncpg.Record] = await connection.fetch(sql, *values)
            return rows
        finally:
            await connection.close()

    async def value(self, sql: str, *values: object) -> Any:
        """Ask the database for one value."""
        rows = await self.query(sql, *values)
        return rows[0][0] if rows else None

    async def tablet(self, *, bound: bool = True) -> Tablet:
        """Register a tablet."""
        secret = new_token()
        row = (await self.query(REGISTER, f"WIRE-{next(NUMBERS):04}" if bound else None, digest(secret)))[0]
        device_id, ambulance_id = row["device_id"], row["ambulance_id"]
        return Tablet(self.port, device_id, ambulance_id, secret)

    async def stored(self, stream: int) -> list[int]:
        """Return the stored samples of a stream, in order."""
        rows = await self.query("SELECT seq FROM ambulance_positions WHERE stream_id = $1 ORDER BY seq", stream)
        return [row["seq"] for row in rows]


async def until(condition: Callable[[], Any], within_s: float = 5.0) -> Any:
    """Wait for a condition that may be awaitable; returns its value, raises TimeoutError."""
    async with asyncio.timeout(within_s):
        while True:
            value = condition()
            value = await value if asyncio.iscoroutine(value) else value
            if value:
                return value
            await asyncio.sleep(0.02)


def serve(cluster: EmbeddedPostgres, template: str, folder: Path) -> Iterator[Served]:
    """Run a hub process on a database of its own."""
    name = f"wire_{secrets.token_hex(4)}"
    asyncio.run(_run(cluster, f"CREATE DATABASE {name} TEMPLATE {template}"))
    dsn = cluster.dsn_of(name)
    process = HubProcess(dsn, folder / "hub.log", options=OPTIONS)
    try:
        asyncio.run(process.start_ready())
        yield Served(process, dsn)
        assert not process.complaints()
    finally:
        asyncio.run(process.close())
        asyncio.run(_run(cluster, f"DROP DATABASE {name} WITH (FORCE)"))


async def _run(cluster: EmbeddedPostgres, sql: str) -> None:
    connection = await asyncpg.connect(cluster.dsn_of("postgres"))
    try:
        await connection.execute(sql)
    finally:
        await connection.close()
