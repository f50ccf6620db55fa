"""The hot path of a relay: one connection that publishes and listens, without a task or a queue.

redis-py opens the connection; this protocol then takes its transport over. Per message that costs a quarter of what
pipelines and `PubSub.get_message` do (measured: 85 µs of CPU a tick of four messages instead of 356).
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import cast

import hiredis

from hub.bus.bus import Counters

UNSENT_MAX_BYTES = 1024 * 1024  # what the kernel has not taken yet; more of it is dropped, and the others notice
_NOTHING = object()
_SAID = (b"message", b"smessage")
_SUBSCRIBED = (b"subscribe", b"ssubscribe")
_MOVED = (b"unsubscribe", b"sunsubscribe")  # the slot went to another server


def pack(*words: bytes) -> bytes:
    """Return one command as the server reads it (RESP arrays of bulk strings)."""
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        parts.append(b"$%d\r\n%b\r\n" % (len(word), word))
    return b"".join(parts)


class Wire(asyncio.Protocol):
    """Writes commands whose answers do not matter unless they are errors, and hands on what is pushed (RESP 3)."""

    def __init__(self, counters: Counters, hear: Callable[[bytes, bytes], None], failed: Callable[[str], None]) -> None:
        self.subscribed = asyncio.Event()  # to all channels, or failed
        self._unconfirmed: set[bytes] = set()  # channels that the server has not confirmed yet
        self._counters = counters
        self._hear = hear  # channel, message
        self._failed = failed  # called once, with a reason
        self._reader = hiredis.Reader(notEnoughData=_NOTHING)
        self._transport: asyncio.Transport | None = None  # while it is open
        self._unanswered: deque[float] = deque()  # when each command was written, monotonic s

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take an open connection that nothing is waited for on."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by name

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side is gone."""
        self.fail("the connection was lost")

    def eof_received(self) -> None:
        """The other side has closed."""
        self.fail("the connection was closed")

    def write(self, commands: bytes, count: int) -> bool:
        """Write packed commands; False when they are dropped, because the server does not take them."""
        # uvloop raises for a transport that is closing, which connection_lost tells only in a later turn.
        if self._transport is None or self._transport.is_closing():
            return False
        if self._transport.get_write_buffer_size() > UNSENT_MAX_BYTES:
            return False
        self._unanswered.extend([time.monotonic()] * count)
        self._transport.write(commands)
        return True

    def subscribe(self, channels: Sequence[bytes], *, sharded: bool) -> None:
        """Ask for the messages of channels: pushes answer, or an error."""
        self._unconfirmed |= set(channels)
        if self._transport is not None and not self._transport.is_closing():
            verb = b"SSUBSCRIBE" if sharded else b"SUBSCRIBE"
            self._transport.write(b"".join(pack(verb, channel) for channel in channels))

    def silent_s(self, now_s: float) -> float:
        """Return for how long the server has owed an answer."""
        return now_s - self._unanswered[0] if self._unanswered else 0.0

    def data_received(self, data: bytes) -> None:
        """Take in whatever the server sent."""
        began_ns = time.thread_time_ns()
        try:
            self._reader.feed(data)
            while (reply := self._reader.gets()) is not _NOTHING:
                if type(reply) is hiredis.PushNotification:
                    self._pushed(reply)
                else:
                    self._answered(reply)
        except hiredis.HiredisError:
            self.fail("the server speaks something else than RESP")
        self._counters.busy_ns += time.thread_time_ns() - began_ns

    def fail(self, reason: str) -> None:
        """Break the connection, for a reason."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None
            self._failed(reason)
            self.subscribed.set()  # nobody shall wait for it

    def close(self) -> None:
        """Close after what was written has left."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def _pushed(self, reply: list[bytes]) -> None:
        kind = reply[0]
        if kind in _SAID:
            self._hear(reply[1], reply[2])
        elif kind in _SUBSCRIBED:
            self._unconfirmed.discard(reply[1])
            if not self._unconfirmed:
                self.subscribed.set()
        elif kind in _MOVED:
            self.fail("the server gave a channel away")

    def _answered(self, reply: object) -> None:
        if self._unanswered:
            self._unanswered.popleft()
        if isinstance(reply, hiredis.ReplyError):
            self.fail(str(reply).partition(",")[0][:100])  # what follows may repeat the message
