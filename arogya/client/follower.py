"""A feed of events on a client's connections: reads the state, subscribes from there, and both again where it must."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from arogya.client.dial import EXPECTED
from arogya.client.feed import EventFeed, FeedCursor, PositionLost
from arogya.client.fleet import OutOfStep
from hub.protocol.hub_frames import Error
from hub.protocol.live_frames import Events
from hub.protocol.viewer_frames import Subscribe

logger = logging.getLogger(__name__)

FIRST_PAUSE_S = 1.0  # before the state is asked for again after a failure; doubles with each
LONGEST_PAUSE_S = 30.0
RESYNC = "resync"  # code of the answer to a position that cannot be continued

Send = Callable[[Subscribe], Awaitable[None]]


class Follower:
    """Keeps one feed going; its position outlives connections."""

    def __init__(self, feed: EventFeed) -> None:
        self._feed = feed
        self._cursor = FeedCursor(feed.channel)
        self._send: Send | None = None  # while a connection stands
        self._unread = asyncio.Event()  # the state has to be read before the feed can go on

    @property
    def channel(self) -> str:
        """Return the name of the channel that is followed."""
        return self._feed.channel

    async def connected(self, send: Send) -> None:
        """Go on where the feed is, on a new connection; raises what `send` raises."""
        self._send = send
        if self._cursor.position is None:
            self._unread.set()
        else:
            await send(self._cursor.subscribe(self._cursor.position))

    def disconnected(self) -> None:
        """Say nothing until the next connection."""
        self._send = None

    async def receive(self, message: Events | Error) -> None:
        """Take what the hub says of the channel; raises what `on_events` and the connection raise."""
        try:
            if isinstance(message, Events):
                await self._take(message)
            elif message.code == RESYNC:
                raise PositionLost
        except PositionLost:
            logger.info("%s cannot go on from %s: reading the state again", self.channel, self._cursor.position)
            self._cursor.lose()
            self._unread.set()

    async def run(self) -> None:
        """Read the state whenever that is needed, until cancelled; raises what `start` raises but for `EXPECTED`."""
        pause_s: float | None = None  # until the next attempt; None while none is needed
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._unread.wait()
            try:
                position = await self._feed.start()
            except EXPECTED as error:
                pause_s = min(LONGEST_PAUSE_S, 2 * pause_s if pause_s else FIRST_PAUSE_S)
                self._unread.clear()  # a new connection sets it again, and need not wait for the pause
                logger.warning("the state of %s could not be read (%s); again in %.0f s", self.channel, error, pause_s)
                continue
            pause_s = None
            self._unread.clear()
            request = self._cursor.subscribe(position)
            if self._send is not None:
                with suppress(*EXPECTED):  # the connection ends; the next one goes on from here
                    await self._send(request)

    async def _take(self, message: Events) -> None:
        try:
            events = self._cursor.fresh(message)
        except OutOfStep:
            if self._send is not None and self._cursor.position is not None:
                await self._send(self._cursor.subscribe(self._cursor.position))
            return
        if events:
            self._feed.on_events(events)
            self._cursor.moved(message.offset)
