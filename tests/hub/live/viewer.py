"""A viewer as the protocol describes it, and a socket of which a test decides when it is read."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from hub.protocol.codec import JSON, Codec
from hub.protocol.live_frames import FROM_LIVE, Delta, LiveMessage, Part, Snapshot
from hub.transport import Delivery
from hub.websocket_frames import PING

State = dict[str, dict[object, list[object]]]


def split(frames: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield opcode and payload of each server frame in a run of bytes."""
    at = 0
    while at < len(frames):
        opcode, length = frames[at] & 0x0F, frames[at + 1]
        at += 2
        if length == 126:
            (length,) = struct.unpack_from("!H", frames, at)
            at += 2
        elif length == 127:
            (length,) = struct.unpack_from("!Q", frames, at)
            at += 8
        yield opcode, frames[at : at + length]
        at += length


class Pipe:
    """A `Transport` whose peer reads when it is told to."""

    def __init__(self, codec: Codec = JSON) -> None:
        self.codec = codec
        self.unread = b""  # what the peer has not taken
        self.reading = True  # whether the peer takes everything at once
        self.heard_s = 0.0
        self.writes = 0
        self.sent_bytes = 0
        self.pings = 0
        self.close_code: int | None = None
        self._arrived: list[LiveMessage] = []

    @property
    def closed(self) -> bool:
        """Tell whether the hub has closed."""
        return self.close_code is not None

    def send(self, frame: bytes) -> None:
        """Take a write."""
        self.writes += 1
        self.sent_bytes += len(frame)
        self.unread += frame
        if self.reading:
            self.read()

    def buffered_bytes(self) -> int:
        """Return what the peer has not taken."""
        return len(self.unread)

    def delivery(self) -> Delivery:
        """Return whether something waits, and what was taken."""
        return Delivery(bool(self.unread), self.sent_bytes - len(self.unread))

    async def close(self, code: int, reason: str = "", *, cap_s: float = 0.0) -> None:
        """Note the code."""
        self.close_code = self.close_code or code

    def abort(self) -> None:
        """Note the end."""
        self.close_code = self.close_code or 1006

    def read(self) -> None:
        """Let the peer take what waits."""
        unread, self.unread = self.unread, b""
        for opcode, payload in split(unread):
            if opcode == PING:
                self.pings += 1
            else:
                text = payload if self.codec.binary else payload.decode()
                self._arrived.append(self.codec.decode(text, FROM_LIVE, bytes_max=2**30))

    def take(self) -> list[LiveMessage]:
        """Return the messages that have arrived since the last time."""
        arrived, self._arrived = self._arrived, []
        return arrived


class Viewer:
    """State of one channel by the rules of the protocol page."""

    def __init__(self) -> None:
        self.epoch: str | None = None
        self.offset = 0
        self.state: State = {}
        self.snapshots = 0
        self.in_step = False  # False: a delta did not fit, subscribe again
        self.parts: list[Part] = []  # kept aside until the message that they belong to

    def apply(self, message: LiveMessage) -> None:
        """Take one message."""
        if isinstance(message, Part):
            assert message.set or message.removed, "an empty part is not sent"
            assert not (message.removed and any(part.set for part in self.parts)), "what goes comes first"
            self.parts.append(message)
        elif isinstance(message, Snapshot):
            self._replace(message)
        elif isinstance(message, Delta):
            self._advance(message)

    def _replace(self, snapshot: Snapshot) -> None:
        self.snapshots += 1
        self.epoch, self.offset, self.in_step = snapshot.epoch, snapshot.offset, True
        self.state = {table: {} for table in snapshot.set}
        self._take(Part(snapshot.channel, snapshot.set))

    def _advance(self, delta: Delta) -> None:
        if delta.epoch != self.epoch or delta.base > self.offset:
            self.in_step = False
            self.parts.clear()
            return
        self.in_step = True
        if delta.offset <= self.offset:
            self.parts.clear()
            return
        self._take(Part(delta.channel, delta.set, delta.removed))
        self.offset = delta.offset

    def _take(self, last: Part) -> None:
        parts, self.parts = [*self.parts, last], []
        for part in parts:
            for table, keys in part.removed.items():
                assert len(set(keys)) == len(keys), "a key goes once"
                for key in keys:
                    self.state[table].pop(key, None)
            for table, rows in part.set.items():
                assert not {row[0] for row in rows} & set(part.removed.get(table, ())), "a key is set or removed"
                self.state[table].update({row[0]: row for row in rows})
