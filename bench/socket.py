"""A WebSocket client on one raw socket: cheap enough for ten thousand of them in one process."""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar, cast

from bench import frames

CONNECT_S = 30.0  # for one handshake, with all its tries
RETRY_S = 0.5


class Target(NamedTuple):
    """Where a socket connects to."""

    host: str
    port: int
    path: str
    token: str = ""  # sent as a bearer; empty: none
    subprotocol: str = ""


class Socket(asyncio.Protocol):
    """One connection; a subclass says what it sends when it is open and what it does with messages."""

    def __init__(self, target: Target, errors: Counter[str]) -> None:
        self.target = target
        self.errors = errors  # shared by all sockets of a process
        self.mask = secrets.token_bytes(4)
        self.welcomed = asyncio.get_running_loop().create_future()  # set by the subclass when it may begin
        self.lost = False
        self.pings = 0  # answered
        self._buffer = bytearray()
        self._upgraded = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one, without saying so
        target, key = self.target, base64.b64encode(secrets.token_bytes(16)).decode()
        lines = [
            f"GET {target.path} HTTP/1.1",
            f"Host: {target.host}:{target.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
        ]
        lines += [f"Sec-WebSocket-Protocol: {target.subprotocol}"] if target.subprotocol else []
        lines += [f"Authorization: Bearer {target.token}"] if target.token else []
        transport.write("\r\n".join((*lines, "", "")).encode())  # type: ignore[attr-defined]

    def connection_lost(self, error: Exception | None) -> None:
        """Note that this connection is gone: a benchmark does not reconnect."""
        self.lost = True
        if not self.welcomed.done():
            self.welcomed.set_exception(ConnectionResetError(f"closed before the welcome: {dict(self.errors)}"))

    def data_received(self, data: bytes) -> None:
        """Take what the server says."""
        self._buffer += data
        if not self._upgraded and not self._upgrade():
            return
        for opcode, payload in frames.split_frames(self._buffer):
            if opcode <= frames.BINARY:
                self.take(payload)
            elif opcode == frames.PING:
                self.pings += 1
                self._transport.write(frames.small_frame(frames.PONG, payload, self.mask))
            elif opcode == frames.CLOSE:
                self.errors[f"close {int.from_bytes(payload[:2], 'big')}"] += 1
                self._transport.close()

    def opened(self) -> None:
        """Begin, after the 101."""
        self.welcomed.set_result(None)

    def take(self, payload: bytes) -> None:
        """Take one message."""

    def send(self, payload: bytes) -> None:
        """Send one binary message."""
        self._transport.write(frames.small_frame(frames.BINARY, payload, self.mask))

    def write(self, frame: bytes) -> None:
        """Write whole frames as they are."""
        self._transport.write(frame)

    def waits_for(self) -> str:
        """Say how far the connection has come, for the words of a failure."""
        return "no welcome" if self._upgraded else "no answer to the handshake"

    def close(self) -> None:
        """Say good-bye, if there still is somebody."""
        if not self.lost:
            self._transport.write(frames.small_frame(frames.CLOSE, (1000).to_bytes(2, "big"), self.mask))
            self._transport.close()

    def _upgrade(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        if not self._buffer.startswith(b"HTTP/1.1 101"):
            self.errors[self._buffer[:end].split(b"\r\n")[0].decode()] += 1
            self._transport.close()
            return False
        del self._buffer[: end + 4]
        self._upgraded = True
        self.opened()
        return True


S = TypeVar("S", bound=Socket)


async def connect(make: Callable[[Target, int], S], targets: Sequence[Target], at_once: int) -> list[S]:
    """Connect one socket to each target, so many at a time; `make` gets its place too.

    One that is turned away comes back, as a device does; raises TimeoutError when one cannot connect.
    """
    loop = asyncio.get_running_loop()
    gate = asyncio.Semaphore(at_once)

    async def one(index: int, target: Target) -> S:
        async with gate, asyncio.timeout(CONNECT_S):
            while True:
                _, made = await loop.create_connection(lambda: make(target, index), target.host, target.port)
                try:
                    await made.welcomed
                except ConnectionResetError:  # the hub was full for a moment
                    await asyncio.sleep(RETRY_S)
                except asyncio.CancelledError:
                    made.errors[made.waits_for()] += 1
                    raise
                else:
                    return made

    return list(await asyncio.gather(*(one(index, target) for index, target in enumerate(targets))))
