"""What the live core needs of a channel, whether it shows a state or tells events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from hub.live.frames import SharedFrames
from hub.live.view import View
from hub.protocol.codec import Codec
from hub.protocol.viewer_frames import Subscribe


class Subscription(Protocol):
    """What one viewer wants of one channel, and how far it is."""

    def take(self, frames: SharedFrames, codec: Codec) -> bytes:
        """Return the frames that bring the viewer up to date, empty if it is; they count as sent. Never raises.

        Called once a tick while the viewer reads; while it does not, what it misses is only remembered by its offset.
        """

    def end(self) -> None:
        """Let go of what is kept for it: replaced, given up, or the connection is over. Called once."""


class Source(Protocol):
    """What the tick of the live hub asks for news."""

    changed: Callable[[], None]  # set by the hub: called by the first change after an advance, it wakes the tick

    def advance(self) -> bool:
        """Take in what happened since the last time, once a tick; tell whether there is news."""


class Channel(Source, Protocol):
    """A source of frames that many viewers share."""

    name: str  # a channel of many names (`fleet` has `ambulance:{id}` too) reads the name in `Subscribe`

    def watch(self, wanted: Subscribe, view: View) -> Subscription:
        """Begin a subscription; raises a `HubError`, `InvalidValue` for example where a filter is not taken."""
