"""One open WebSocket as the hub sees it: whole frames go out synchronously, closing is bounded in time.

This is the only module of `hub` that touches aiohttp. aiohttp's own `send_*` coroutines wait for a slow peer and
cannot be abandoned safely, so everything leaves as prebuilt, unmasked server frames (RFC 6455, section 5.2) through
`request.transport.write`; only parsing what arrives stays aiohttp's.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import socket
import struct
import termios
import time
from collections.abc import AsyncIterator, Callable
from typing import Any, Final, NamedTuple, Protocol

from aiohttp import WSMessage, WSMsgType, web
from aiohttp._websocket.reader import WebSocketDataQueue
from aiohttp.http import WebSocketReader, WebSocketWriter

from hub.errors import Silent, Slow
from hub.outcomes import outcome_of
from hub.websocket_frames import CLOSE, PONG, frame

CLOSE_CAP_S: Final = 2.0
STUCK_CLOSE_CAP_S: Final = 0.2  # who takes or says nothing will not answer a close frame either
# A slow reader otherwise hides megabytes in the kernel, where nobody can measure them.
SEND_BUFFER_BYTES: Final = 96 * 1024
# uvloop's default low-water mark is 16 bytes. Nothing waits for these marks; they are set so that nothing can.
HIGH_WATER_BYTES: Final = 256 * 1024
LOW_WATER_BYTES: Final = 64 * 1024
# A control frame carries at most 125 bytes, two of which are the close code (RFC 6455, section 5.5).
MAX_REASON_BYTES: Final = 123

_COUNT: Final = struct.Struct("i")
_NO_COUNT: Final = bytes(_COUNT.size)


class Delivery(NamedTuple):
    """How far what was sent has come."""

    waiting: bool  # some of it has not reached the peer's system
    taken_bytes: int  # grows with what has; where it began means nothing


class Transport(Protocol):
    """What a session needs of a socket; `AiohttpTransport` is the real one."""

    @property
    def heard_s(self) -> float:
        """Return the monotonic second in which the peer last sent anything, a pong included."""

    @property
    def closed(self) -> bool:
        """Tell whether the socket is gone or closing."""

    def send(self, frame: bytes) -> None:
        """Hand one or more whole frames to the socket now; a closed socket swallows them."""

    def buffered_bytes(self) -> int:
        """Return how much is waiting in this process because the peer does not read."""

    def delivery(self) -> Delivery:
        """Return how far what was sent has come, what waits in the kernel included; a system call."""

    async def close(self, code: int, reason: str = "", *, cap_s: float = CLOSE_CAP_S) -> None:
        """Send a close frame, wait under a cap for the peer's, then cut; never raises and never hangs."""

    def abort(self) -> None:
        """Cut now, dropping what is buffered."""


async def refuse(transport: Transport, error: BaseException) -> None:
    """Close with the code and the name that the error's outcome has."""
    outcome = outcome_of(error)
    cap_s = STUCK_CLOSE_CAP_S if isinstance(error, (Slow, Silent)) else CLOSE_CAP_S
    await transport.close(outcome.close, outcome.code, cap_s=cap_s)


class _Arrivals(WebSocketDataQueue):
    """aiohttp's queue of what arrived, past which a message may go that somebody takes at once."""

    at_once: Callable[[WSMessage], bool] | None = None

    def feed_data(self, data: WSMessage, size: int) -> None:  # type: ignore[override]
        """Put a message that nobody takes at once."""
        # Reading is paused until enough was read: then the parser goes on before the reader has what it read last.
        waits = self._buffer or self._protocol._reading_paused
        if self.at_once is None or waits or not self.at_once(data):
            super().feed_data(data, size)


class WebSocket(web.WebSocketResponse):
    """A response whose messages may be taken as they arrive; nothing but parsing them is aiohttp's."""

    arrivals: _Arrivals | None = None  # once it is prepared

    def __init__(self, protocols: tuple[str, ...] = (), *, message_bytes: int) -> None:
        super().__init__(
            protocols=protocols,
            compress=False,
            autoping=False,
            autoclose=False,
            max_msg_size=message_bytes + 1,  # aiohttp excludes its limit
        )

    def _post_start(self, request: web.BaseRequest, protocol: str | None, writer: WebSocketWriter) -> None:
        # What aiohttp does here, with a queue of our own.
        self._ws_protocol, self._writer = protocol, writer
        connection: Any = request.protocol
        self._reader = self.arrivals = _Arrivals(connection, 2**16, loop=asyncio.get_running_loop())
        self._parser = WebSocketReader(self._reader, self._max_msg_size, compress=False, decode_text=True)
        connection.set_parser(self._parser)
        connection.keep_alive(False)


class AiohttpTransport:
    """A prepared `WebSocket`; frames leave as they are."""

    __slots__ = (
        *("_at_once", "_closing", "_descriptor", "_fault", "_reading", "_sent_bytes", "_socket", "_stopped"),
        *("_ws", "heard_s"),
    )

    def __init__(
        self, ws: WebSocket, http_request: web.BaseRequest, *, send_buffer_bytes: int = SEND_BUFFER_BYTES
    ) -> None:
        transport = http_request.transport
        if transport is None:
            raise ConnectionResetError("the peer left during the handshake")
        self._ws = ws
        self._socket: asyncio.Transport = transport  # kept: the request forgets it when the connection is lost
        self._descriptor: int = transport.get_extra_info("socket").fileno()
        self._sent_bytes = 0  # handed to the socket, whether it has left or not
        self._closing = False  # set by the first close() or abort(): the closing handshake happens once
        self._reading = False  # messages() is waiting for the peer right now
        self._stopped: asyncio.Event | None = None  # made by close(), set when messages() saw the end
        self._at_once: Callable[[bytes | str], bool] | None = None
        self._fault: Exception | None = None  # of whoever takes messages at once; messages() raises it
        self.heard_s = time.monotonic()  # moves with everything that the peer sends, pongs included
        transport.set_write_buffer_limits(high=HIGH_WATER_BYTES, low=LOW_WATER_BYTES)
        _tune(transport, send_buffer_bytes)

    @property
    def closed(self) -> bool:
        """Tell whether the socket is gone or closing."""
        return self._closing or self._socket.is_closing()

    def send(self, frame: bytes) -> None:
        """Hand one or more whole frames to the socket now; a closed socket swallows them."""
        if not (self._closing or self._socket.is_closing()):
            self._sent_bytes += len(frame)
            self._socket.write(frame)

    def buffered_bytes(self) -> int:
        """Return how much is waiting in this process because the peer does not read."""
        return self._socket.get_write_buffer_size()

    def delivery(self) -> Delivery:
        """Return how far what was sent has come, what waits in the kernel included; a system call.

        Linux tells how many bytes the peer's system has not acknowledged (SIOCOUTQ, tcp(7)); where nobody does, only
        what waits in this process is known.
        """
        waiting_bytes = self._socket.get_write_buffer_size()
        if not self._socket.is_closing():  # then the descriptor may be somebody else's by now
            try:
                waiting_bytes += _COUNT.unpack(fcntl.ioctl(self._descriptor, termios.TIOCOUTQ, _NO_COUNT))[0]
            except OSError:
                pass
        return Delivery(waiting_bytes > 0, self._sent_bytes - waiting_bytes)

    def take_at_once(self, take: Callable[[bytes | str], bool]) -> None:
        """Offer each message to somebody as it arrives, without waking up the reader of `messages()`.

        What is not taken, by returning False, and all that comes before that was read, goes through `messages()`, which
        raises what `take` raises.
        """
        self._at_once = take
        if self._ws.arrivals is not None:
            self._ws.arrivals.at_once = self._offer

    def _offer(self, message: WSMessage) -> bool:
        kind = message.type
        if not self._reading or self._closing or not (kind is WSMsgType.BINARY or kind is WSMsgType.TEXT):
            return False
        self.heard_s = time.monotonic()
        try:
            return self._at_once is None or self._at_once(message.data)
        except Exception as error:  # noqa: BLE001 - whoever reads is to hear it, not aiohttp
            self._fault = error
            return False

    async def messages(self) -> AsyncIterator[bytes | str]:
        """Yield what the peer sends until either side closes; pings are answered here.

        Oversize, bad UTF-8 and broken frames end it: aiohttp has then sent the close code of RFC 6455.
        """
        try:
            while True:
                self._reading = True
                message = await self._ws.receive()
                self._reading = False
                self.heard_s = time.monotonic()
                if self._fault is not None:
                    raise self._fault
                if message.type is WSMsgType.TEXT or message.type is WSMsgType.BINARY:
                    if not self._closing:
                        yield message.data
                elif message.type is WSMsgType.PING:
                    self._answer(message.data)
                elif message.type is not WSMsgType.PONG:
                    if message.type is WSMsgType.CLOSE and not self._closing:
                        await self._ws.close(drain=False)  # the answer
                    return
        finally:
            self._reading = False
            if self._stopped is not None:
                self._stopped.set()
                # aiohttp does not know of our close frame, and would send one of its own in the end. Browsers take a
                # second one for a fault, and never tell their page the code of the first. So it closes what is cut.
                self._socket.abort()
                await self._ws.close(drain=False)
            self._untie()

    async def close(self, code: int, reason: str = "", *, cap_s: float = CLOSE_CAP_S) -> None:
        """Send a close frame, wait under a cap for the peer's, then cut; never raises and never hangs."""
        if self._closing:
            return
        message = reason.encode()[:MAX_REASON_BYTES]
        try:
            async with asyncio.timeout(cap_s):
                if self._reading:
                    # aiohttp's close would end the waiting reader before the peer's answer, and the reset of a
                    # socket closed too early can overtake the close frame.
                    self.send(frame(CLOSE, struct.pack("!H", code) + message))
                    self._closing = True
                    self._stopped = asyncio.Event()
                    await self._stopped.wait()
                else:
                    self._closing = True
                    await self._ws.close(code=code, message=message, drain=False)
        except TimeoutError:
            self._drop_unsent()
        except ConnectionError:
            pass  # it is gone already
        finally:
            # Also after a good handshake: a transport that closes by itself waits for a peer that never reads.
            self._socket.abort()

    def abort(self) -> None:
        """Cut now, dropping what is buffered."""
        self._closing = True
        self._socket.abort()

    def _untie(self) -> None:
        """Forget where a lost connection was noticed: the frames of that error hold the socket, which holds the error.

        Left to the garbage collector, each connection that is lost keeps 20 KB until it gets there.
        """
        error: BaseException | None = self._ws.exception()
        while error is not None:
            error.__traceback__ = None
            error = error.__context__

    def _drop_unsent(self) -> None:
        """Let closing reset the connection if something still waits for the peer.

        Without, the kernel keeps the socket and up to a buffer of bytes for minutes, for a peer that takes nothing.
        """
        peer = self._socket.get_extra_info("socket")
        if peer is not None and self.delivery().waiting:
            with contextlib.suppress(OSError, ValueError):
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _answer(self, payload: bytes | bytearray) -> None:
        # A peer that pings and never reads gets no pongs heaped up for it.
        if self._socket.get_write_buffer_size() <= LOW_WATER_BYTES:
            self.send(frame(PONG, bytes(payload)))


def _tune(transport: asyncio.Transport, send_buffer_bytes: int) -> None:
    """Bound what the kernel hides, and send small frames at once."""
    peer = transport.get_extra_info("socket")
    if peer is None:
        return
    try:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer_bytes)
        if peer.family in (socket.AF_INET, socket.AF_INET6):
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except (OSError, ValueError):
        return  # closed meanwhile: the reader will notice
