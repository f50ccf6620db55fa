"""Many sockets that only count what they get: `python -m bench.readers`, for servers that speak no WebSocket."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import cast

import uvloop

from bench import worker

READY_S = 30.0
PING = b"PING\r\n"  # of nats-server, which asks each client once soon after it connected
PONG = b"PONG\r\n"


@dataclass(frozen=True)
class Job:
    """Who reads from where."""

    host: str
    port: int
    sockets: int
    greeting: str  # what each says first; nats-server answers it with a PONG. Empty: nothing, and nothing is awaited


class Reader(asyncio.Protocol):
    """One socket."""

    def __init__(self, greeting: bytes) -> None:
        self.greeting = greeting
        self.welcomed = asyncio.get_running_loop().create_future()
        self.bytes = 0  # of messages
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say the greeting."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one, without saying so
        if self.greeting:
            self._transport.write(self.greeting)
        else:
            self.welcomed.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        """Note that it is over."""
        self.lost = True

    def data_received(self, data: bytes) -> None:
        """Count, but for what is no message."""
        if not self.welcomed.done():
            if data.endswith(PONG):
                self.welcomed.set_result(None)
            return
        pings = data.count(PING)
        self.bytes += len(data) - pings * len(PING)
        if pings:
            self._transport.write(PONG)


async def run(job: Job) -> None:
    """Connect, and tell the parent what came whenever it asks."""
    loop = asyncio.get_running_loop()
    readers = []
    async with asyncio.timeout(READY_S):
        for _ in range(job.sockets):
            _, reader = await loop.create_connection(lambda: Reader(job.greeting.encode()), job.host, job.port)
            await reader.welcomed
            readers.append(reader)
    while True:
        counts = [reader.bytes for reader in readers]
        lost = sum(reader.lost for reader in readers)
        worker.say_json({"bytes": sum(counts), "least": min(counts), "most": max(counts), "lost": lost})
        await asyncio.to_thread(worker.await_word)


def main() -> None:
    """Read a job and do it until the parent is gone."""
    uvloop.run(run(Job(**worker.read_job())))


if __name__ == "__main__":
    main()
