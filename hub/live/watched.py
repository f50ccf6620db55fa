"""Event channels that are made when somebody watches them and dropped after the last one: one for each of many things.

A hub holds the inboxes of those who look at theirs and the calls that somebody follows, not all there are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

import structlog

from hub.errors import Overloaded
from hub.live.event_reader import EventReader
from hub.live.events import EventChannel, EventSubscription
from hub.live.view import View
from hub.protocol.viewer_frames import Subscribe
from storage.errors import StorageError, Unavailable
from storage.pool import Database

RETRY_S = 0.5
# Each of them tells a little, and who watches looks at the newest.
TAIL_EVENTS = 100
PAGE_EVENTS = 100
PAGES_MAX = 2
CHANNELS_MAX = 20_000  # of one kind: as many as a hub has viewers
_LOG = structlog.get_logger(__name__)


class WatchedChannel(EventChannel):
    """An event channel that counts who watches it."""

    def __init__(self, name: str, *, told_as: str | None = None, begins_with: int = 0) -> None:
        super().__init__(
            name,
            told_as=told_as,
            tail_events=TAIL_EVENTS,
            page_events=PAGE_EVENTS,
            pages_max=PAGES_MAX,
            begins_with=begins_with,
        )
        self.watchers = 0  # subscriptions that have not ended

    def watch(self, wanted: Subscribe, view: View) -> EventSubscription:
        """Begin a subscription; raises as `EventChannel.watch`."""
        subscription = super().watch(wanted, view)
        self.watchers += 1
        return subscription

    def left(self) -> None:
        """Know that a subscription has ended."""
        self.watchers -= 1
        if not self.watchers:
            self.changed()


C = TypeVar("C", bound=WatchedChannel)


class WatchedChannels(Generic[C]):
    """Makes and drops the channels of one kind, whose stored names begin alike, and reads for all of them."""

    def __init__(self, reader: Database, prefix: str, *, channels_max: int = CHANNELS_MAX) -> None:
        self.changed: Callable[[], None] = _nobody  # wakes the tick; the hub sets it
        self._reader = reader
        self._prefix = prefix  # of the stored names
        self._channels_max = channels_max
        self._channels: dict[str, C] = {}  # by the stored name
        self._readings: dict[str, EventReader] = {}  # of each channel
        self._news: dict[str, None] = {}  # those that may have changed since the last advance
        self._asking: dict[str, None] = {}  # those that want something read, in the order in which they asked
        self._asked = asyncio.Event()  # somebody wants something read

    def __len__(self) -> int:
        return len(self._channels)

    def hold(self, name: str, make: Callable[[], C]) -> C:
        """Return the channel of a stored name, which is made at its first use and dropped when nobody watches it.

        Raises `Overloaded`.
        """
        if name not in self._channels:
            if len(self._channels) >= self._channels_max:
                raise Overloaded("this hub has as many of these channels as it takes")
            channel = self._channels[name] = make()
            self._readings[name] = EventReader(channel, self._reader)
            channel.asked = partial(self._ask, name)
            channel.changed = partial(self._note, name)
            self._ask(name)
            self._note(name)
        return self._channels[name]

    def hears(self, name: str) -> bool:
        """Tell whether a stored name is of this kind; what PostgreSQL has for it, which may be anybody's, is noted."""
        if not name.startswith(self._prefix):
            return False
        if name in self._channels:
            self._channels[name].ask_tail()
        return True

    def missed(self) -> None:
        """Take note that any number of events may have been missed."""
        for channel in self._channels.values():
            channel.ask_tail()

    async def refresh(self, name: str) -> None:
        """Take in at once what a channel has, if somebody watches it; raises `StorageError`."""
        if name in self._channels:
            await self._readings[name].refresh()
            self._channels[name].advance()

    def advance(self) -> bool:
        """Take in what was read, and let go of what nobody watches any more; tell whether there is news."""
        noted, self._news = self._news, {}
        is_news = False
        for name in noted:
            channel = self._channels[name]
            if channel.watchers:
                is_news |= channel.advance()
            else:
                del self._channels[name], self._readings[name]
        return is_news

    async def run(self) -> None:
        """Read what is asked for until cancelled; while PostgreSQL is away everybody waits."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            while self._asking:
                name = next(iter(self._asking))
                del self._asking[name]
                await self._read(name)

    async def _read(self, name: str) -> None:
        if name not in self._readings:
            return
        try:
            await self._readings[name].read_wanted()
        except Unavailable as error:
            _LOG.warning("viewers wait for events", kind=self._prefix, reason=type(error).__name__)
            self._ask(name)
            await asyncio.sleep(RETRY_S)
        except StorageError as error:
            _LOG.error("a channel cannot be read", channel=name, reason=str(error))

    def _ask(self, name: str) -> None:
        self._asking[name] = None
        self._asked.set()

    def _note(self, name: str) -> None:
        if name in self._channels:
            self._news[name] = None
            self.changed()


def _nobody() -> None:
    """Stand in until the hub listens."""
