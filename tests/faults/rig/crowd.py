"""Thousands of tablets that say hello and then nothing but pongs, in a process of their own.

`python -m tests.faults.rig.crowd` reads its job from the first line of its standard input, and answers each further
line with how everybody is. So the acks that a test times are not kept waiting by the crowd.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import random
import resource
import secrets
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import NamedTuple, cast

import uvloop

from hub.protocol.codec import MSGPACK
from hub.protocol.stream_frames import Hello, StreamClaim
from hub.websocket_frames import BINARY, CLOSE, PING, PONG
from tests.faults.rig.population import Credential
from tests.faults.rig.proxy import reset_transport

MASK = b"\0\0\0\0"  # masked as RFC 6455 demands, with a mask that changes nothing
AWAY_S = (0.0, 0.5)  # between two tries of one tablet
DIALLING_MAX = 1_000  # tablets that connect at the same moment
ANSWER_S = 20.0


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
        self.transport.write(upgrade("/ws/device", {"Authorization": f"Bearer {self._member.secret}"}))

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

    def __init__(self, crowd: Crowd, secret: str) -> None:
        self.crowd = crowd
        self.secret = secret
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
                    port = self.crowd.random.choice(self.crowd.ports)
                    _, self.line = await loop.create_connection(lambda: _Line(self), "127.0.0.1", port)
                await self.line.gone.wait()
                self.crowd.losses += 1
            await asyncio.sleep(self.crowd.random.uniform(*self.crowd.away_s))


class Crowd:
    """All of them."""

    def __init__(self, ports: list[int], secrets_: list[str], seed: int) -> None:
        self.ports = ports  # of the hubs; each try takes any of them
        self.random = random.Random(seed)  # noqa: S311  (a replayable jitter, not a secret)
        self.away_s = AWAY_S
        self.dialling = asyncio.Semaphore(DIALLING_MAX)
        self.refusals: Counter[str] = Counter()  # status or close code → how often
        self.losses = 0  # connections that ended
        self.members = [Member(self, secret) for secret in secrets_]

    def drop(self) -> None:
        """Reset every connection, as a network that goes down and comes back at once."""
        for member in self.members:
            if member.inside and member.line is not None:
                reset_transport(member.line.transport)

    def state(self) -> State:
        """Return how everybody is."""
        return State(sum(member.inside for member in self.members), self.losses, dict(self.refusals))


class State(NamedTuple):
    """How a crowd is."""

    inside: int  # connected and welcomed
    losses: int  # connections that ended, so far
    refusals: dict[str, int]  # status or close code → how often


class CrowdProcess:
    """The crowd's process as a test sees it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def state(self, word: str = "how") -> State:
        """Return how everybody is."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(word.encode() + b"\n")
        async with asyncio.timeout(ANSWER_S):
            line = await self._process.stdout.readline()
        return State(*json.loads(line))

    async def drop(self) -> State:
        """Reset every connection; everybody comes back by itself."""
        return await self.state("drop")


@contextlib.asynccontextmanager
async def crowd(*ports: int, credentials: list[Credential], seed: int = 0) -> AsyncIterator[CrowdProcess]:
    """Keep everybody connected to the hub on a port, or to those on several, around the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.faults.rig.crowd",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    try:
        assert process.stdin is not None
        job = {"ports": ports, "secrets_": [credential.secret for credential in credentials], "seed": seed}
        process.stdin.write(json.dumps(job).encode() + b"\n")
        yield CrowdProcess(process)
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()


async def main() -> None:
    """Be the crowd until standard input ends."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    everybody = Crowd(**json.loads(await asyncio.to_thread(sys.stdin.readline)))
    async with asyncio.TaskGroup() as tasks:
        lives = [tasks.create_task(member.run()) for member in everybody.members]
        while word := await asyncio.to_thread(sys.stdin.readline):
            if word.strip() == "drop":
                everybody.drop()
                await asyncio.sleep(0.1)  # until the losses have been seen
            print(json.dumps(everybody.state()), flush=True)  # noqa: T201  (its answer)
        for life in lives:
            life.cancel()


if __name__ == "__main__":
    uvloop.run(main())
