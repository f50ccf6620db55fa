"""Everything live in one process: its channels, its viewers, and the one loop that writes to them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from random import Random
from uuid import UUID

import structlog

from hub.access.principal import Principal
from hub.clock import Clock
from hub.errors import HubError, NotFound, Overloaded, Restarting, Revoked, TooManySessions
from hub.ingest.patrol import round_s
from hub.live.directory import Directory
from hub.live.frames import SharedFrames, seal
from hub.live.outbox import Outbox
from hub.live.requests import request_of
from hub.live.session import ViewerSession
from hub.live.tick import Turns
from hub.metrics import Metrics
from hub.outcomes import outcome_of
from hub.protocol.codec import Codec
from hub.protocol.live_frames import LiveWelcome
from hub.transport import Transport, refuse

_LOG = structlog.get_logger(__name__)
SLICE = 250  # viewers written to before others get the loop: 2 to 3 ms


@dataclass(frozen=True, slots=True)
class LiveRules:
    """The numbers that viewers depend on."""

    tick_s: float = 0.1  # shortest time between two frames of a channel
    heartbeat_s: float = 20.0  # a viewer silent for longer is pinged, and closed after one and a half
    slow_s: float = 7.0  # a viewer that takes nothing for this long is closed; with the closing, 10 s at most
    sockets_per_user: int = 5
    viewers_max: int = 20_000
    subscriptions_max: int = 16


class LiveHub:
    """Owned by `run`; handlers put viewers in by `attached`."""

    def __init__(self, directory: Directory, clock: Clock, metrics: Metrics, rules: LiveRules | None = None) -> None:
        self.rules = rules or LiveRules()
        self.frames = SharedFrames()
        self._directory = directory
        self._sources = directory.sources
        self._brisk = directory.brisk  # those of them whose viewers see themselves move: twice as often
        self._clock = clock
        self._metrics = metrics
        self._sessions: dict[str, ViewerSession] = {}  # by session id; from attach to detach
        self._by_user: Counter[str] = Counter()  # open connections by principal key; no zeros
        self._turns, self._brisk_turns = Turns(self.rules.tick_s), Turns(self.rules.tick_s / 2)
        self._wake = asyncio.Event()  # a channel changed, or a viewer wants its first frame
        self._tasks: asyncio.TaskGroup | None = None  # while run() runs: owns the closing handshakes
        self._draining = False  # nobody new is let in
        self._drained = asyncio.Event()  # drain() has closed everybody: run() ends
        self._counted: Counter[str] = Counter()  # of the encoded frames, those that the metrics know
        self._lagging = 0  # viewers that the last tick held back
        for source in self._sources:
            source.changed = partial(self._want, self._brisk_turns if source in self._brisk else self._turns)

    def __len__(self) -> int:
        return len(self._sessions)

    @contextmanager
    def attached(self, principal: Principal, transport: Transport, codec: Codec) -> Iterator[ViewerSession]:
        """Let a viewer in and greet it; it is forgotten when the block ends, whatever ended it.

        Raises `Restarting`, `Overloaded` or `TooManySessions` instead.
        """
        self._admit(principal)
        session = ViewerSession(
            principal,
            transport,
            codec,
            self._directory.find,
            Outbox(slow_s=self.rules.slow_s, now_s=self._clock.monotonic_s()),
            subscriptions_max=self.rules.subscriptions_max,
        )
        self._sessions[session.session_id] = session
        self._by_user[principal.key] += 1
        self._metrics.sockets.labels("live").inc()
        try:
            welcome = LiveWelcome(session.session_id, self.rules.heartbeat_s, self._clock.now_us())
            transport.send(seal(codec, codec.encode(welcome)))
            yield session
        finally:
            self._forget(session)

    async def receive(self, session: ViewerSession, payload: bytes | str) -> None:
        """Take one message of a viewer, after those before it; what ends its connection does so here."""
        if session.ending is not None:
            return
        try:
            if await session.receive(payload, self._clock.monotonic_s(), self._clock.now_us()):
                self._want(self._turns)
        except HubError as error:
            self.end(session, error)

    def end(self, session: ViewerSession, error: Exception) -> None:
        """Close one connection for a reason, without waiting for it; safe to call twice."""
        if not self._mark_ending(session, error):
            return
        if self._tasks is None:
            session.transport.abort()
        else:
            self._tasks.create_task(refuse(session.transport, error))

    def end_sessions(
        self, *, session_id: UUID | None = None, user_id: UUID | None = None, error: HubError | None = None
    ) -> int:
        """Close the connections of a sign-in or of a user whose right ended; return how many."""
        reason = error or Revoked("the session has ended")
        ended = [
            session
            for session in self._sessions.values()
            if (session_id is not None and session.principal.session_id == session_id)
            or (user_id is not None and session.principal.user_id == user_id)
        ]
        for session in ended:
            self.end(session, reason)
        return len(ended)

    def sign_ins(self) -> set[UUID]:
        """Return the sign-ins that have a connection here, for checking whether they still count."""
        found = {session.principal.session_id for session in self._sessions.values()}
        return {session_id for session_id in found if session_id is not None}

    def viewers(self) -> list[ViewerSession]:
        """Return those that are connected and not being closed."""
        return [session for session in self._sessions.values() if session.ending is None]

    def of_device(self, device_id: int) -> list[ViewerSession]:
        """Return the viewers that are one device."""
        return [session for session in self._sessions.values() if session.principal.device_id == device_id]

    def devices(self) -> set[int]:
        """Return the devices that have a connection here."""
        found = {session.principal.device_id for session in self._sessions.values()}
        return {device_id for device_id in found if device_id is not None}

    async def check_rights(self) -> None:
        """End the subscriptions of those who may not watch any more what they watch; raises `StorageError`.

        Only restricted views are asked about: the other rights end with the sign-in.
        """
        watched = [
            (session, name, subscription)
            for session in self._sessions.values()
            if session.ending is None
            for name, subscription in session.restricted()
        ]
        if not watched:
            return
        for place in await self._directory.ended([(session.principal, name) for session, name, _ in watched]):
            session, name, subscription = watched[place]
            if request_of(name) is not None:
                session.serve_last(name, self.frames)
            if session.drop(name, only=subscription):
                session.say(NotFound("there is no such channel"), name)

    async def run(self) -> None:
        """Write to viewers until `drain` has ended; a cancelled hub cuts whom it has not drained."""
        try:
            async with asyncio.TaskGroup() as self._tasks:
                writing = self._tasks.create_task(self._write())
                await self._drained.wait()
                writing.cancel()
        finally:
            self._tasks = None

    async def drain(self, spread_s: float) -> None:
        """Send every viewer to another hub, spread over a while so that they do not all arrive there at once."""
        self._draining = True
        spread = Random()  # noqa: S311 - spreads viewers over time, keeps no secret
        async with asyncio.TaskGroup() as closing:
            for session in list(self._sessions.values()):
                closing.create_task(self._leave(session, spread.uniform(0.0, spread_s)))
        self._drained.set()

    async def _leave(self, session: ViewerSession, after_s: float) -> None:
        await asyncio.sleep(after_s)
        if self._mark_ending(session, Restarting()):
            await refuse(session.transport, Restarting())

    async def _write(self) -> None:
        every_s = round_s(self.rules.heartbeat_s)
        round_at_s = self._clock.monotonic_s() + every_s
        while True:
            await self._sleep(round_at_s)
            now_s = self._clock.monotonic_s()
            if now_s >= round_at_s:
                round_at_s = now_s + every_s
                self._check_lives(now_s)
            await self._tick(now_s)

    def _want(self, turns: Turns) -> None:
        turns.want()
        self._wake.set()

    async def _sleep(self, round_at_s: float) -> None:
        """Wait for the next change and for its turn, or until somebody must be looked at anyway."""
        now_s = self._clock.monotonic_s()
        look_at_s = min(round_at_s, now_s + self.rules.tick_s) if self._lagging else round_at_s
        while (until_s := min(look_at_s, self._turns.due_s(now_s), self._brisk_turns.due_s(now_s))) > now_s:
            self._wake.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(until_s - now_s):
                    await self._wake.wait()
            now_s = self._clock.monotonic_s()

    async def _tick(self, now_s: float) -> None:
        """Bring every viewer up to date that is not held: one frame per encoding, one write per viewer."""
        self._brisk_turns.take(now_s)
        for source in self._sources if self._turns.take(now_s) else self._brisk:
            source.advance()
        frames = self.frames
        frames.begin(self._clock.now_us())
        written = lagging = 0
        for place, session in enumerate(list(self._sessions.values()), 1):
            if session.ending is None:
                try:
                    written += session.serve(frames)
                    lagging += session.lagging
                except Exception as error:  # noqa: BLE001 - the boundary of a session: the others go on
                    self._fail(session, error)
            if place % SLICE == 0:
                await asyncio.sleep(0)
        self._count(written, lagging)

    def _count(self, written: int, lagging: int) -> None:
        for kind, count in (self.frames.encoded - self._counted).items():
            self._metrics.live_frames.labels(kind).inc(count)
        self._counted = self.frames.encoded.copy()
        self._metrics.live_writes.inc(written)
        self._metrics.live_lagging.set(lagging)
        self._lagging = lagging

    def _check_lives(self, now_s: float) -> None:
        now = self._clock.now()
        for session in list(self._sessions.values()):
            if session.ending is None:
                try:
                    session.check_life(now_s, self.rules.heartbeat_s)
                    session.check_credential(now)
                except Exception as error:  # noqa: BLE001 - the boundary of a session: the others go on
                    self._fail(session, error)

    def _fail(self, session: ViewerSession, error: Exception) -> None:
        """End a connection over what serving it has raised; what is no outcome of ours is a fault of the hub."""
        if not isinstance(error, HubError):
            _LOG.error("viewer_failure", kind=type(error).__name__, exc_info=True)
        self.end(session, error)

    def _mark_ending(self, session: ViewerSession, error: Exception) -> bool:
        """Note why a connection ends, the first time; from then on it is sent nothing."""
        if session.ending is not None:
            return False
        session.ending = error
        self._metrics.socket_closes.labels("live", str(outcome_of(error).close)).inc()
        return True

    def _admit(self, principal: Principal) -> None:
        if self._draining or self._tasks is None:
            raise Restarting("this hub is going away")
        if len(self._sessions) >= self.rules.viewers_max:
            raise Overloaded("this hub has as many viewers as it takes")
        if self._by_user[principal.key] >= self.rules.sockets_per_user:
            raise TooManySessions("this user has too many live connections")

    def _forget(self, session: ViewerSession) -> None:
        session.drop_all()
        del self._sessions[session.session_id]
        key = session.principal.key
        self._by_user[key] -= 1
        if not self._by_user[key]:
            del self._by_user[key]
        self._metrics.sockets.labels("live").dec()
