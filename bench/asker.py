"""Asks one HTTP server the same things again and again over kept connections; `python -m bench.asker`.

The job: host, port, requests (texts, taken in turn), connections, warmup and seconds. The answer: how many a second,
and how long they took. Nothing is parsed but the status and the length: on two cores, a client that does more measures
itself.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from typing import Any

import uvloop

from bench import worker


class _Asking:
    """What all connections of a run share."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.requests: list[bytes] = [text.encode() for text in job["requests"]]
        self.begins_s = time.perf_counter() + job["warmup"]
        self.ends_s = self.begins_s + job["seconds"]
        self.taken_ms: list[float] = []
        self.refused = 0
        self.refusal = ""  # the first one
        self._next = 0

    def next(self) -> bytes:
        """Return the request whose turn it is."""
        self._next = (self._next + 1) % len(self.requests)
        return self.requests[self._next]


async def ask(asking: _Asking, host: str, port: int) -> None:
    """Ask over one connection until the time is up."""
    reader, writer = await asyncio.open_connection(host, port)
    now_s = time.perf_counter()
    while now_s < asking.ends_s:
        began_s = now_s
        writer.write(asking.next())
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(_length(head))
        now_s = time.perf_counter()
        if not head.startswith(b"HTTP/1.1 200"):
            asking.refused += 1
            asking.refusal = asking.refusal or f"{head[:15].decode()} {body[:300].decode()}"
        elif asking.begins_s <= began_s:
            asking.taken_ms.append((now_s - began_s) * 1_000)
    writer.transport.abort()


def _length(head: bytes) -> int:
    lower = head.lower()
    start = lower.index(b"content-length:") + 15
    return int(lower[start : lower.index(b"\r\n", start)])


async def run(job: dict[str, Any]) -> dict[str, float | str]:
    """Return the figures of one run."""
    asking = _Asking(job)
    async with asyncio.TaskGroup() as connections:
        for _ in range(job["connections"]):
            connections.create_task(ask(asking, job["host"], job["port"]))
    taken = asking.taken_ms
    return {
        "requests_per_s": len(taken) / job["seconds"],
        "p50_ms": statistics.median(taken) if taken else 0.0,
        "p99_ms": statistics.quantiles(taken, n=100)[98] if len(taken) > 1 else 0.0,
        "refused": asking.refused,
        "refusal": asking.refusal,
    }


def main() -> None:
    """Take the job, do it, and report."""
    job = worker.read_job()
    worker.finish(uvloop.run(run(job)))


if __name__ == "__main__":
    main()
