"""The physio sessions that somebody watches, for the patient, their doctors, and whoever had a reason to look.

A hub holds those that its viewers watch. What it does not measure itself it hears from the hub that does, and in any
case it reads again from PostgreSQL: at the beginning, when something has changed, and while nothing is heard.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol
from uuid import UUID

from hub.access.principal import Principal
from hub.clock import Clock
from hub.errors import Overloaded
from hub.live.physio_channel import PhysioChannel
from hub.live.physio_news import Collector, News
from hub.live.physio_reader import PhysioReader
from hub.live.physio_rights import PhysioRights
from hub.live.physio_rows import THEIRS
from hub.live.view import View
from hub.metrics import Metrics
from hub.motion.stream import Tap
from storage.audit_queue import AuditQueue
from storage.pool import Database

CHANNELS_MAX: Final = 5_000


class Sensors(Protocol):
    """What is measured on this hub; see `hub.motion.motion.Motion`."""

    def watch(self, session_id: UUID, tap: Tap) -> None:
        """Show somebody what is measured in a session, until `unwatch`."""

    def unwatch(self, session_id: UUID, tap: Tap) -> None:
        """Stop showing it."""


class Physio:
    """Makes, feeds and drops the channels, and says who may watch them."""

    def __init__(
        self,
        reader: Database,
        sensors: Sensors,
        clock: Clock,
        *,
        care_days: int = 90,
        audit: AuditQueue | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self.changed: Callable[[], None] = _nobody  # wakes the tick; the hub sets it
        self.watching: Callable[[UUID], None] = _nobody_of  # called with a session that is watched here from now on
        self.rights = PhysioRights(reader, clock, care_days=care_days, audit=audit)
        self._sensors = sensors
        self._clock = clock
        self._metrics = metrics or Metrics()
        self._channels: dict[UUID, PhysioChannel] = {}
        self._collectors: dict[UUID, Collector] = {}  # of the same sessions
        self._news: dict[UUID, None] = {}  # sessions that may have changed since the last advance
        self._advancing = False  # what changes meanwhile is part of it
        self._reading = PhysioReader(reader, clock, self._channels, self._note)

    def __len__(self) -> int:
        return len(self._channels)

    @property
    def sessions(self) -> tuple[UUID, ...]:
        """Return the sessions that are watched here."""
        return tuple(self._channels)

    async def find(self, principal: Principal, session_id: UUID) -> tuple[PhysioChannel, View] | None:
        """Return the channel of a session that somebody may watch, None where they may not or there is none.

        Looking is written down. Raises `Overloaded` and `StorageError`.
        """
        if not await self.rights.admit(principal, session_id):
            return None
        channel = self._hold(session_id)
        channel.finding += 1
        try:
            if channel.board.session is None:
                await self._reading.read([session_id])
        finally:
            channel.finding -= 1
            self._note(session_id)
        return None if channel.board.session is None else (channel, THEIRS)

    def ask(self, session_id: UUID) -> None:
        """Read a session again: something of it may have been missed."""
        if session_id in self._channels:
            self._reading.ask(session_id)

    def hear(self, session_id: UUID, news: News) -> None:
        """Take what another hub says of a session."""
        channel = self._channels.get(session_id)
        if channel is not None:
            channel.heard.append(news)
            self._note(session_id)

    def advance(self) -> bool:
        """Take in what was measured and read, and let go of what nobody watches any more; tell of news."""
        noted, self._news = self._news, {}
        now_s = self._clock.monotonic_s()
        self._advancing = True
        try:
            return sum(self._advance(session_id, now_s) for session_id in noted) > 0
        finally:
            self._advancing = False

    async def run(self) -> None:
        """Read what has changed, and what is not heard, until cancelled."""
        await self._reading.run()

    def _advance(self, session_id: UUID, now_s: float) -> bool:
        channel = self._channels.get(session_id)
        if channel is None:
            return False
        if not channel.is_wanted:
            del self._channels[session_id]
            self._sensors.unwatch(session_id, self._collectors.pop(session_id))
            self._metrics.live_physio.dec()
            return False
        heard, channel.heard = channel.heard, []
        for news in (*heard, self._collectors[session_id].take()):
            if news is not None:
                channel.board.take(news, now_s)
                channel.heard_s = now_s
        return channel.advance()

    def _hold(self, session_id: UUID) -> PhysioChannel:
        channel = self._channels.get(session_id)
        if channel is None:
            if len(self._channels) >= CHANNELS_MAX:
                raise Overloaded("this hub has as many of these channels as it takes")
            channel = self._channels[session_id] = PhysioChannel(session_id)

            def note() -> None:
                self._note(session_id)

            channel.changed = channel.board.state.changed = note
            collector = Collector(news=note, changed=lambda: self._reading.ask(session_id))
            self._collectors[session_id] = collector
            self._metrics.live_physio.inc()
            self._sensors.watch(session_id, collector)
            self.watching(session_id)
        return channel

    def _note(self, session_id: UUID) -> None:
        if not self._advancing:
            self._news[session_id] = None
            self.changed()


def _nobody() -> None:
    """Stand in until the hub listens."""


def _nobody_of(session_id: UUID) -> None:
    """Stand in until another hub listens."""
