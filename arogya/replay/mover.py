"""Replays recordings of joints as real sensors: every frame at its moment, through the client that sensors use."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from arogya.client import Backoff, Counters, MotionClient, MotionStream, Options, ReportAck
from arogya.replay.clock import TraceClock
from arogya.replay.recordings import Recording
from arogya.replay.sessions import Seat

FRAME_US = 100_000  # of the recording, in one message
WATCH_S = 0.2  # between two looks at how far everything is


class Refused(Exception):
    """The hub does not let a sensor begin or end its session; says why."""


class Frame(NamedTuple):
    """Samples that leave together, by their places in the recording."""

    first: int
    end: int  # exclusive

    def spacing(self, at_us: list[int]) -> int | list[int]:
        """Return the interval between the samples in µs, or where it varies the offset of each."""
        own = at_us[self.first : self.end]
        steps = {after - before for before, after in pairwise(own)}
        if len(steps) <= 1:
            return steps.pop() if steps else FRAME_US
        return [at - own[0] for at in own]


def frames_of(recording: Recording, first: int) -> Iterator[Frame]:
    """Yield the frames from a sample on, each of at most 100 ms."""
    begun = first
    for place in range(first, len(recording.at_us) + 1):
        ends = place == len(recording.at_us) or recording.at_us[place] - recording.at_us[begun] >= FRAME_US
        if ends and place > begun:
            yield Frame(begun, place)
            begun = place


class Moved:
    """How far one recording is."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        self.client: MotionClient | None = None  # from the start of the replay on
        self.continued_at = 0  # samples that an earlier run had already put in the spool
        self.stream: MotionStream | None = None  # likewise

    @property
    def acked(self) -> int:
        """Return how many samples the hub has committed, those of earlier runs too."""
        return self.stream.acked_seq if self.stream else 0

    @property
    def done(self) -> bool:
        """Return whether every sample is the hub's."""
        return self.acked == len(self.seat.recording.at_us)

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


class Mover:
    """One replay of several recordings at once."""

    def __init__(
        self, url: str, seats: list[Seat], folder: Path, *, speed: float, watch: Callable[[list[Moved]], None]
    ) -> None:
        self._url = url
        self._folder = folder
        self._speed = speed
        self._watch = watch  # called a few times a second
        self.moved = [Moved(seat) for seat in seats]

    async def run(self) -> None:
        """Play everything and return when the last sample is committed; raises `SpoolError`, or a group with it."""
        async with AsyncExitStack() as clients:
            for moved in self.moved:
                moved.client = await clients.enter_async_context(self._client(moved.seat))
            async with asyncio.TaskGroup() as tasks:
                watching = tasks.create_task(self._report())
                await asyncio.gather(*map(self._play, self.moved))
                watching.cancel()
        self._watch(self.moved)

    def _client(self, seat: Seat) -> MotionClient:
        options = Options(
            agent="arogya replay",
            spool_rows=len(seat.recording.at_us) + 1,  # whatever happens to the hub, no sample of the file is dropped
            spool_bytes=2**40,
            power_safe=False,  # the file is still there
            backoff=lambda: Backoff(longest_s=5.0, stay_away_s=10.0),  # somebody is watching
        )
        return MotionClient(self._url, seat.secret, folder=self._folder / str(seat.session), options=options)

    async def _play(self, moved: Moved) -> None:
        client, seat = moved.client, moved.seat
        if client is None:
            raise RuntimeError("a recording is played by its client")
        at_us, angles = seat.recording.at_us, seat.recording.angles
        _check(await client.report("session_start", {"session": str(seat.session)}))
        stream = moved.stream = await client.open(seat.session, seat.recording.joints)
        moved.continued_at = stream.last_seq
        clock = TraceClock(self._speed)
        clock.start(at_us[stream.last_seq] if stream.last_seq < len(at_us) else at_us[-1], time.monotonic())
        for frame in frames_of(seat.recording, stream.last_seq):
            await asyncio.sleep(clock.due_s(at_us[frame.end - 1]) - time.monotonic())
            rows = [row[frame.first : frame.end] for row in angles]
            await stream.send(seat.began_at + at_us[frame.first], frame.spacing(at_us), rows)
        await stream.drained()
        _check(await client.report("session_stop", {"session": str(seat.session)}))

    async def _report(self) -> None:
        while True:
            self._watch(self.moved)
            await asyncio.sleep(WATCH_S)


def _check(answer: ReportAck) -> None:
    if answer.status == "refused":
        raise Refused(f"the hub does not let the sensor go on: {answer.detail}")
