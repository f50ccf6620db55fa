"""The inboxes of those who watch theirs.

Everybody subscribes to `inbox`, and that is the channel `inbox:ID` of who asks: nobody can name another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from hub.live.deliveries import Deliveries
from hub.live.watched import CHANNELS_MAX, WatchedChannel, WatchedChannels
from storage.events import Event
from storage.inbox import INBOX, channel_of
from storage.pool import Database

__all__ = ["INBOX", "InboxChannel", "Inboxes"]


class InboxChannel(WatchedChannel):
    """One person's inbox; what it sends counts as delivered."""

    def __init__(self, user_id: UUID, deliveries: Deliveries) -> None:
        super().__init__(channel_of(user_id), told_as=INBOX)
        self._user_id = str(user_id)
        self._deliveries = deliveries

    def sending(self, events: Sequence[Event]) -> None:
        """Note what was waiting for this person, and now reaches them."""
        for event in events:
            body = event.body
            if body.get("delivered_at") is None and (
                event.kind == "notification" or (event.kind == "message" and body["receiver_id"] == self._user_id)
            ):
                self._deliveries.note(event.kind, UUID(str(body["id"])))


class Inboxes(WatchedChannels[InboxChannel]):
    """An inbox for each person who looks at it."""

    def __init__(self, reader: Database, deliveries: Deliveries, *, channels_max: int = CHANNELS_MAX) -> None:
        super().__init__(reader, f"{INBOX}:", channels_max=channels_max)
        self._deliveries = deliveries

    def of(self, user_id: UUID) -> InboxChannel:
        """Return a person's channel; raises `Overloaded`."""
        return self.hold(channel_of(user_id), lambda: InboxChannel(user_id, self._deliveries))
