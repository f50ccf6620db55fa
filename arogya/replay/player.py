"""Replays traces as real devices: every fix at its moment, through the client that tablets use."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from arogya.client import Backoff, Counters, DeviceClient, Options
from arogya.replay.clock import TraceClock
from arogya.replay.traces import Trace, common_clocks

BURST_FIXES = 500  # offered before the event loop gets a turn, when a trace is behind its clock
WATCH_S = 0.2  # between two looks at how far everything is


@dataclass(frozen=True, slots=True)
class Part:
    """One trace with what it signs in with."""

    trace: Trace
    secret: str
    spool: Path  # continued when it is there: the fixes in it are not sent again


class Played:
    """How far one trace is."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.client: DeviceClient | None = None  # from the start of the replay on
        self.continued_at = 0  # fixes that an earlier run had already put in the spool
        self.acked = 0  # fixes that the hub has committed, those of earlier runs too
        self.stream: int | None = None  # the hub's number for the log, once known

    @property
    def done(self) -> bool:
        """Return whether every fix is the hub's."""
        return self.acked == len(self.trace.fixes)

    @property
    def counters(self) -> Counters:
        """Return what the client did in this run."""
        return self.client.counters if self.client else Counters()

    @property
    def problem(self) -> str:
        """Return why there is no connection, or nothing."""
        if self.client is None or self.client.connected or self.client.last_ending is None:
            return ""
        ending = self.client.last_ending
        return ending.detail or f"close code {ending.close_code}"

    def look(self) -> None:
        """Read how far the client is; only while it is open."""
        if self.client is not None:
            self.acked, self.stream = self.client.acked_seq, self.client.stream


class Player:
    """One replay of several traces at once."""

    def __init__(self, url: str, parts: list[Part], *, speed: float, watch: Callable[[list[Played]], None]) -> None:
        self._url = url
        self._parts = parts
        self._speed = speed
        self._watch = watch  # called a few times a second
        self.played = [Played(part.trace) for part in parts]

    async def run(self) -> None:
        """Play everything and return when the last fix is committed; raises `SpoolError` or a group with one."""
        clocks = [TraceClock(self._speed) for _ in self._parts]
        async with AsyncExitStack() as clients:
            for part, played, clock in zip(self._parts, self.played, clocks, strict=True):
                played.client = await clients.enter_async_context(self._client(part, clock))
                # The log's numbers count the rows of the file, so the last says where an interrupted run stopped.
                played.continued_at = played.client.last_seq
            self._start(clocks)
            async with asyncio.TaskGroup() as tasks:
                watching = tasks.create_task(self._report())
                await asyncio.gather(*map(self._play, self.played, clocks))
                watching.cancel()
        self._watch(self.played)

    def _start(self, clocks: list[TraceClock]) -> None:
        traces = [played.trace for played in self.played]
        left = [played.trace.fixes[played.continued_at :] for played in self.played]
        next_at = [
            min((fix.recorded_at for fix in fixes), default=trace.ended_at)
            for fixes, trace in zip(left, traces, strict=True)
        ]
        now_s = time.monotonic()
        for clock, origin in zip(clocks, common_clocks(traces, next_at), strict=True):
            clock.start(origin, now_s)

    def _client(self, part: Part, clock: TraceClock) -> DeviceClient:
        rows = len(part.trace.fixes)
        options = Options(
            clock=lambda: clock.shown,
            agent="arogya replay",
            spool_rows=rows + 1,  # whatever happens to the hub, no fix of the file is ever dropped
            spool_bytes=rows * 1_000 + 2**20,
            power_safe=False,  # the file is still there
            backoff=lambda: Backoff(longest_s=5.0, stay_away_s=10.0),  # somebody is watching
        )
        return DeviceClient(self._url, part.secret, spool=part.spool, options=options)

    async def _play(self, played: Played, clock: TraceClock) -> None:
        client = played.client
        if client is None:
            raise RuntimeError("a trace is played by its client")
        behind = 0
        for fix in played.trace.fixes[played.continued_at :]:
            wait_s = clock.due_s(fix.recorded_at) - time.monotonic()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
                behind = 0
            clock.take(fix.recorded_at)
            behind += 1
            if behind % BURST_FIXES == 0:
                await client.send(fix)  # waits for the disk, so that a burst can not outgrow the memory
            else:
                client.offer(fix)
        while not played.done:
            await client.drained()
            played.look()

    async def _report(self) -> None:
        while True:
            for played in self.played:
                played.look()
            self._watch(self.played)
            await asyncio.sleep(WATCH_S)


def spool_name(trace: Trace) -> str:
    """Return a file name for a trace's spool: the same in every run, another for each vehicle and file."""
    return re.sub(r"[^\w.-]+", "_", f"{trace.plate_number}-{trace.source.stem}")
