"""Viewers that never read: raw sockets with the smallest receive buffer, silent or talking all the time."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import select
import socket
import time
from collections.abc import AsyncIterator

from hub.protocol.codec import MSGPACK
from hub.protocol.ping import Ping
from hub.protocol.viewer_frames import Subscribe
from hub.websocket_frames import BINARY

RECEIVE_BUFFER_BYTES = 4096
MASK = b"\0\0\0\0"  # masked as RFC 6455 demands, with a mask that changes nothing
TALK_S = 0.2
WATCH_S = 0.05


def client_frame(payload: bytes) -> bytes:
    """Return a binary frame as a client sends it; the payload is shorter than 126 bytes."""
    return bytes((0x80 | BINARY, 0x80 | len(payload))) + MASK + payload


class DeafViewer:
    """One connection that subscribes to the fleet and takes nothing any more."""

    def __init__(self, port: int, token: str, *, talks: bool) -> None:
        self._port = port
        self._token = token
        self._talks = talks  # sends a ping every `TALK_S`
        self._socket = socket.socket()
        self.cut_after_s: float | None = None  # from its subscription on

    async def run(self) -> None:
        """Connect, subscribe, and stay until the hub cuts the connection."""
        loop = asyncio.get_running_loop()
        with self._socket as peer:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
            peer.setblocking(False)
            await loop.sock_connect(peer, ("127.0.0.1", self._port))
            await loop.sock_sendall(peer, self._handshake())
            answer = b""
            while b"\r\n\r\n" not in answer:
                answer += await loop.sock_recv(peer, 1)  # not a byte of the first frame
            assert answer.startswith(b"HTTP/1.1 101"), answer
            await loop.sock_sendall(peer, client_frame(MSGPACK.encode(Subscribe("fleet"))))
            started = time.monotonic()
            await self._stare()
            self.cut_after_s = time.monotonic() - started

    async def _stare(self) -> None:
        gone = select.poll()
        gone.register(self._socket, select.POLLRDHUP)  # POLLHUP and POLLERR come unasked
        talked_at, number = 0.0, 0
        while not gone.poll(0):
            if self._talks and time.monotonic() - talked_at > TALK_S:
                talked_at, number = time.monotonic(), number + 1
                with contextlib.suppress(OSError):
                    self._socket.send(client_frame(MSGPACK.encode(Ping(number))))
            await asyncio.sleep(WATCH_S)

    def _handshake(self) -> bytes:
        lines = (
            "GET /ws/live HTTP/1.1",
            f"Host: 127.0.0.1:{self._port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Protocol: {MSGPACK.subprotocol}",
            f"Authorization: Bearer {self._token}",
            "",
            "",
        )
        return "\r\n".join(lines).encode()


@contextlib.asynccontextmanager
async def deaf_crowd(port: int, token: str, size: int, *, talks: bool) -> AsyncIterator[list[DeafViewer]]:
    """Let so many of them connect; those that are still there at the end of the block leave."""
    crowd = [DeafViewer(port, token, talks=talks) for _ in range(size)]
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(viewer.run()) for viewer in crowd]
        yield crowd
        for task in running:
            task.cancel()
