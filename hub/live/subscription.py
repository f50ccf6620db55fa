"""What one viewer wants of a state, and the only thing that is kept for it: how far it is."""

from __future__ import annotations

from hub.live.feed import Feed
from hub.live.frames import SharedFrames
from hub.protocol.codec import Codec


class StateSubscription:
    """A viewer's position in a feed, which it is given when its turn comes."""

    __slots__ = ("_answered", "_base", "_feed", "_position", "_told", "ended")

    def __init__(self, position: tuple[str, int] | None) -> None:
        self.ended = False  # nobody wants it any more
        self._position = position  # epoch and offset that the viewer names
        self._feed: Feed | None = None  # None while it waits for its turn
        # The viewer's cells are at this offset; None: it has nothing that can be continued, it gets a snapshot.
        self._base: int | None = None
        # The offset that the viewer itself knows: lower than `_base` while only other cells changed.
        self._told = 0
        self._answered = False  # every subscription gets a first answer, also when the viewer misses nothing

    def open(self, feed: Feed) -> None:
        """Begin to read from a feed, whose partition has been entered for it."""
        self._feed, partition = feed, feed.partition
        epoch, offset = self._position or (None, 0)
        known = epoch == feed.source.state.epoch and partition.oldest <= offset <= partition.offset
        self._base = offset if known else None
        self._told = self._base or 0

    def take(self, frames: SharedFrames, codec: Codec) -> bytes:
        """Return the frames that bring the viewer to the state's offset, empty if nothing changed for it."""
        feed, base = self._feed, self._base
        if feed is None:
            return b""
        partition = feed.partition
        offset = partition.offset
        if base == offset and self._answered:
            return b""
        self._base = offset
        if base is None or base < partition.oldest:
            key = (codec, feed)
            frame = frames.find(key) or frames.hold(key, feed.whole(frames, codec))
        else:
            told = self._told
            news = (codec, feed, base, told)
            found = frames.find(news)
            frame = frames.hold(news, feed.since(frames, codec, base, told)) if found is None else found
            if not frame:
                if self._answered:
                    return b""
                frame = feed.nothing(frames, codec, base, told)
        self._answered = True
        self._told = offset
        return frame

    def end(self) -> None:
        """Let go of the partition."""
        self.ended = True
        if self._feed is not None:
            self._feed.source.state.leave(self._feed.partition)
