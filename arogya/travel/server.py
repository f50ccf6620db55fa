"""Travel times of a routing server: one question, a deadline, and no second question to a server that is dead."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import Final, Protocol

import aiohttp
import msgspec
import structlog

from hub.clock import Clock
from hub.dispatch.travel import StraightLine, TravelAway
from hub.dispatch.unit import Place
from hub.metrics import Metrics

Times = list[list[float | None]]  # seconds: a row for each origin, None where there is no way

PLACES_MAX: Final = 50  # of each side of one question: servers take a hundred places as they come, or 2,500 pairs
REPLY_BYTES_MAX: Final = 4 * 1024 * 1024
REST_S: Final = 1.0  # after a failure, doubled after each that follows
REST_MAX_S: Final = 60.0
_LOG = structlog.get_logger(__name__)


class NotUnderstood(Exception):
    """The server answered something else than travel times; says what, without its words."""


class Server(Protocol):
    """What one kind of routing server is asked, and how its answer is read."""

    @property
    def name(self) -> str:
        """Return osrm or valhalla."""
        ...

    def request(self, base: str, origins: Sequence[Place], goals: Sequence[Place]) -> tuple[str, str, bytes | None]:
        """Return the method, the address and the body of the question."""
        ...

    def read(self, reply: bytes) -> Times:
        """Return the times; raises `NotUnderstood` and `msgspec.DecodeError`."""
        ...


class ServedTravel:
    """A routing server as a source of travel times; what it does not know, the straight line says."""

    def __init__(  # noqa: PLR0913 - the composition root names each part once
        self,
        server: Server,
        base: str,
        http: aiohttp.ClientSession,
        line: StraightLine,
        *,
        deadline_s: float,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._server = server
        self._base = base.rstrip("/")
        self._http = http  # opened and closed by the composition root
        self._line = line
        self._deadline_s = deadline_s  # of all that is asked for one answer
        self._clock = clock
        self._metrics = metrics
        self._rest_s = 0.0  # how long it is left alone after the failures so far; 0: the last answer was good
        self._rests_until_s = 0.0  # monotonic

    @property
    def name(self) -> str:
        """Return osrm or valhalla."""
        return self._server.name

    async def times_s(self, origins: Sequence[Place], goals: Sequence[Place], at: datetime) -> Times:
        """Return a row for each origin with the seconds to each goal, by straight line where the server knows no way.

        Raises `TravelAway` when it does not answer in time, or did not a moment ago, or knows none of the ways.
        """
        if not origins or not goals:
            return [[] for _ in origins]
        now_s = self._clock.monotonic_s()
        if now_s < self._rests_until_s:
            self._count("resting")
            raise TravelAway(self.name)
        if self._rest_s:
            self._rests_until_s = now_s + self._rest_s  # this is the trial: who asks meanwhile does not wait for it
        try:
            async with asyncio.timeout(self._deadline_s):
                times = await self._ask_all(origins, goals)
        except (aiohttp.ClientError, TimeoutError, OSError, NotUnderstood, msgspec.DecodeError) as error:
            self._failed(error)
            raise TravelAway(self.name) from error
        self._rest_s = self._rests_until_s = 0.0
        if all(time is None for row in times for time in row):
            self._count("unknown")  # its map is of somewhere else
            raise TravelAway(self.name)
        self._count("answered")
        return await self._completed(times, origins, goals, at)

    async def _ask_all(self, origins: Sequence[Place], goals: Sequence[Place]) -> Times:
        """Ask one question, or as many at once as the server's bounds make necessary."""
        parts: list[list[asyncio.Task[Times]]] = []
        try:
            async with asyncio.TaskGroup() as asking:
                for rows in _parts(origins):
                    parts.append([asking.create_task(self._ask(rows, columns)) for columns in _parts(goals)])
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        answers = [[part.result() for part in row] for row in parts]
        return [list(chain.from_iterable(cells)) for row in answers for cells in zip(*row, strict=True)]

    async def _ask(self, origins: Sequence[Place], goals: Sequence[Place]) -> Times:
        method, url, body = self._server.request(self._base, origins, goals)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        asked = self._http.request(method, url, data=body, headers=headers, allow_redirects=False)
        async with asked as reply:
            if reply.status != 200:
                raise NotUnderstood(f"status {reply.status}")
            text = await reply.content.read(REPLY_BYTES_MAX)
            while not reply.content.at_eof():
                if len(text) >= REPLY_BYTES_MAX:
                    raise NotUnderstood("too long")
                text += await reply.content.read(REPLY_BYTES_MAX)
        times = self._server.read(text)
        if len(times) != len(origins) or any(len(row) != len(goals) for row in times):
            raise NotUnderstood("another number of times than was asked for")
        if any(time is not None and not 0.0 <= time < float("inf") for row in times for time in row):
            raise NotUnderstood("a time that is none")
        return times

    async def _completed(self, times: Times, origins: Sequence[Place], goals: Sequence[Place], at: datetime) -> Times:
        if all(time is not None for row in times for time in row):
            return times
        lines = await self._line.times_s(origins, goals, at)
        return [
            [straight if time is None else time for time, straight in zip(row, line, strict=True)]
            for row, line in zip(times, lines, strict=True)
        ]

    def _failed(self, error: Exception) -> None:
        if not self._rest_s:
            _LOG.warning("the routing server is away", server=self.name, reason=type(error).__name__)
        self._rest_s = min(REST_MAX_S, 2 * self._rest_s or REST_S)
        self._rests_until_s = self._clock.monotonic_s() + self._rest_s
        self._count("late" if isinstance(error, TimeoutError) else "failed")

    def _count(self, result: str) -> None:
        self._metrics.travel_answers.labels(self.name, result).inc()


def _parts(places: Sequence[Place]) -> list[Sequence[Place]]:
    return [places[start : start + PLACES_MAX] for start in range(0, len(places), PLACES_MAX)]
