"""One open WebSocket as the hub sees it: whole frames go out synchronously, closing is bounded in time.

This is the only module of `hub` that touches aiohttp. aiohttp's own `send_*` coroutines wait for a slow peer and
cannot be abandoned safely, so data leaves as prebuilt, unmasked server frames (RFC 6455, section 5.2) through
`request.transport.write`; only reading, the answers to pings and the closing handshake stay aiohttp's.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Final, Protocol

from aiohttp import web

from hub.outcomes import outcome_of

TEXT: Final = 0x1
BINARY: Final = 0x2
PING: Final = 0x9

CLOSE_CAP_S: Final = 2.0
# A slow reader otherwise hides megabytes in the kernel, where nobody can measure them.
SEND_BUFFER_BYTES: Final = 96 * 1024
# uvloop's default low-water mark is 16 bytes; aiohttp only answers pings here, so neither mark should ever stop it.
HIGH_WATER_BYTES: Final = 256 * 1024
LOW_WATER_BYTES: Final = 64 * 1024
# A control frame carries at most 125 bytes, two of which are the close code (RFC 6455, section 5.5).
MAX_REASON_BYTES: Final = 123

_FINAL_BIT: Final = 0x80


def frame(opcode: int, payload: bytes) -> bytes:
    """Return one complete unmasked server frame: opcode, shortest length form, payload."""
    length = len(payload)
    if length < 126:
        return bytes((_FINAL_BIT | opcode, length)) + payload
    if length < 65_536:
        return struct.pack("!BBH", _FINAL_BIT | opcode, 126, length) + payload
    return struct.pack("!BBQ", _FINAL_BIT | opcode, 127, length) + payload


def text_frame(payload: bytes) -> bytes:
    """Return a text frame; the payload is UTF-8 already (orjson's output is)."""
    return frame(TEXT, payload)


def binary_frame(payload: bytes) -> bytes:
    """Return a binary frame."""
    return frame(BINARY, payload)


PING_FRAME: Final = frame(PING, b"")


class Transport(Protocol):
    """What a session needs of a socket; `AiohttpTransport` is the real one."""

    def send(self, frame: bytes) -> None:
        """Hand one or more whole frames to the socket now; a closed socket swallows them."""

    def buffered_bytes(self) -> int:
        """Return how much is waiting in this process because the peer does not read."""

    @property
    def closed(self) -> bool:
        """Tell whether the socket is gone or closing."""

    async def close(self, code: int, reason: str = "") -> None:
        """Send a close frame, wait under a cap for the peer's, then cut; never raises and never hangs."""

    async def refuse(self, error: BaseException) -> None:
        """Close with the code and name that the error's outcome has."""

    def abort(self) -> None:
        """Cut now, dropping what is buffered."""


class AiohttpTransport:
    """A prepared `web.WebSocketResponse`. Opened with `compress=False`: frames are sent as they are."""

    __slots__ = ("_closing", "_socket", "_ws")

    def __init__(
        self, ws: web.WebSocketResponse, http_request: web.BaseRequest, *, send_buffer_bytes: int = SEND_BUFFER_BYTES
    ) -> None:
        transport = http_request.transport
        if transport is None:
            raise ConnectionResetError("the peer left during the handshake")
        self._ws = ws
        self._socket: asyncio.Transport = transport  # kept: the request forgets it when the connection is lost
        self._closing = False  # set by the first close(): the closing handshake happens once
        transport.set_write_buffer_limits(high=HIGH_WATER_BYTES, low=LOW_WATER_BYTES)
        _tune(transport, send_buffer_bytes)

    def send(self, frame: bytes) -> None:
        """Hand one or more whole frames to the socket now; a closed socket swallows them."""
        if not (self._closing or self._socket.is_closing()):
            self._socket.write(frame)

    def buffered_bytes(self) -> int:
        """Return how much is waiting in this process because the peer does not read."""
        return self._socket.get_write_buffer_size()

    @property
    def closed(self) -> bool:
        """Tell whether the socket is gone or closing."""
        return self._closing or self._socket.is_closing()

    async def close(self, code: int, reason: str = "") -> None:
        """Send a close frame, wait under a cap for the peer's, then cut; never raises and never hangs."""
        if self._closing:
            return
        self._closing = True
        message = reason.encode()[:MAX_REASON_BYTES]
        try:
            async with asyncio.timeout(CLOSE_CAP_S):
                await self._ws.close(code=code, message=message, drain=False)
        except (TimeoutError, ConnectionError):
            pass  # the peer does not answer: it is cut below
        finally:
            # Also after a good handshake: a transport that closes by itself waits for a peer that never reads.
            self._socket.abort()

    async def refuse(self, error: BaseException) -> None:
        """Close with the code and name that the error's outcome has."""
        outcome = outcome_of(error)
        await self.close(outcome.close, outcome.code)

    def abort(self) -> None:
        """Cut now, dropping what is buffered."""
        self._closing = True
        self._socket.abort()


def _tune(transport: asyncio.Transport, send_buffer_bytes: int) -> None:
    """Bound what the kernel hides, and send small frames at once."""
    peer = transport.get_extra_info("socket")
    if peer is None:
        return
    try:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer_bytes)
        if peer.family in (socket.AF_INET, socket.AF_INET6):
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        return  # closed meanwhile: the reader will notice
