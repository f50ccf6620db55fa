"""A viewer's side of the hub: the fleet as it moves, kept in step through lost connections and gaps."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from functools import partial
from random import Random
from types import TracebackType
from typing import Literal

import aiohttp

from arogya.client.address import websocket_url
from arogya.client.backoff import Backoff, Ending
from arogya.client.dial import EXPECTED, close, dial, ending_of
from arogya.client.feed import EventFeed
from arogya.client.fleet import Ambulance, Fleet, FleetChange, OutOfStep, Staleness, merge
from arogya.client.follower import Follower
from arogya.client.sign_in import AccessRefused
from arogya.client.state import StateFeed, StateFollower
from hub.errors import BadInput, HubError
from hub.protocol.codec import JSON, MSGPACK
from hub.protocol.filter import Filter
from hub.protocol.hub_frames import Error
from hub.protocol.live_frames import FROM_LIVE, Delta, Events, LiveMessage, Part, Snapshot
from hub.protocol.viewer_frames import Subscribe

logger = logging.getLogger(__name__)

CODECS = {"msgpack": MSGPACK, "json": JSON}
SNAPSHOT_BYTES_MAX = 64 * 2**20  # 500,000 ambulances
RESUBSCRIBE_S = 2.0  # without an answer to a subscription, ask again
REFUSALS = ("forbidden", "not_found", "invalid_value")  # codes of an answer to a subscription that stays as it is
TOKEN_ENDED = (4500, 4504)  # close codes that a new token may cure

Token = str | Callable[[], Awaitable[str]]


class LiveClient:
    """Follows the fleet; use it as `async with LiveClient(url, token) as fleet: async for change in fleet: …`.

    `channel` may be `ambulance:{id}`, one vehicle; `filter` a `Filter` that lets the hub send a part of the fleet.
    `events` are feeds of event channels, like `alarms` and `inbox`, that are followed on the same connection; with
    None as the `channel` they are all that is followed, and iterating waits until the end. `states` are feeds of state
    channels other than the fleet's, like `physio:{id}`, in the same way.

    `token` is an access token, or an async function that gets one whenever a connection is made (tokens end after some
    minutes; `lambda: sign_in(url, email, password)` will do). A consumer that is slower than the fleet gets several
    changes merged into one, never a queue of old ones. Iterating raises `AccessRefused` when the hub refuses the
    sign-in, the fleet, a feed, or a token that is a string; no other trouble raises: the client reconnects, and resyncs
    from where it was.
    """

    def __init__(  # noqa: PLR0913 - the face of a library: each has its default
        self,
        url: str,
        token: Token,
        *,
        channel: str | None = "fleet",
        filter: Filter | None = None,
        events: Iterable[EventFeed] = (),
        states: Iterable[StateFeed] = (),
        encoding: Literal["msgpack", "json"] = "msgpack",
        heartbeat_s: float = 10.0,
        backoff: Backoff | None = None,
    ) -> None:
        self._url = websocket_url(url, "/ws/live")
        self._token = token
        self._channel = channel
        self._filter = _checked(filter)
        self._followers = {feed.channel: Follower(feed) for feed in events}
        self._states = {feed.channel: StateFollower(feed) for feed in states}
        self._codec = CODECS[encoding]
        self._heartbeat_s = heartbeat_s
        self._backoff = backoff or Backoff()
        self._fleet = Fleet()
        self._news: FleetChange | None = None  # what the consumer was not told yet
        self._told = asyncio.Event()  # there is news, or the end
        self._refusal: AccessRefused | None = None  # why no further attempt makes sense
        self._socket: aiohttp.ClientWebSocketResponse | None = None  # while connected
        self._asked_at: float | None = None  # loop time of a subscription not answered yet
        self._tasks = asyncio.TaskGroup()
        self._working: list[asyncio.Task[None]] = []  # until the end of the `async with`, or a refusal
        self.connected = False  # whether changes are arriving now; without, ages grow and nothing moves

    @property
    def ambulances(self) -> Mapping[int, Ambulance]:
        """Return the ambulances by id, as they are now."""
        return self._fleet.ambulances

    def age_s(self, ambulance_id: int) -> float | None:
        """Return how old an ambulance's position is in seconds, None if it has none."""
        return self._fleet.age_s(ambulance_id, _monotonic_us())

    def staleness(self, ambulance_id: int) -> Staleness:
        """Return "live", "stale" (60 s), "offline" (300 s), or "unknown" without a position."""
        return self._fleet.staleness(ambulance_id, _monotonic_us())

    async def set_filter(self, wanted: Filter | None) -> None:
        """See another part of the fleet, None: all of it; what was seen stays until the hub has answered.

        Raises ValueError for a filter that no hub takes.
        """
        self._filter = _checked(wanted)
        self._fleet.forget_position()  # a position belongs to one filter
        if self._socket is not None:
            self._asked_at = None
            try:
                await self._subscribe(self._socket)
            except EXPECTED:
                return  # the connection ends; the next one asks for the new part

    async def __aenter__(self) -> LiveClient:
        """Begin to connect."""
        await self._tasks.__aenter__()
        jobs = (self._stay_connected, *(follower.run for follower in self._followers.values()))
        self._working = [self._tasks.create_task(self._until_refused(job)) for job in jobs]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self._stop()
        # Only a cancellation is the task group's business: any other error goes to the caller as it is.
        cancelled = isinstance(error, asyncio.CancelledError)
        await self._tasks.__aexit__(*((kind, error, trace) if cancelled else (None, None, None)))

    def __aiter__(self) -> AsyncIterator[FleetChange]:
        """Return the changes from now on; the first is the whole fleet."""
        return self

    async def __anext__(self) -> FleetChange:
        """Wait for the next change; raises `AccessRefused`."""
        await self._told.wait()
        if self._news is None:
            raise self._refusal or AccessRefused("the client is closed")
        news, self._news = self._news, None
        if self._refusal is None:
            self._told.clear()
        return news

    async def _until_refused(self, job: Callable[[], Awaitable[None]]) -> None:
        try:
            await job()
        except AccessRefused as error:
            self._refusal = error
            self._told.set()
            self._stop()

    def _stop(self) -> None:
        for task in self._working:
            task.cancel()

    async def _stay_connected(self) -> None:
        rng = Random()  # noqa: S311 - spreads viewers over time, keeps no secret
        while True:
            try:
                ending = await self._connect_once()
            finally:
                self.connected, self._socket = False, None
                for follower in self._beside():
                    follower.disconnected()
            if ending.refused and isinstance(self._token, str):
                raise AccessRefused(f"the hub refused the token ({ending.detail or ending.close_code})")
            if ending.close_code in TOKEN_ENDED or ending.status == 401:
                ending = Ending(detail=ending.detail)  # a new token may do: no reason to stay away
            delay_s = self._backoff.delay_s(ending, rng)
            logger.info("connection ended (%s); next attempt in %.1f s", ending, delay_s)
            await asyncio.sleep(delay_s)

    async def _connect_once(self) -> Ending:
        try:
            token = self._token if isinstance(self._token, str) else await self._token()
            async with dial(
                self._url, token, self._codec, heartbeat_s=self._heartbeat_s, bytes_max=SNAPSHOT_BYTES_MAX
            ) as socket:
                return await self._follow(socket)
        except EXPECTED as error:
            return ending_of(error)

    async def _follow(self, socket: aiohttp.ClientWebSocketResponse) -> Ending:
        detail = ""
        self._fleet.forget_parts()
        self._socket, self._asked_at = socket, None
        await self._subscribe(socket)
        for follower in self._beside():
            await follower.connected(partial(self._send, socket))
        async for message in socket:
            if message.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                break
            try:
                heard = self._codec.decode(message.data, FROM_LIVE, bytes_max=SNAPSHOT_BYTES_MAX)
                await self._take(heard, socket)
            except HubError as error:
                await close(socket, aiohttp.WSCloseCode.PROTOCOL_ERROR)
                return Ending(detail=f"the hub does not speak the protocol: {error.detail}")
            if isinstance(heard, Error):
                if heard.channel in (self._channel, *self._followers, *self._states) and heard.code in REFUSALS:
                    raise AccessRefused(
                        f"this account may not watch {heard.channel} as asked ({heard.code}: {heard.detail})"
                    )
                detail = f"{heard.code}: {heard.detail}"
                logger.warning("the hub answered with %s", detail)
        return Ending(close_code=socket.close_code, detail=detail)

    async def _subscribe(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        if self._channel is None:
            return
        now = asyncio.get_running_loop().time()
        if self._asked_at is not None and self.connected and now < self._asked_at + RESUBSCRIBE_S:
            return  # what arrives before the answer will not fit either
        self._asked_at = now
        epoch = self._fleet.epoch
        await self._send(socket, Subscribe(self._channel, epoch, self._fleet.offset if epoch else None, self._filter))

    async def _send(self, socket: aiohttp.ClientWebSocketResponse, request: Subscribe) -> None:
        payload = self._codec.encode(request)
        await (socket.send_bytes(payload) if self._codec.binary else socket.send_str(payload.decode()))

    async def _take(self, message: LiveMessage, socket: aiohttp.ClientWebSocketResponse) -> None:
        if isinstance(message, Events | Error) and message.channel in self._followers:
            await self._followers[message.channel].receive(message)
            self._heard_beside(message)
            return
        if isinstance(message, Snapshot | Delta | Part | Error) and message.channel in self._states:
            await self._states[message.channel].receive(message)
            self._heard_beside(message)
            return
        if not isinstance(message, Snapshot | Delta | Part) or message.channel != self._channel:
            return
        try:
            change = self._fleet.apply(message, _monotonic_us())
        except OutOfStep:
            await self._subscribe(socket)
            return
        if isinstance(message, Part):
            return
        self.connected = True
        self._asked_at = None
        self._backoff.succeeded()
        if change is not None:
            self._news = change if self._news is None else merge(self._news, change)
            self._told.set()

    def _beside(self) -> list[Follower | StateFollower]:
        """Return who follows what there is beside the fleet."""
        return [*self._followers.values(), *self._states.values()]

    def _heard_beside(self, message: LiveMessage) -> None:
        """Take what a feed was told as a sign that all is well, where nothing else is followed."""
        if self._channel is None and not isinstance(message, Error):
            self.connected = True
            self._backoff.succeeded()


def _checked(wanted: Filter | None) -> Filter | None:
    try:
        return None if wanted is None else Filter.read(wanted.wire())
    except BadInput as error:
        raise ValueError(error.detail) from None


def _monotonic_us() -> int:
    return time.monotonic_ns() // 1_000
