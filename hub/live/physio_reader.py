"""Reads the physio sessions that somebody watches: those that have changed, and those whose sensor is not heard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from hub.clock import Clock, to_us
from hub.live.physio_channel import PhysioChannel
from hub.live.physio_news import WRONG_US
from hub.live.physio_trace import TRACE_US
from hub.motion.decimate import Decimator, Points
from storage import motion_live
from storage.errors import StorageError
from storage.motion_live import RecentFrame, StoredSession
from storage.pool import Database

POLL_S: Final = 1.0
QUIET_S: Final = 2.0  # a sensor that was not heard for so long may be one that only the database hears
AGAIN_S: Final = 1.5  # what was said to have changed may not be stored yet: it is read once more
SETTLED_S: Final = 10.0  # between two readings of what should not have changed
RETRY_S: Final = 0.5
SESSIONS_MAX: Final = 100  # that are read together
_LOG = structlog.get_logger(__name__)


class PhysioReader:
    """Owned by `run`; others ask, and read what cannot wait."""

    def __init__(
        self,
        reader: Database,
        clock: Clock,
        channels: Mapping[UUID, PhysioChannel],
        note: Callable[[UUID], None],
    ) -> None:
        self._db = reader
        self._clock = clock
        self._channels = channels  # those that are watched, which change
        self._note = note  # a channel has news
        self._asked: dict[UUID, None] = {}  # in the order in which they were asked for
        self._again: dict[UUID, float] = {}  # those that are to be read once more: when, monotonic s
        self._something = asyncio.Event()  # somebody asked

    def ask(self, session_id: UUID) -> None:
        """Read a session soon, and once more a little later."""
        self._asked[session_id] = None
        self._again[session_id] = self._clock.monotonic_s() + AGAIN_S
        self._something.set()

    async def run(self) -> None:
        """Read what is asked for, and what is due, until cancelled; while PostgreSQL is away everybody waits."""
        while True:
            try:
                async with asyncio.timeout(POLL_S):
                    await self._something.wait()
            except TimeoutError:
                pass
            self._something.clear()
            self._asked.update(dict.fromkeys(self._due()))
            try:
                while self._asked:
                    await self._read_asked()
            except StorageError as error:
                _LOG.warning("viewers wait for sessions", reason=type(error).__name__)
                await asyncio.sleep(RETRY_S)

    async def read(self, session_ids: Iterable[UUID]) -> None:
        """Show what is stored of sessions; raises `StorageError`."""
        ids = list(session_ids)
        began_s, now = self._clock.monotonic_s(), self._clock.now()
        since = now - timedelta(microseconds=TRACE_US)
        for session_id, session in (await motion_live.read_sessions(self._db, ids)).items():
            channel = self._channels.get(session_id)
            if channel is None or channel.read_s > began_s:
                continue
            frames: list[RecentFrame] = []
            is_new = channel.read_s == float("-inf")  # its past is not drawn yet, however much is heard by now
            if (is_new or self._is_quiet(channel)) and _moved_since(session, to_us(since)):
                frames = await motion_live.read_recent(self._db, session_id, since)
            channel.read_s = began_s
            channel.board.stored(session, began_s)
            for joint, points in drawn(frames):
                channel.board.draw_stored(joint, points)
            self._note(session_id)

    async def _read_asked(self) -> None:
        batch = list(self._asked)[:SESSIONS_MAX]
        for session_id in batch:
            del self._asked[session_id]  # before it is read: what changes meanwhile is asked for again
        try:
            await self.read(batch)
        except StorageError:
            self._asked.update(dict.fromkeys(batch))
            raise

    def _due(self) -> list[UUID]:
        """Return the sessions that nobody may have said a word about."""
        now_s = self._clock.monotonic_s()
        again = [id_ for id_, at_s in self._again.items() if at_s <= now_s]
        for session_id in again:
            del self._again[session_id]
        return again + [
            id_ for id_, channel in self._channels.items() if now_s - channel.read_s >= self._lasts_s(channel)
        ]

    def _lasts_s(self, channel: PhysioChannel) -> float:
        """Return for how long what was read of a session is good."""
        session = channel.board.session
        if session is None or (session.status == "completed" and session.counted_at is None):
            return QUIET_S
        return QUIET_S if session.status == "in_progress" and self._is_quiet(channel) else SETTLED_S

    def _is_quiet(self, channel: PhysioChannel) -> bool:
        return self._clock.monotonic_s() - channel.heard_s >= QUIET_S


def _moved_since(session: StoredSession, since: int) -> bool:
    return session.started_at is not None and (session.ended_at is None or session.ended_at > since)


def drawn(frames: Iterable[RecentFrame]) -> list[tuple[str, Points]]:
    """Return what to draw of stored frames, by the clock of the device unless that is wrong."""
    by_stream: dict[int, list[RecentFrame]] = {}
    for frame in frames:
        by_stream.setdefault(frame.stream_id, []).append(frame)
    found: list[tuple[str, Points]] = []
    for those in by_stream.values():
        newest = those[-1]
        ahead = newest.received_at - int(newest.at_us[-1])
        shift = ahead if abs(ahead) > WRONG_US else 0
        decimator = Decimator(len(newest.joints))
        for frame in those:
            decimator.add(frame.at_us + shift, frame.angles)
        found += zip(newest.joints, decimator.take() or (), strict=False)
    return found
