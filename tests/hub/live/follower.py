"""A viewer of an event channel by the rule of the protocol page."""

from __future__ import annotations

from hub.protocol.hub_frames import Error
from hub.protocol.live_frames import Events, LiveMessage
from storage.events import Position


class Follower:
    """Where it is, and which events it was told."""

    def __init__(self, position: Position | None) -> None:
        self.position = position  # None: it came without one
        self.told: list[int] = []  # numbers of the events, as they came
        self.refused = False  # it has to read the state again

    def apply(self, message: LiveMessage) -> str:
        """Take one message, and return what the rule says: taken, ignored, subscribe again or read the state again."""
        if isinstance(message, Error):
            assert message.code == "resync", message
            self.refused = True
            return "read the state again"
        if not isinstance(message, Events):
            return "ignored"
        if self.position is None:
            self.position = Position(message.epoch, message.base)
            self._take(message)
            return "taken"
        return self._follow(message, self.position)

    def _follow(self, message: Events, mine: Position) -> str:
        if message.epoch != mine.epoch:
            self.refused = True
            return "read the state again"
        if message.base > mine.offset:
            return "subscribe again"
        if message.offset <= mine.offset:
            return "ignored"
        self._take(message)
        return "taken"

    def _take(self, message: Events) -> None:
        assert self.position is not None
        numbers = [event[0] for event in message.events]
        assert numbers == list(range(message.base + 1, message.offset + 1)), "events have no holes"
        self.told += range(max(message.base, self.position.offset) + 1, message.offset + 1)
        self.position = Position(message.epoch, message.offset)
