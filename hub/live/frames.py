"""The frames of one tick: each is encoded once, whoever and however many ask for it."""

from __future__ import annotations

from hub.live.channel import StateChannel
from hub.protocol.codec import Codec
from hub.protocol.live_frames import Delta, Snapshot
from hub.transport import binary_frame, text_frame


class SharedFrames:
    """Whole WebSocket frames by encoding, channel and starting offset; forgotten when the next tick begins."""

    def __init__(self) -> None:
        self.snapshots = 0  # encoded since the start
        self.deltas = 0
        self._now_us = 0  # server_time of this tick's frames
        self._frames: dict[tuple[str, str, int | None], bytes] = {}  # base None: the snapshot

    def begin(self, now_us: int) -> None:
        """Start a tick: channels may have advanced, and frames say the time."""
        self._now_us = now_us
        self._frames.clear()

    def snapshot(self, channel: StateChannel, codec: Codec) -> bytes:
        """Return the frame that holds a channel's whole state."""
        key = (codec.subprotocol, channel.name, None)
        frame = self._frames.get(key)
        if frame is None:
            message = Snapshot(channel.name, channel.epoch, channel.offset, self._now_us, channel.snapshot())
            frame = self._frames[key] = seal(codec, codec.encode(message))
            self.snapshots += 1
        return frame

    def delta(self, channel: StateChannel, codec: Codec, base: int) -> bytes:
        """Return the frame that brings a viewer from `base` to now; the channel must serve `base`."""
        key = (codec.subprotocol, channel.name, base)
        frame = self._frames.get(key)
        if frame is None:
            change = channel.since(base)
            message = Delta(channel.name, channel.epoch, base, channel.offset, self._now_us, *change)
            frame = self._frames[key] = seal(codec, codec.encode(message))
            self.deltas += 1
        return frame


def seal(codec: Codec, payload: bytes) -> bytes:
    """Return an encoded message as the WebSocket frame of its encoding."""
    return binary_frame(payload) if codec.binary else text_frame(payload)
