"""What one viewer wants of one channel, and the only thing that is kept for it: the offset that it has."""

from __future__ import annotations

from hub.live.channel import StateChannel
from hub.live.frames import SharedFrames
from hub.protocol.codec import Codec


class Subscription:
    """A viewer's position in a state channel."""

    __slots__ = ("_answered", "_channel", "_offset")

    def __init__(self, channel: StateChannel, epoch: str | None = None, offset: int | None = None) -> None:
        self._channel = channel
        # What the viewer has; None: nothing that the channel can continue from, it gets a snapshot.
        self._offset = offset if channel.serves(epoch, offset) else None
        self._answered = False  # every subscription gets a first frame, also when the viewer misses nothing

    def take(self, frames: SharedFrames, codec: Codec) -> bytes:
        """Return the frame that brings the viewer to the channel's offset, empty if it is there; it counts as sent."""
        channel, offset = self._channel, self._offset
        if offset == channel.offset and self._answered:
            return b""
        self._answered = True
        self._offset = channel.offset
        if offset is None or not channel.serves(channel.epoch, offset):
            return frames.snapshot(channel, codec)
        return frames.delta(channel, codec, offset)
