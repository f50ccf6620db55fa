"""Many tablets in one process of their own: `python -m bench.tablets` reads a job and prints its tally."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import uvloop

from bench import socket, worker
from bench.socket import Target
from bench.tablet import Tablet

SLOTS = 200  # of a second, among which paced tablets are spread
SETTLE_S = 20.0  # how long the last acks may take
TIMER_S = 0.001  # what uvloop's timers resolve: it takes less for nothing, and spins


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
    at_once: int = 40  # handshakes at the same time
    alarms: int = 0  # calls for help, spread over the measured time
    sent_file: str = ""  # where to save when each paced frame was written: an array of ns, a row a tablet


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
    measured_from_ns: int = 0  # on the machine's monotonic clock
    measured_s: float = 0.0
    connect_s: float = 0.0  # until all tablets were welcomed
    refused_connects: int = 0  # answers to connects that were tried again
    lost_connections: int = 0
    alarms: list[str] = field(default_factory=list)  # ids of the calls for help
    offers: list[tuple[str, int]] = field(default_factory=list)  # calls, and when a tablet was asked, monotonic ns
    errors: dict[str, int] = field(default_factory=dict)


async def connect(job: Job, errors: Counter[str]) -> list[Tablet]:
    """Connect all tablets, some at a time."""
    window = job.window_frames * job.frame
    targets = [Target(job.host, job.port, "/ws/device", secret, "hub.v1.msgpack") for secret in job.secrets]
    tablets = await socket.connect(
        lambda target, index: Tablet(target, index, errors, frame=job.frame, window=window), targets, job.at_once
    )
    for tablet in tablets:
        tablet.prepare()
    return tablets


async def pace(tablets: list[Tablet], rate_hz: float, until: float) -> None:
    """Let every tablet send at its rate, spread evenly over the interval."""
    slots = [tablets[start::SLOTS] for start in range(SLOTS)]
    turn, step_s = 0, 1 / (rate_hz * SLOTS)
    start = time.monotonic()
    while (now := time.monotonic()) < until:
        while start + turn * step_s <= now:
            for tablet in slots[turn % SLOTS]:
                tablet.send_now(rate_hz)
            turn += 1
        await asyncio.sleep(max(TIMER_S, start + turn * step_s - time.monotonic()))


async def drive(tablets: list[Tablet], job: Job, until: float) -> None:
    """Make the load until a monotonic instant."""
    if job.rate_hz:
        return await pace(tablets, job.rate_hz, until)
    for tablet in tablets:
        tablet.saturates = True
        tablet.fill()
    await asyncio.sleep(until - time.monotonic())


async def call_for_help(tablets: list[Tablet], job: Job) -> None:
    """Let some tablets add an alarm to their next fix, spread over the measured time."""
    callers = tablets[:: max(1, len(tablets) // job.alarms)][: job.alarms] if job.alarms else []
    for tablet in callers:
        tablet.alarm_next()
        await asyncio.sleep(job.seconds / (len(callers) + 1))


async def settle(tablets: list[Tablet]) -> None:
    """Stop sending and wait until everything sent is acked."""
    for tablet in tablets:
        tablet.saturates = False
    deadline = time.monotonic() + SETTLE_S
    while time.monotonic() < deadline and any(t.acked < t.seq for t in tablets if not t.lost):  # noqa: ASYNC110 - polled: thousands of tablets
        await asyncio.sleep(0.05)


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
        worker.say("measuring")
        before, measuring = sum(t.acked for t in tablets), time.monotonic_ns()
        for tablet in tablets:
            tablet.latencies_s.clear()
        tasks.create_task(call_for_help(tablets, job))
        await asyncio.sleep(job.seconds)
        tally.acked = sum(t.acked for t in tablets) - before
        tally.measured_from_ns, tally.measured_s = measuring, (time.monotonic_ns() - measuring) / 1e9
        worker.say("measured")
    note_latencies(tally, np.concatenate([np.array(t.latencies_s) for t in tablets]))
    await settle(tablets)
    tally.alarms = [tablet.alarm_id for tablet in tablets if tablet.alarm_id]
    tally.offers = [offer for tablet in tablets for offer in tablet.offers]
    tally.lost_connections = sum(t.lost for t in tablets)
    for tablet in tablets:
        tablet.close()
    tally.acked_in_all, tally.sent_in_all = sum(t.acked for t in tablets), sum(t.seq for t in tablets)
    tally.errors = dict(errors)
    if job.sent_file:
        save_sent(job.sent_file, tablets)
    return tally


def save_sent(file: str, tablets: list[Tablet]) -> None:
    """Save when each frame of each tablet was written; 0 where a tablet sent fewer than others."""
    sent = np.zeros((len(tablets), max(len(tablet.sent_ns) for tablet in tablets)), np.int64)
    for row, tablet in zip(sent, tablets, strict=True):
        row[: len(tablet.sent_ns)] = tablet.sent_ns
    np.save(file, sent)


def note_latencies(tally: Tally, latencies_s: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    """Put the ack percentiles of the measured time into the tally."""
    tally.frames = len(latencies_s)
    if tally.frames:
        p50, p99, most = np.percentile(latencies_s, (50, 99, 100)) * 1000
        tally.ack_p50_ms, tally.ack_p99_ms, tally.ack_max_ms = float(p50), float(p99), float(most)


def main() -> None:
    """Read a job, do it, print the tally as the last line."""
    job = Job(**worker.read_job())
    worker.finish(dataclasses.asdict(uvloop.run(run(job))))


if __name__ == "__main__":
    main()
