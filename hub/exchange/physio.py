"""Physio sessions that are measured on one hub and watched on another.

Every hub says once a second which sessions its viewers watch; whoever measures one of them says what happens there, and
stops when nobody has asked for some seconds. So nothing has to be remembered of hubs that die, and a sensor that comes
back on another hub is shown from there at once. What gets lost is read from PostgreSQL.
"""

from __future__ import annotations

import asyncio
from typing import Final
from uuid import UUID

from hub.bus.bus import GONE_S, PARTITIONS, Bus
from hub.clock import Clock
from hub.exchange.payload import Delta, NotUnderstood
from hub.exchange.physio_payload import pack_news, pack_watching, unpack_news, unpack_watching
from hub.live.physio import Physio, Sensors
from hub.live.physio_news import Collector

ASK_S: Final = 1.0
WANTED_MAX: Final = 5_000  # sessions that others watch
SESSIONS_MAX: Final = 500  # of one message: some 200 KB


class PhysioRelay:
    """Owned by `run`; nothing else here waits or raises."""

    def __init__(self, bus: Bus, clock: Clock, physio: Physio, sensors: Sensors, *, tick_s: float) -> None:
        self._bus = bus
        self._clock = clock
        self._physio = physio
        self._sensors = sensors
        self._tick_s = tick_s
        self._wanted: dict[UUID, dict[str, float]] = {}  # by session: the hubs that ask, and when they did last, s
        self._collectors: dict[UUID, Collector] = {}  # of the same sessions
        self._moved: dict[UUID, None] = {}  # those with news
        self._waiting = asyncio.Event()  # there is news
        physio.watching = lambda session_id: self._ask([session_id])

    def __len__(self) -> int:
        return len(self._wanted)

    def take(self, sender: str, said: Delta) -> None:
        """Take what another hub wants to hear, and what it says."""
        now_s = self._clock.monotonic_s()
        try:
            watching, news = unpack_watching(said.watching), unpack_news(said.physio)
        except NotUnderstood:
            return  # a hub of another version: PostgreSQL tells the same
        for session_id in watching:
            if session_id in self._wanted or len(self._wanted) < WANTED_MAX:
                self._hold(session_id)[sender] = now_s
        for session_id, each in news:
            self._physio.hear(session_id, each)

    def stale(self, partition: int) -> None:
        """Read what was missed of a partition."""
        for session_id in self._physio.sessions:
            if _partition(session_id) == partition:
                self._physio.ask(session_id)

    def gone(self, node: str) -> None:
        """Say nothing more to a hub that is gone."""
        for session_id in [session_id for session_id, nodes in self._wanted.items() if nodes.pop(node, None)]:
            if not self._wanted[session_id]:
                self._drop(session_id)

    async def run(self) -> None:
        """Ask and say until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_asking())
            tasks.create_task(self._keep_saying())

    async def _keep_asking(self) -> None:
        while True:
            await asyncio.sleep(ASK_S)
            self._ask(self._physio.sessions)
            self._expire(self._clock.monotonic_s() - GONE_S)

    async def _keep_saying(self) -> None:
        while True:
            await self._waiting.wait()
            self._waiting.clear()
            self._say()
            await asyncio.sleep(self._tick_s)

    def _ask(self, session_ids: list[UUID] | tuple[UUID, ...]) -> None:
        for partition in range(PARTITIONS):
            mine = [session_id for session_id in session_ids if _partition(session_id) == partition]
            if mine:
                self._bus.publish(partition, pack_watching(mine))

    def _say(self) -> None:
        moved, self._moved = self._moved, {}
        for partition in range(PARTITIONS):
            mine = [session_id for session_id in moved if _partition(session_id) == partition]
            found = [(id_, self._collectors[id_].take()) for id_ in mine if id_ in self._collectors]
            news = [(session_id, each) for session_id, each in found if each is not None]
            for start in range(0, len(news), SESSIONS_MAX):
                self._bus.publish(partition, pack_news(news[start : start + SESSIONS_MAX]))

    def _expire(self, before_s: float) -> None:
        for session_id, nodes in list(self._wanted.items()):
            for node in [node for node, asked_s in nodes.items() if asked_s < before_s]:
                del nodes[node]
            if not nodes:
                self._drop(session_id)

    def _hold(self, session_id: UUID) -> dict[str, float]:
        if session_id not in self._wanted:

            def note() -> None:
                self._moved[session_id] = None
                self._waiting.set()

            self._wanted[session_id] = {}
            collector = Collector(news=note, changed=_nobody)
            self._collectors[session_id] = collector
            self._sensors.watch(session_id, collector)
        return self._wanted[session_id]

    def _drop(self, session_id: UUID) -> None:
        del self._wanted[session_id]
        self._sensors.unwatch(session_id, self._collectors.pop(session_id))


def _partition(session_id: UUID) -> int:
    return session_id.int % PARTITIONS


def _nobody() -> None:
    """Stand in: whoever watches hears from PostgreSQL itself that a session changed."""
