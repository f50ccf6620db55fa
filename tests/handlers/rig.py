"""A real hub on a real socket with a real database, for the tests of HTTP."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
import orjson

from handlers.application import build
from handlers.context import HttpSettings, HubContext
from handlers.server import ServerLimits, serving
from hub.clock import Clock
from hub.live.board import FleetBoard
from hub.metrics import Metrics
from storage.passwords import Passwords
from storage.pool import APP, READER, Database

ORIGIN = "http://hub.test"
SETTINGS = HttpSettings(
    origins=frozenset({ORIGIN}),
    cursor_key=b"k" * 32,
    api_per_s=1e6,
    api_burst=1e6,
    registrations_per_network_per_min=1e6,
    refusals_per_network_per_min=1e6,
    body_timeout_s=0.5,
)
LIMITS = ServerLimits(keepalive_s=0.5, lingering_s=0.2, shutdown_s=1.0)
GOOD_PASSWORD = "red kettle on a quiet moon"


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def code(self) -> str:
        """The code of a problem document."""
        assert self.headers["Content-Type"] == "application/problem+json", self
        code: str = self.json["code"]
        return code


class Hub:
    """One running application and how to speak to it."""

    def __init__(self, context: HubContext, port: int, client: aiohttp.ClientSession) -> None:
        self.context = context
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._client = client

    async def call(
        self, method: str, path: str, *, token: str | None = None, json: object = None, **options: Any
    ) -> Answer:
        """Send one request, as an app does with its bearer token."""
        headers = dict(options.pop("headers", {}))
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        async with self._client.request(
            method, self.url + path, json=json, headers=headers, allow_redirects=False, **options
        ) as response:
            body = await response.read()
            cookies = {name: morsel.value for name, morsel in response.cookies.items()}
            return Answer(response.status, response.headers, body, cookies)

    async def raw(self, sent: bytes, *, timeout_s: float = 5.0, eof: bool = False) -> bytes:
        """Send bytes on a connection of their own and return all that comes back until the hub closes or is silent."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(sent)
            if eof:
                writer.write_eof()
            return await _read_all(reader, timeout_s)
        finally:
            writer.transport.abort()


async def _read_all(reader: asyncio.StreamReader, timeout_s: float) -> bytes:
    received = b""
    try:
        async with asyncio.timeout(timeout_s):
            while chunk := await reader.read(65_536):
                received += chunk
    except (TimeoutError, ConnectionError):
        pass
    return received


@asynccontextmanager
async def running(
    dsn: str,
    *,
    settings: HttpSettings = SETTINGS,
    limits: ServerLimits = LIMITS,
    clock: Clock | None = None,
    **parts: Any,
) -> AsyncIterator[Hub]:
    """Serve on a free port; `parts` replace parts of the context."""
    reader = await Database.open(dsn, role=READER, size=4, command_timeout_s=5)
    app = await Database.open(dsn, role=APP, size=4, command_timeout_s=5)
    passwords = Passwords(memory_kib=1_024)
    context = HubContext(reader, app, passwords, FleetBoard(), clock or Clock(), Metrics(), settings)
    context = replace(context, **parts)
    sock = socket.create_server(("127.0.0.1", 0))
    try:
        async with (
            serving(build(context), sock, limits),
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as c,
        ):
            yield Hub(context, sock.getsockname()[1], c)
    finally:
        passwords.close()
        await reader.close()
        await app.close()
