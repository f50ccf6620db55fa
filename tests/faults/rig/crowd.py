"""Thousands of tablets that say hello and then nothing but pongs: bare protocols, so that a test can hold them all."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import random
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import cast

from hub.protocol.codec import MSGPACK
from hub.protocol.device_frames import Hello, StreamClaim
from hub.transport import BINARY, CLOSE, PING, PONG
from tests.faults.rig.population import Credential
from tests.faults.rig.proxy import reset_transport

MASK = b"\0\0\0\0"  # masked as RFC 6455 demands, with a mask that changes nothing
AWAY_S = (0.2, 2.0)  # between two tries of one tablet, as a client's jitter has it


def client_frame(opcode: int, payload: bytes) -> bytes:
    """Return a frame as a client sends it; the payload is shorter than 126 bytes."""
    return bytes((0x80 | opcode, 0x80 | len(payload))) + MASK + payload


def upgrade(path: str, headers: dict[str, str]) -> bytes:
    """Return the opening of a WebSocket."""
    lines = {
        "Host": "127.0.0.1",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": MSGPACK.subprotocol,
        **headers,
    }
    head = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in lines.items()), "", ""]
    return "\r\n".join(head).encode()


class _Line(asyncio.Protocol):
    """One connection of one member of the crowd."""

    def __init__(self, member: Member) -> None:
        self._member = member
        self._buffer = b""
        self._open = False  # the 101 has come
        self.welcomed_s = 0.0
        self.gone = asyncio.Event()
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(upgrade("/ws/device", {"Authorization": f"Bearer {self._member.credential.secret}"}))

    def connection_lost(self, error: Exception | None) -> None:
        self.gone.set()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._open:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            status = head[9:12].decode()
            if status != "101":
                self._member.crowd.refusals[status] += 1
                return self.transport.abort()
            self._open, self._buffer = True, rest
            hello = MSGPACK.encode(Hello((StreamClaim(self._member.log_id),)))
            self.transport.write(client_frame(BINARY, hello))
        for opcode, payload in self._frames():
            if opcode == PING:
                self.transport.write(client_frame(PONG, payload))
            elif opcode == CLOSE:
                self._member.crowd.refusals[str(int.from_bytes(payload[:2], "big"))] += 1
                self.transport.abort()
            elif opcode == BINARY and not self.welcomed_s:
                self.welcomed_s = time.monotonic()

    def _frames(self) -> Iterator[tuple[int, bytes]]:
        while len(self._buffer) >= 2:
            length, start = self._buffer[1], 2
            if length == 126:
                length, start = int.from_bytes(self._buffer[2:4], "big"), 4
            if len(self._buffer) < start + length:
                return
            opcode, payload = self._buffer[0] & 0x0F, self._buffer[start : start + length]
            self._buffer = self._buffer[start + length :]
            yield opcode, payload


class Member:
    """One tablet that wants to be connected."""

    def __init__(self, crowd: Crowd, credential: Credential) -> None:
        self.crowd = crowd
        self.credential = credential
        self.log_id = secrets.token_hex(16)
        self.line: _Line | None = None

    @property
    def inside(self) -> bool:
        """Tell whether the hub has welcomed its connection, which stands."""
        return self.line is not None and self.line.welcomed_s > 0 and not self.line.gone.is_set()

    async def run(self) -> None:
        """Connect, and come back after each loss."""
        loop = asyncio.get_running_loop()
        while True:
            with contextlib.suppress(OSError):
                async with self.crowd.dialling:
                    _, self.line = await loop.create_connection(lambda: _Line(self), "127.0.0.1", self.crowd.port)
                await self.line.gone.wait()
                self.crowd.losses += 1
            await asyncio.sleep(self.crowd.random.uniform(*self.crowd.away_s))


class Crowd:
    """All of them."""

    def __init__(self, port: int, credentials: list[Credential], *, seed: int = 0, at_once: int = 1_000) -> None:
        self.port = port
        self.random = random.Random(seed)  # noqa: S311  (a replayable jitter, not a secret)
        self.away_s = AWAY_S
        self.dialling = asyncio.Semaphore(at_once)
        self.refusals: Counter[str] = Counter()  # status or close code → how often
        self.losses = 0  # connections that ended
        self.members = [Member(self, credential) for credential in credentials]

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator[Crowd]:
        """Keep everybody connected around the block."""
        async with asyncio.TaskGroup() as tasks:
            lives = [tasks.create_task(member.run()) for member in self.members]
            try:
                yield self
            finally:
                for life in lives:
                    life.cancel()
                for line in self._lines():
                    line.transport.abort()

    def inside(self) -> int:
        """Count those who are connected and welcomed."""
        return sum(member.inside for member in self.members)

    def all_inside(self) -> bool:
        """Tell whether nobody is missing."""
        return all(member.inside for member in self.members)

    def drop(self) -> None:
        """Reset every connection, as a network that goes down and comes back at once."""
        for line in self._lines():
            reset_transport(line.transport)

    def _lines(self) -> list[_Line]:
        return [member.line for member in self.members if member.line is not None and not member.line.gone.is_set()]
