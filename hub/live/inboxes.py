"""The inboxes of those who watch theirs: an event channel for each person, for as long as somebody looks at it.

Everybody subscribes to `inbox`, and that is the channel `inbox:ID` of who asks: nobody can name another one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

import structlog

from hub.errors import Overloaded
from hub.live.deliveries import Deliveries
from hub.live.event_reader import EventReader
from hub.live.events import EventChannel, EventSubscription
from hub.live.view import View
from hub.protocol.viewer_frames import Subscribe
from storage.errors import StorageError, Unavailable
from storage.events import Event
from storage.inbox import INBOX, channel_of, owner_of
from storage.pool import Database

__all__ = ["INBOX", "InboxChannel", "Inboxes"]

RETRY_S = 0.5
# A person has a few of them at most, and looks at the newest.
TAIL_EVENTS = 100
PAGE_EVENTS = 100
PAGES_MAX = 2
CHANNELS_MAX = 20_000  # as many as a hub has viewers
_LOG = structlog.get_logger(__name__)


class InboxChannel(EventChannel):
    """One person's inbox; what it sends counts as delivered."""

    def __init__(self, user_id: UUID, deliveries: Deliveries) -> None:
        super().__init__(
            channel_of(user_id),
            told_as=INBOX,
            tail_events=TAIL_EVENTS,
            page_events=PAGE_EVENTS,
            pages_max=PAGES_MAX,
        )
        self.watchers = 0  # subscriptions that have not ended
        self._user_id = str(user_id)
        self._deliveries = deliveries

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

    def sending(self, events: Sequence[Event]) -> None:
        """Note what was waiting for this person, and now reaches them."""
        for event in events:
            body = event.body
            if body.get("delivered_at") is None and (
                event.kind == "notification" or (event.kind == "message" and body["receiver_id"] == self._user_id)
            ):
                self._deliveries.note(event.kind, UUID(str(body["id"])))


class Inboxes:
    """Makes and drops the channels, and reads for all of them."""

    def __init__(self, reader: Database, deliveries: Deliveries, *, channels_max: int = CHANNELS_MAX) -> None:
        self.changed: Callable[[], None] = _nobody  # wakes the tick; the hub sets it
        self._reader = reader
        self._deliveries = deliveries
        self._channels_max = channels_max
        self._readings: dict[str, EventReader] = {}  # by the channel's stored name
        self._news: dict[str, None] = {}  # those that may have changed since the last advance
        self._asking: dict[str, None] = {}  # those that want something read, in the order in which they asked
        self._asked = asyncio.Event()  # somebody wants something read

    def __len__(self) -> int:
        return len(self._readings)

    def of(self, user_id: UUID) -> EventChannel:
        """Return a person's channel, which is dropped again when nobody watches it; raises `Overloaded`."""
        name = channel_of(user_id)
        if name not in self._readings:
            if len(self._readings) >= self._channels_max:
                raise Overloaded("this hub has as many inboxes as it takes")
            channel = InboxChannel(user_id, self._deliveries)
            self._readings[name] = EventReader(channel, self._reader)
            channel.asked = partial(self._ask, name)
            channel.changed = partial(self._note, name)
            self._ask(name)
            self._note(name)
        return self._readings[name].channel

    def heard(self, name: str) -> None:
        """Take note that PostgreSQL has events for a channel, which may be anybody's."""
        if name in self._readings:
            self._readings[name].channel.ask_tail()

    def missed(self) -> None:
        """Take note that any number of events may have been missed."""
        for name in self._readings:
            self.heard(name)

    def advance(self) -> bool:
        """Take in what was read, and let go of what nobody watches any more; tell whether there is news."""
        noted, self._news = self._news, {}
        is_news = False
        for name in noted:
            channel = self._readings[name].channel
            if isinstance(channel, InboxChannel) and not channel.watchers:
                del self._readings[name]
            else:
                is_news |= channel.advance()
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
            _LOG.warning("inboxes wait for events", reason=type(error).__name__)
            self._ask(name)
            await asyncio.sleep(RETRY_S)
        except StorageError as error:
            _LOG.error("an inbox cannot be read", owner=owner_of(name), reason=str(error))

    def _ask(self, name: str) -> None:
        self._asking[name] = None
        self._asked.set()

    def _note(self, name: str) -> None:
        if name in self._readings:
            self._news[name] = None
            self.changed()


def _nobody() -> None:
    """Stand in until the hub listens."""
