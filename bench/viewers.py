"""Many viewers in one process: `python -m bench.viewers` subscribes, records what comes when, and saves it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgpack
import uvloop

from bench import socket, worker
from bench.broken import Broken
from bench.recording import Recorder
from bench.socket import Socket, Target

FIRST_ANSWERS = {"snapshot", "delta", "events"}  # after one of these a subscription runs


@dataclass(frozen=True)
class Job:
    """Who watches what."""

    host: str
    port: int
    tokens: list[str]  # an access token for each viewer
    channels: list[str]
    filters: list[dict[str, Any] | None]  # of the channel `fleet`, one for each viewer; empty: none has one
    at_once: int = 40  # handshakes at the same time
    channels_of: list[list[str]] = field(
        default_factory=list
    )  # of each viewer beside those of all; empty: none has any


class Viewer(Socket):
    """One viewer, which only listens once it is subscribed: its pictures are worked out afterwards."""

    def __init__(self, target: Target, index: int, job: Job, recorder: Recorder, errors: Counter[str]) -> None:
        super().__init__(target, errors)
        self.index = index
        self._filter = job.filters[index] if job.filters else None
        own = job.channels_of[index] if job.channels_of else []
        self._awaited = {*job.channels, *own}  # channels without a first answer
        self._recorder = recorder
        self._now_ns = 0  # when the bytes that are being taken arrived

    def opened(self) -> None:
        """Wait for the hub's welcome."""

    def data_received(self, data: bytes) -> None:
        """Note the time, and take what the hub says."""
        self._now_ns = time.monotonic_ns()
        super().data_received(data)

    def take(self, payload: bytes) -> None:
        """Record a message."""
        if self._awaited:
            self._begin(msgpack.unpackb(payload))
        self._recorder.note(self._now_ns, self.index, payload)

    def _begin(self, message: Mapping[str, Any]) -> None:
        kind = message["type"]
        if kind == "welcome":
            for channel in self._awaited:
                chosen = {"filter": self._filter} if self._filter is not None and channel == "fleet" else {}
                self.send(msgpack.packb({"type": "subscribe", "channel": channel} | chosen))
        elif kind in FIRST_ANSWERS:
            self._awaited.discard(message["channel"])
        elif kind == "error":
            self.errors[f"error {message['code']} {message.get('channel')}"] += 1
            self.close()
        if not self._awaited:
            self.welcomed.set_result(None)


async def run(job: Job) -> None:
    """Subscribe everybody, say so, and record until the parent names a file for it."""
    errors: Counter[str] = Counter()
    recorder = Recorder()
    started = time.monotonic()
    targets = [Target(job.host, job.port, "/ws/live", token, "hub.v1.msgpack") for token in job.tokens]
    try:
        viewers = await socket.connect(
            lambda target, index: Viewer(target, index, job, recorder, errors), targets, job.at_once
        )
    except TimeoutError:
        raise Broken(f"a viewer cannot connect: {dict(errors)}") from None
    worker.say_json({"connect_s": time.monotonic() - started, "refusals": dict(errors)})
    errors.clear()
    file = await asyncio.to_thread(worker.await_word)
    recorder.save(file)
    worker.finish({"lost": sum(viewer.lost for viewer in viewers), "errors": dict(errors)})


def main() -> None:
    """Read a job and do it."""
    uvloop.run(run(Job(**worker.read_job())))


if __name__ == "__main__":
    main()
