"""Senders that take their time: bare sockets which begin something and never end it.

`python -m tests.faults.rig.slow` is thousands of them in a process of their own, so that they do not disturb the clock
of a test: it reads its job from the first line of its standard input, and answers each further line with how many are
left.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import NamedTuple, cast

import uvloop

from tests.faults.rig.crowd import upgrade

DRIP_S = 1.0  # between two bytes of a header that never ends
BEGIN_S = 60.0  # until everybody has connected


def header() -> bytes:
    """Return the beginning of a request."""
    return b"GET /ready HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "


def body() -> bytes:
    """Return a request whose body never comes."""
    return (
        b"POST /api/v1/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b"Content-Length: 100\r\n\r\n{"
    )


def handshake(secret: str) -> bytes:
    """Return the opening of a WebSocket on which no hello follows."""
    return upgrade("/ws/device", {"Authorization": f"Bearer {secret}"})


class Sender(asyncio.Protocol):
    """One connection that begins, and waits to be cut."""

    def __init__(self, beginning: bytes, *, drips: bool) -> None:
        self._beginning = beginning
        self._drips = drips  # sends a byte now and then, as a slow line would
        self._drip: asyncio.TimerHandle | None = None
        self.answer = b""
        self.gone = False
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self._beginning)
        if self._drips:
            self._again()

    def connection_lost(self, error: Exception | None) -> None:
        self.gone = True
        if self._drip is not None:
            self._drip.cancel()

    def data_received(self, data: bytes) -> None:
        self.answer += data

    def _again(self) -> None:
        self.transport.write(b"x")
        self._drip = asyncio.get_running_loop().call_later(DRIP_S, self._again)


class Senders:
    """Many of them."""

    def __init__(self) -> None:
        self.all: list[Sender] = []
        self.begun_s = 0.0  # monotonic: when the last of them had connected

    async def begin(self, port: int, beginnings: list[bytes], *, drips: bool = False) -> None:
        """Connect one for each beginning."""
        loop = asyncio.get_running_loop()
        for beginning in beginnings:
            _, sender = await loop.create_connection(
                lambda beginning=beginning: Sender(beginning, drips=drips),  # type: ignore[misc]
                "127.0.0.1",
                port,
            )
            self.all.append(sender)
        self.begun_s = time.monotonic()

    def left(self) -> int:
        """Count those whom the hub has not cut."""
        return sum(not sender.gone for sender in self.all)

    def statuses(self) -> Counter[str]:
        """Count the answers by their status; empty for those that were cut without one."""
        return Counter(sender.answer[9:12].decode() for sender in self.all)


@contextlib.asynccontextmanager
async def senders() -> AsyncIterator[Senders]:
    """Give slow senders, and end them after the block."""
    made = Senders()
    try:
        yield made
    finally:
        for sender in made.all:
            sender.transport.abort()


class Group(NamedTuple):
    """Senders of one kind."""

    beginnings: list[str]
    drips: bool


class State(NamedTuple):
    """How they are."""

    left: int  # not cut by the hub
    statuses: dict[str, int]  # of the answers; empty for none


class SlowProcess:
    """The senders' process as a test sees it; asking for the first time waits until all have connected."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def state(self) -> State:
        """Return how they are."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"how\n")
        async with asyncio.timeout(BEGIN_S):
            return State(*json.loads(await self._process.stdout.readline()))

    async def later(self, after_s: float) -> State:
        """Return how they are after a while."""
        await asyncio.sleep(after_s)
        return await self.state()


@contextlib.asynccontextmanager
async def slow_process(port: int, groups: list[Group]) -> AsyncIterator[SlowProcess]:
    """Let them begin, and end them after the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.faults.rig.slow",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdin is not None
        process.stdin.write(json.dumps({"port": port, "groups": groups}).encode() + b"\n")
        yield SlowProcess(process)
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()


async def main() -> None:
    """Be slow until standard input ends."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    job = json.loads(await asyncio.to_thread(sys.stdin.readline))
    async with senders() as made:
        for beginnings, drips in job["groups"]:
            await made.begin(job["port"], [beginning.encode() for beginning in beginnings], drips=drips)
        while await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(State(made.left(), dict(made.statuses()))), flush=True)  # noqa: T201  (its answer)


if __name__ == "__main__":
    uvloop.run(main())
