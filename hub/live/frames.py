"""The frames of one tick: each is encoded once, whoever and however many ask for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from typing import ClassVar, Protocol, TypeVar

from hub.live.feed import Feed
from hub.live.partition import Cell, Changes
from hub.protocol.codec import Codec
from hub.protocol.fields import Wire
from hub.protocol.live_frames import Delta, Part, Rows, Snapshot
from hub.transport import binary_frame, text_frame

K = TypeVar("K")


class Message(Protocol):
    """Any message record."""

    type: ClassVar[str]

    def wire(self) -> Wire:
        """Return the message as plain types."""


class SharedFrames:
    """Whole WebSocket frames by what they are of; forgotten when the next tick begins.

    A key starts with the codec and the feed or the name of the channel; the rest is the channel's own:
    `frames.find(key)`, and where that is None, `frames.keep(key, codec, message)`.
    """

    def __init__(self) -> None:
        self.encoded: Counter[str] = Counter()  # messages by type, since the start
        self.now_us = 0  # server_time of this tick's frames
        self._frames: dict[Hashable, bytes] = {}
        self._parts: dict[Hashable, PartFrames] = {}

    def __len__(self) -> int:
        return len(self._frames) + len(self._parts)

    def begin(self, now_us: int) -> None:
        """Start a tick: channels may have advanced, and frames say the time."""
        self.now_us = now_us
        self._frames.clear()
        self._parts.clear()

    def find(self, key: Hashable) -> bytes | None:
        """Return a frame of this tick, None where nobody has asked for it yet."""
        return self._frames.get(key)

    def keep(self, key: Hashable, codec: Codec, message: Message | None) -> bytes:
        """Encode a message as the frame of a key; None makes it the empty one: there is nothing to say."""
        frame = b"" if message is None else self.encode(codec, message)
        self._frames[key] = frame
        return frame

    def encode(self, codec: Codec, message: Message) -> bytes:
        """Return a message as a WebSocket frame."""
        self.encoded[message.type] += 1
        return seal(codec, codec.encode(message))

    def parts(self, feed: Feed, codec: Codec, base: int | None) -> PartFrames:
        """Return the parts for viewers of several cells that have `base`; None: that have nothing."""
        key = (feed, codec, base)
        found = self._parts.get(key)
        if found is None:
            found = self._parts[key] = PartFrames(self, codec, feed, base)
        return found


class PartFrames:
    """The parts of one feed from one position, by cell; encoded when the first viewer needs them."""

    def __init__(self, frames: SharedFrames, codec: Codec, feed: Feed, base: int | None) -> None:
        channel, state, view = feed.channel, feed.state, feed.view
        changes = Changes() if base is None else feed.partition.since(base)

        def leaving(cell: Cell) -> bytes:
            return frames.encode(codec, Part(channel, removed=view.keys(changes.left[cell])))

        def coming(cell: Cell) -> bytes:
            rows = feed.partition.snapshot(cell) if base is None else changes.came[cell]
            shown = {table: every for table, every in view.rows(rows).items() if every}
            return frames.encode(codec, Part(channel, set=shown)) if shown else b""

        def ending(told: int | None) -> bytes:
            if told is not None:
                return frames.encode(codec, Delta(channel, state.epoch, told, state.offset, frames.now_us))
            empty: Rows = {table: [] for table in state.tables}
            return frames.encode(codec, Snapshot(channel, state.epoch, state.offset, frames.now_us, empty))

        self.leaving = frozenset(changes.left)  # cells that something went out of after `base`
        self.coming = frozenset(changes.came)  # cells with new or changed rows after `base`
        self.left = _Frames(leaving)  # by cell
        self.came = _Frames(coming)  # by cell
        self.closing = _Frames(ending)  # by the offset that the viewer knows; None: a snapshot


class _Frames(dict[K, bytes]):
    """Frames that are made at their first use."""

    def __init__(self, make: Callable[[K], bytes]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: K) -> bytes:
        frame = self[key] = self._make(key)
        return frame


def seal(codec: Codec, payload: bytes) -> bytes:
    """Return an encoded message as the WebSocket frame of its encoding."""
    return binary_frame(payload) if codec.binary else text_frame(payload)
