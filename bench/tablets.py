"""Many tablets in one process of their own: `python -m bench.tablets` reads a job on stdin and prints its tally."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import os
import resource
import secrets
import sys
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import cast

import msgpack
import numpy as np
import orjson
import uvloop

from bench import frames
from bench.frames import FrameTemplate

CONNECTING_AT_ONCE = 40
SLOTS = 200  # of a second, among which paced tablets are spread
BACKLOG_US = 7 * 86_400_000_000  # a saturating tablet drains fixes that it recorded a week ago, at 1 Hz
SETTLE_S = 20.0  # how long the last acks may take
CONNECT_S = 30.0


@dataclass(frozen=True)
class Job:
    """What the tablets shall do."""

    host: str
    port: int
    secrets: list[str]  # one device each
    frame: int  # fixes in a frame
    window_frames: int  # frames a saturating tablet keeps on the way, within the hub's credit
    rate_hz: float  # frames a second and tablet; 0 saturates
    warmup_s: float
    seconds: float


@dataclass
class Tally:
    """What the tablets saw; frames are timed from their write to the ack of their last fix."""

    acked: int = 0  # in the measured time
    acked_in_all: int = 0
    sent_in_all: int = 0
    frames: int = 0  # timed
    ack_p50_ms: float = 0.0
    ack_p99_ms: float = 0.0
    ack_max_ms: float = 0.0
    measured_s: float = 0.0
    connect_s: float = 0.0  # until all tablets were welcomed
    refused_connects: int = 0  # answers to connects that were tried again
    lost_connections: int = 0
    errors: dict[str, int] = field(default_factory=dict)


class Tablet(asyncio.Protocol):
    """One device on one raw socket, speaking the real protocol with prebuilt frames."""

    def __init__(self, job: Job, index: int, errors: Counter[str]) -> None:
        self.job = job
        self.index = index
        self.errors = errors  # shared by all tablets
        self.log_id = secrets.token_hex(16)
        self.mask = secrets.token_bytes(4)
        self.welcomed = asyncio.get_running_loop().create_future()
        self.seq = 0  # the last one sent
        self.acked = 0
        self.credit = 0
        self.saturates = False  # true while it sends whenever it may
        self.lost = False
        self.on_the_way: deque[tuple[int, float]] = deque()  # last seq of a frame and when it was written
        self.latencies_s: list[float] = []
        self._buffer = bytearray()
        self._upgraded = False
        self._started_us = time.time_ns() // 1000

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one, without saying so
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        lines = (
            "GET /ws/device HTTP/1.1",
            f"Host: {self.job.host}:{self.job.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Protocol: hub.v1.msgpack",
            f"Authorization: Bearer {self.job.secrets[self.index]}",
        )
        self._transport.write("\r\n".join((*lines, "", "")).encode())

    def connection_lost(self, error: Exception | None) -> None:
        """Note that this tablet is gone: a benchmark does not reconnect."""
        self.lost = True
        self.saturates = False
        if not self.welcomed.done():
            self.welcomed.set_exception(ConnectionResetError(f"closed before the welcome: {dict(self.errors)}"))

    def data_received(self, data: bytes) -> None:
        """Take what the hub says."""
        self._buffer += data
        if not self._upgraded and not self._upgrade():
            return
        for opcode, payload in frames.split_frames(self._buffer):
            if opcode == frames.BINARY:
                self._take(msgpack.unpackb(payload))
            elif opcode == frames.PING:
                self._transport.write(frames.small_frame(frames.PONG, payload, self.mask))
            elif opcode == frames.CLOSE:
                self.errors[f"close {int.from_bytes(payload[:2], 'big')}"] += 1
                self._transport.close()
        if self.saturates:
            self.fill()

    def _upgrade(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        if not self._buffer.startswith(b"HTTP/1.1 101"):
            self.errors[self._buffer[:end].split(b"\r\n")[0].decode()] += 1
            self._transport.close()
            return False
        del self._buffer[: end + 4]
        self._upgraded = True
        hello = {"type": "hello", "streams": [{"log_id": self.log_id, "kind": "fixes"}], "agent": "bench"}
        self._transport.write(frames.small_frame(frames.BINARY, msgpack.packb(hello), self.mask))
        return True

    def _take(self, message: dict[str, object]) -> None:
        match message:
            case {"type": "ack", "acks": [[_, int(seq)]], "credit": int(credit)}:
                self.credit, self.acked = credit, seq
                now = time.monotonic()
                while self.on_the_way and self.on_the_way[0][0] <= seq:
                    self.latencies_s.append(now - self.on_the_way.popleft()[1])
            case {"type": "welcome", "streams": [{"stream": int(stream)}], "credit": int(credit)}:
                self.credit = credit
                latitude, longitude = 8.0 + 20.0 * (self.index % 97) / 97, 70.0 + 20.0 * (self.index % 89) / 89
                self.template = FrameTemplate(
                    stream=stream, fixes=self.job.frame, latitude=latitude, longitude=longitude, mask=self.mask
                )
                self.welcomed.set_result(None)
            case _:
                self.errors[f"{message.get('type')} {message.get('code')}"] += 1

    def fill(self) -> None:
        """Send as much as the credit and the window allow, draining a backlog recorded at 1 Hz."""
        window = min(self.credit, self.job.window_frames * self.job.frame)
        batch = []
        while self.seq + self.job.frame - self.acked <= window:
            recorded_at = self._started_us - BACKLOG_US + self.seq * 1_000_000
            batch.append(self._frame(recorded_at, 1_000_000))
        if batch:
            self._transport.write(b"".join(batch))

    def send_now(self) -> None:
        """Send one frame recorded up to this instant; the credit is the hub's to enforce."""
        interval_us = int(1_000_000 / (self.job.rate_hz * self.job.frame))
        recorded_at = time.time_ns() // 1000 - (self.job.frame - 1) * interval_us
        if not self.lost:
            self._transport.write(self._frame(recorded_at, interval_us))

    def _frame(self, recorded_at: int, interval_us: int) -> bytes:
        sent_at = time.time_ns() // 1000
        frame = self.template.frame(seq=self.seq + 1, sent_at=sent_at, recorded_at=recorded_at, interval_us=interval_us)
        self.seq += self.job.frame
        self.on_the_way.append((self.seq, time.monotonic()))
        return frame

    def close(self) -> None:
        """Say good-bye, if there still is somebody."""
        if self.lost:
            return
        self._transport.write(frames.small_frame(frames.CLOSE, (1000).to_bytes(2, "big"), self.mask))
        self._transport.close()


async def connect(job: Job, errors: Counter[str]) -> list[Tablet]:
    """Connect all tablets, some at a time; raises TimeoutError when one cannot."""
    loop = asyncio.get_running_loop()
    gate = asyncio.Semaphore(CONNECTING_AT_ONCE)

    async def one(index: int) -> Tablet:
        async with gate, asyncio.timeout(CONNECT_S):
            while True:
                _, tablet = await loop.create_connection(lambda: Tablet(job, index, errors), job.host, job.port)
                try:
                    await tablet.welcomed
                except ConnectionResetError:  # the hub was full for a moment: a device comes back
                    await asyncio.sleep(0.5)
                else:
                    return tablet

    return list(await asyncio.gather(*(one(index) for index in range(len(job.secrets)))))


async def pace(tablets: list[Tablet], rate_hz: float, until: float) -> None:
    """Let every tablet send at its rate, spread evenly over the interval."""
    slots = [tablets[start::SLOTS] for start in range(SLOTS)]
    turn, step_s = 0, 1 / (rate_hz * SLOTS)
    start = time.monotonic()
    while (now := time.monotonic()) < until:
        while start + turn * step_s <= now:
            for tablet in slots[turn % SLOTS]:
                tablet.send_now()
            turn += 1
        await asyncio.sleep(max(0.0, start + turn * step_s - time.monotonic()))


async def drive(tablets: list[Tablet], job: Job, until: float) -> None:
    """Make the load until a monotonic instant."""
    if job.rate_hz:
        return await pace(tablets, job.rate_hz, until)
    for tablet in tablets:
        tablet.saturates = True
        tablet.fill()
    await asyncio.sleep(until - time.monotonic())


async def settle(tablets: list[Tablet]) -> None:
    """Stop sending and wait until everything sent is acked."""
    for tablet in tablets:
        tablet.saturates = False
    deadline = time.monotonic() + SETTLE_S
    while time.monotonic() < deadline and any(t.acked < t.seq for t in tablets if not t.lost):  # noqa: ASYNC110 - polled: thousands of tablets
        await asyncio.sleep(0.05)


def mark(word: str) -> None:
    """Tell the parent where the run is, on a line of its own."""
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


async def run(job: Job) -> Tally:
    """Connect, warm up, measure, settle."""
    errors: Counter[str] = Counter()
    tally = Tally()
    started = time.monotonic()
    tablets = await connect(job, errors)
    tally.connect_s, tally.refused_connects = time.monotonic() - started, errors.total()
    errors.clear()
    began = time.monotonic()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(drive(tablets, job, began + job.warmup_s + job.seconds))
        await asyncio.sleep(job.warmup_s)
        mark("measuring")
        before, measuring = sum(t.acked for t in tablets), time.monotonic()
        for tablet in tablets:
            tablet.latencies_s.clear()
        await asyncio.sleep(job.seconds)
        tally.acked = sum(t.acked for t in tablets) - before
        tally.measured_s = time.monotonic() - measuring
        mark("measured")
    note_latencies(tally, np.concatenate([np.array(t.latencies_s) for t in tablets]))
    await settle(tablets)
    tally.lost_connections = sum(t.lost for t in tablets)
    for tablet in tablets:
        tablet.close()
    tally.acked_in_all, tally.sent_in_all = sum(t.acked for t in tablets), sum(t.seq for t in tablets)
    tally.errors = dict(errors)
    return tally


def note_latencies(tally: Tally, latencies_s: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    """Put the ack percentiles of the measured time into the tally."""
    tally.frames = len(latencies_s)
    if tally.frames:
        p50, p99, most = np.percentile(latencies_s, (50, 99, 100)) * 1000
        tally.ack_p50_ms, tally.ack_p99_ms, tally.ack_max_ms = float(p50), float(p99), float(most)


def main() -> None:
    """Read a job, do it, print the tally as the last line."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65_536)), hard))
    job = Job(**orjson.loads(sys.stdin.buffer.read()))
    tally = uvloop.run(run(job))
    mark(orjson.dumps(dataclasses.asdict(tally)).decode())
    sys.stdout.flush()
    os._exit(0)  # the sockets of thousands of tablets need no orderly end


if __name__ == "__main__":
    main()
