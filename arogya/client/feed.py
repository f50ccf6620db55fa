"""Where a viewer is in a channel of events: each of them once and in order. Pure: the state is read by the caller."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from arogya.client.fleet import OutOfStep
from hub.protocol.live_frames import Events
from hub.protocol.viewer_frames import Subscribe


class EventPosition(NamedTuple):
    """A place in a channel of events: everything up to `offset` is known."""

    epoch: str  # names the numbering
    offset: int


class HubEvent(NamedTuple):
    """Something that happened."""

    offset: int  # its number in the channel
    at: int  # when, µs since 1970 UTC by the hub's clock; need not ascend
    kind: str  # there may be more of them one day: pass over what you do not know
    body: dict[str, object]  # likewise; docs/protocol.md says what is in it


@dataclass(frozen=True, slots=True)
class EventFeed:
    """A channel of events to follow, and what to do with them; both callbacks run on the event loop.

    `start` reads the state that the events change, and returns the position that it is of. It is called at the
    beginning, and again when the hub cannot go on from where this feed is: whatever was known before may have changed
    unseen. What the network does to it (`aiohttp.ClientError`, OSError, TimeoutError) is tried again after a pause.

    `on_events` takes events in their order, and must be quick. The position moves on when it has returned: if the
    network fails inside it, the same events come again. Any other error of either ends the client.
    """

    channel: str
    start: Callable[[], Awaitable[EventPosition]]
    on_events: Callable[[Sequence[HubEvent]], None]


class PositionLost(Exception):
    """The hub cannot go on from here: read the state again, and subscribe from the position that it is of."""


class FeedCursor:
    """How far a feed is."""

    def __init__(self, channel: str) -> None:
        self.position: EventPosition | None = None  # of the newest event that was taken; None: the state is to be read
        self._channel = channel
        self._asking = False  # a subscription is not answered yet: a gap need not ask again

    def subscribe(self, position: EventPosition) -> Subscribe:
        """Return what to say to the hub in order to go on from a position."""
        self.position, self._asking = position, True
        return Subscribe(self._channel, position.epoch, position.offset)

    def lose(self) -> None:
        """Be nowhere, until the state was read."""
        self.position = None

    def fresh(self, message: Events) -> list[HubEvent]:
        """Return the events of a message that were not taken yet; `moved` notes that they were.

        Raises `OutOfStep` for a gap that has to be asked for, `PositionLost` for events of another numbering.
        """
        mine = self.position
        if mine is None:
            return []
        if message.epoch != mine.epoch:
            raise PositionLost
        if message.base > mine.offset:
            if self._asking:
                return []
            raise OutOfStep
        self._asking = False
        # The hub is trusted for the types inside an event: it is its own contract, tested there.
        events = (HubEvent(*cast("tuple[int, int, str, dict[str, object]]", event)) for event in message.events)
        return [event for event in events if event.offset > mine.offset]

    def moved(self, offset: int) -> None:
        """Note that everything up to an offset was taken."""
        if self.position is not None:
            self.position = self.position._replace(offset=max(offset, self.position.offset))
