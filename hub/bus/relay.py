"""The bus of several processes: a Redis or Valkey server, or a cluster of them.

What is published goes over the wires of one session (`hub.bus.session`), and commands with answers through one task
(`hub.bus.asks`). When anything about them fails, the session ends as a whole, and after a short pause a new one begins.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog

from hub.bus import registry, scripts, shelf
from hub.bus.asks import Asks
from hub.bus.bus import BEAT_S, CONTROL, GONE_S, BusAway, Counters, Ear, Peer
from hub.bus.dial import Away, check_url, reach
from hub.bus.ending import end_if_cancelled, is_ending
from hub.bus.keys import Keys
from hub.bus.message import Seal
from hub.bus.session import Session
from hub.bus.shelf import Shelf, Words
from hub.bus.station import CHANNELS, Station
from hub.bus.survey import Survey, command, devices_online, survey

__all__ = ["RedisBus", "Survey", "command", "devices_online", "survey"]

PAUSE_S, PAUSE_MAX_S = 0.1, 1.0  # before a new session: doubled each time, with jitter
TAKE_S = 0.1
LATEST_S = 2.0
WRITTEN_S = 2.0
CHUNKS_MAX = 4  # of kept rows in one go
REFRESH_S = 15.0
NOT_OFFERED = ("NOPERM", "ERR unknown command")
_LOG = structlog.get_logger(__name__)


class RedisBus(Counters):
    """One node on a Redis server.

    `secret` is `nodes.secret` as it is configured. Raises ValueError for a wrong URL, or a name that no node can have.
    """

    def __init__(self, node: str, url: str, secret: str | bytes, *, prefix: str = "arogya") -> None:
        super().__init__()
        check_url(url)
        self.node = node
        self._url = url  # never logged: it may hold a password
        self._seal = Seal(secret)
        self._keys = Keys(prefix)
        self._station = Station(node, self._seal, self)
        self._shelf = Shelf(self._seal, self._keys, node, self._station.epoch)
        self._asks = Asks()
        self._session: Session | None = None  # while the bus is there
        self._sessions = 0  # so far
        self._pause_s = PAUSE_S  # before the next one
        self._sharded = True  # what the next session tries
        self._runs = False
        self._refused = False  # the server does not take what is to be kept
        self._away_because: str | None = None  # what the log was told; None while the bus is there

    def listen(self, ear: Ear, describe: Callable[[], Peer]) -> None:
        """See `Bus.listen`."""
        self._station.listen(_Uncounted(ear, self), describe)

    @property
    def deaf_s(self) -> float:
        """See `Bus.deaf_s`."""
        return self._station.deaf_s(time.monotonic()) if self._runs else 0.0

    def publish(self, partition: int, payload: bytes) -> None:
        """See `Bus.publish`."""
        began_ns = time.thread_time_ns()
        self._say(partition, self._station.delta(partition, payload))
        self.busy_ns += time.thread_time_ns() - began_ns

    def tell(self, kind: str, key: str) -> None:
        """See `Bus.tell`."""
        self._say(CONTROL, self._station.control(kind, key, _now_us()))

    def keep(self, table: str, key: int, value: bytes | None) -> None:
        """See `Bus.keep`."""
        self._shelf.put(table, key, value)

    async def latest(self, table: str, partition: int) -> dict[str, dict[int, bytes]]:
        """See `Bus.latest`."""
        lives = {node: epoch for node, epoch in self._station.company.lives().items() if node != self.node}
        tables = [self._keys.table(table, partition, node) for node in lives]
        answers = await self._asks.answers([("HGETALL", key) for key in tables], LATEST_S)
        began_ns = time.thread_time_ns()
        found: dict[str, dict[int, bytes]] = {}
        for (node, epoch), fields in zip(lives.items(), answers, strict=True):
            if not isinstance(fields, dict):
                raise BusAway("the answer is not a table")
            found[node] = shelf.open_rows(self._seal, shelf.row_context((table, partition), node, epoch), fields)
        self.busy_ns += time.thread_time_ns() - began_ns
        return found

    def peers(self) -> list[Peer]:
        """See `Bus.peers`."""
        return self._station.peers(_now_us())

    async def take(self, name: str, per_s: float, burst: float) -> float | None:
        """See `Bus.take`."""
        words: Words = ("EVAL", scripts.SPEND, 1, self._keys.bucket(name), repr(per_s), repr(burst))
        try:
            (wait_us,) = await self._asks.answers([words], TAKE_S)
        except BusAway:
            return None
        return wait_us / 1e6 if isinstance(wait_us, int) else None

    async def give_back(self, name: str) -> None:
        """See `Bus.give_back`."""
        with suppress(BusAway):
            await self._asks.answers([("DEL", self._keys.bucket(name))], TAKE_S)

    async def run(self) -> None:
        """See `Bus.run`."""
        self._station.begin(time.monotonic(), _now_us())
        self._runs = True
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._sweep())
                tasks.create_task(self._stay_connected())
        finally:
            self._runs = False

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            self._station.sweep(time.monotonic())

    async def _stay_connected(self) -> None:
        while True:
            try:
                await self._connect()
            except* Away as group:
                reason = str(_first(group))
            end_if_cancelled()
            if self._sharded and reason.startswith(NOT_OFFERED):
                self._sharded = False
                continue
            self._sharded = True
            self._note_away(reason)
            await asyncio.sleep(random.uniform(self._pause_s / 2, self._pause_s))  # noqa: S311 - jitter
            self._pause_s = min(PAUSE_MAX_S, self._pause_s * 2)

    async def _connect(self) -> None:
        """Have one session; raises `Away` when it ends, perhaps in a group."""
        server = await reach(self._url)
        session = Session(server, self._keys, self, self._hear, sharded=self._sharded)
        try:
            end_if_cancelled()
            await session.open()
            end_if_cancelled()
            self._begin(session)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._asks.serve(server.execute))
                tasks.create_task(self._introduce())
                tasks.create_task(self._beat())
                tasks.create_task(self._write_shelf())
                await session.watch(lambda: self.deaf_s)
        finally:
            self._session = None
            if is_ending():
                session.leave(self._station.goodbye(), self.node, self._shelf.places())
            session.close()
            await server.close()

    def _begin(self, session: Session) -> None:
        self._session = session
        self.reconnects += self._sessions > 0
        self._sessions += 1

    async def _introduce(self) -> None:
        """Learn who is there, instead of waiting for everybody's next beat."""
        with suppress(BusAway):
            (answer,) = await self._asks.answers([registry.look_up(self._keys)], LATEST_S)
            listed = registry.entries(answer)
            for entry in listed:
                if entry.age_s < GONE_S:
                    self._station.introduce(entry.beat, time.monotonic() - entry.age_s)
            old = [entry.node for entry in listed if entry.age_s > registry.FORGOTTEN_S]
            if old:
                await self._asks.answers([("HDEL", self._keys.nodes, *old)], LATEST_S)

    async def _beat(self) -> None:
        while True:
            began_ns = time.thread_time_ns()
            beats = self._station.beats(time.monotonic(), _now_us())
            for channel in CHANNELS:
                self._say(channel, beats[channel])
            self.busy_ns += time.thread_time_ns() - began_ns
            with suppress(BusAway):
                self._asks.ask(*registry.enter(self._keys, self.node, beats[CONTROL]))
            await asyncio.sleep(BEAT_S)
            self._note_back()

    async def _write_shelf(self) -> None:
        """Write what changed since the last time; in a new session everything, in case that the server lost it."""
        self._shelf.everything()
        refreshed_s = time.monotonic()
        while True:
            with suppress(BusAway):
                while await self._write_chunks():
                    pass
                if time.monotonic() - refreshed_s > REFRESH_S:
                    refreshed_s = time.monotonic()
                    await self._refresh_shelf()
            await asyncio.sleep(BEAT_S)

    async def _write_chunks(self) -> bool:
        """Write some of what changed; tell whether there is more that can be written now."""
        began_ns = time.thread_time_ns()
        chunks = self._shelf.chunks(CHUNKS_MAX)
        self.busy_ns += time.thread_time_ns() - began_ns
        answers: Sequence[object] = [BusAway("no answer")]
        try:
            answers = await self._asks.answers([words for chunk in chunks for words in chunk.commands], WRITTEN_S)
        finally:
            refusals = [type(answer).__name__ for answer in answers if isinstance(answer, Exception)]
            for chunk in chunks if refusals else ():
                self._shelf.failed(chunk)
        self._note_refusals(refusals)
        return bool(chunks) and not refusals

    async def _refresh_shelf(self) -> None:
        refreshing = self._shelf.refreshing()
        answers = await self._asks.answers(list(refreshing.values()), WRITTEN_S)
        for place, answer in zip(refreshing, answers, strict=True):
            if answer == 0:
                self._shelf.everything(place)

    def _say(self, channel: int, data: bytes) -> None:
        if self._session is None:
            self.dropped += 1
        else:
            self._session.say(channel, data)

    def _hear(self, channel: int, data: bytes) -> None:
        self._station.hear(channel, data, time.monotonic())

    def _note_away(self, reason: str) -> None:
        if reason != self._away_because:
            self._away_because = reason
            _LOG.warning("the bus is away", reason=reason)

    def _note_refusals(self, refusals: list[str]) -> None:
        if refusals and not self._refused:
            _LOG.warning("the bus does not keep what newcomers need", reason=refusals[0])
        self._refused = bool(refusals)

    def _note_back(self) -> None:
        """Believe in a session once it has lasted for a beat: before, it may end as the one before it did."""
        self._pause_s = PAUSE_S
        if self._away_because is not None:
            self._away_because = None
            _LOG.info("the bus is back")


class _Uncounted:
    """An ear whose own time is not the bus's."""

    def __init__(self, ear: Ear, counters: Counters) -> None:
        self._ear = ear
        self._counters = counters
        self.control = ear.control  # rare
        self.peers_changed = ear.peers_changed

    def delta(self, sender: str, partition: int, payload: bytes) -> None:
        began_ns = time.thread_time_ns()
        self._ear.delta(sender, partition, payload)
        self._counters.busy_ns -= time.thread_time_ns() - began_ns

    def stale(self, partition: int) -> None:
        began_ns = time.thread_time_ns()
        self._ear.stale(partition)
        self._counters.busy_ns -= time.thread_time_ns() - began_ns


def _first(group: BaseExceptionGroup[Away]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _now_us() -> int:
    return time.time_ns() // 1000
