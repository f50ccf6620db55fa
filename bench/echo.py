"""Clients of a bare echo server: `python -m bench.echo` tells how long a message takes there and back."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass

import numpy as np
import uvloop

from bench import frames, socket, worker
from bench.socket import Socket, Target

AT_ONCE = 40
MASK = b"\x12\x34\x56\x78"


@dataclass(frozen=True)
class Job:
    """How many clients send how much how often."""

    host: str
    port: int
    clients: int
    bytes: int  # of a message
    rate_hz: float  # of each client


class Echoed(Socket):
    """One client; it sends the next message at its time, whether or not the last one is back."""

    def __init__(self, target: Target, errors: Counter[str]) -> None:
        super().__init__(target, errors)
        self.late_ms: list[float] = []

    def take(self, payload: bytes) -> None:
        """Note how old the message is: its first bytes say when it was sent."""
        self.late_ms.append((time.monotonic_ns() - int.from_bytes(payload[:8], "big")) / 1e6)

    def send_now(self, rest: bytes) -> None:
        """Send a message; `rest` is the masked payload after the time."""
        now = time.monotonic_ns().to_bytes(8, "big")
        masked = bytes(byte ^ MASK[place % 4] for place, byte in enumerate(now))
        self.write(frames.header(frames.BINARY, len(now) + len(rest)) + MASK + masked + rest)


async def run(job: Job) -> None:
    """Send at an even pace until the parent asks for the times."""
    errors: Counter[str] = Counter()
    targets = [Target(job.host, job.port, "/ws")] * job.clients
    clients = await socket.connect(lambda target, _: Echoed(target, errors), targets, AT_ONCE)
    worker.say("ready")
    stopping = asyncio.ensure_future(asyncio.to_thread(worker.await_word))
    rest, pause_s, turn, start_s = bytes(job.bytes - 8), 1 / (job.rate_hz * job.clients), 0, time.monotonic()
    while not stopping.done():
        while start_s + turn * pause_s <= time.monotonic():
            clients[turn % job.clients].send_now(rest)
            turn += 1
        await asyncio.sleep(max(0.001, start_s + turn * pause_s - time.monotonic()))
    late_ms = np.concatenate([np.array(client.late_ms) for client in clients])
    p50, p99 = np.percentile(late_ms, (50, 99)) if len(late_ms) else (0.0, 0.0)
    lost = sum(client.lost for client in clients)
    worker.finish({"p50_ms": float(p50), "p99_ms": float(p99), "messages": len(late_ms), "lost": lost})


def main() -> None:
    """Read a job and do it."""
    uvloop.run(run(Job(**worker.read_job())))


if __name__ == "__main__":
    main()
