"""The frames of one tick: each is encoded once, whoever and however many ask for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from typing import Any, ClassVar, Protocol, TypeVar

from hub.protocol.codec import Codec
from hub.protocol.fields import Wire
from hub.websocket_frames import binary_frame, text_frame

T = TypeVar("T")


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
        self._others: dict[Hashable, Any] = {}  # what frames are made of

    def __len__(self) -> int:
        return len(self._frames) + len(self._others)

    def begin(self, now_us: int) -> None:
        """Start a tick: channels may have advanced, and frames say the time."""
        self.now_us = now_us
        self._frames.clear()
        self._others.clear()

    def find(self, key: Hashable) -> bytes | None:
        """Return a run of frames of this tick, None where nobody has asked for it yet."""
        return self._frames.get(key)

    def keep(self, key: Hashable, codec: Codec, message: Message) -> bytes:
        """Encode a message, and keep its frame for the others who will ask for it."""
        return self.hold(key, self.encode(codec, message))

    def hold(self, key: Hashable, frames: bytes) -> bytes:
        """Keep a run of frames for the others who will ask for it; empty: there is nothing to say."""
        self._frames[key] = frames
        return frames

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what was made for a key in this tick, and make it for the first who asks."""
        found: T | None = self._others.get(key)
        if found is None:
            found = self._others[key] = make()
        return found

    def encode(self, codec: Codec, message: Message) -> bytes:
        """Return a message as a WebSocket frame."""
        self.encoded[message.type] += 1
        return seal(codec, codec.encode(message))


def seal(codec: Codec, payload: bytes) -> bytes:
    """Return an encoded message as the WebSocket frame of its encoding."""
    return binary_frame(payload) if codec.binary else text_frame(payload)
