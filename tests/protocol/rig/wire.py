"""A WebSocket without a library between: every bit of a frame is the test's to choose."""

from __future__ import annotations

import asyncio
import base64
import struct
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hub.protocol.codec import JSON, Codec
from hub.protocol.fields import Wire

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
MASK = b"\x1b\x2c\x3d\x4e"
ABNORMAL = 1006  # the connection ended without a close frame
PATIENCE_S = 5.0


class Refused(Exception):
    """The hub answered the handshake with something else than 101."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"{status}: {body!r}")
        self.status = status
        self.body = body


class Ended(Exception):
    """The hub closed."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


class Frame(NamedTuple):
    """One frame of the hub."""

    opcode: int
    payload: bytes


class Socket:
    """The client's end of one open WebSocket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, codec: Codec) -> None:
        self._reader = reader
        self._writer = writer
        self.codec = codec
        self.heard: list[Wire] = []  # every message that was read

    def write(self, sent: bytes) -> None:
        """Send bytes as they are."""
        self._writer.write(sent)

    async def flush(self) -> None:
        """Wait until the kernel has what was written; a hub that has closed does not matter."""
        try:
            await self._writer.drain()
        except ConnectionError:
            return

    def say(self, message: Mapping[str, object]) -> None:
        """Send one message in the agreed encoding."""
        self.write(frame(BINARY if self.codec.binary else TEXT, self.codec.dump(message)))

    def say_raw(self, payload: bytes) -> None:
        """Send one message that need not be one."""
        self.write(frame(BINARY if self.codec.binary else TEXT, payload))

    async def frame(self) -> Frame:
        """Return the next frame; raises `Ended` instead of a close frame, which it answers as RFC 6455 wants."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                first, second = await self._reader.readexactly(2)
                length = second
                if length == 126:
                    (length,) = struct.unpack("!H", await self._reader.readexactly(2))
                elif length == 127:
                    (length,) = struct.unpack("!Q", await self._reader.readexactly(8))
                payload = await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.abort()
            raise Ended(ABNORMAL, "") from None
        assert first & 0xF0 == 0x80, "whole messages without reserved bits"
        assert second < 128, "a server does not mask"
        if first & 0x0F == CLOSE:
            self.write(frame(CLOSE, payload[:2]))
            self._writer.close()
            raise Ended(struct.unpack("!H", payload[:2])[0] if payload else 1005, payload[2:].decode())
        return Frame(first & 0x0F, payload)

    async def hear(self, kind: str | None = None) -> dict[str, Any]:
        """Return the hub's next message (the next of a kind, passing over others); answers pings."""
        while True:
            got = await self.frame()
            if got.opcode == PING:
                self.write(frame(PONG, got.payload))
            elif got.opcode != PONG:
                assert got.opcode == (BINARY if self.codec.binary else TEXT)
                message = self.codec.load(got.payload if self.codec.binary else got.payload.decode())
                assert isinstance(message, dict)
                self.heard.append(message)
                if kind is None or message["type"] == kind:
                    return message

    async def ending(self) -> Ended:
        """Read until the hub closes."""
        try:
            while True:
                await self.hear()
        except Ended as ended:
            return ended

    async def say_goodbye(self) -> None:
        """Close from this side and wait for the hub's answer."""
        self.write(frame(CLOSE, struct.pack("!H", 1000)))
        await self.ending()

    def abort(self) -> None:
        """Cut."""
        self._writer.transport.abort()


def frame(
    opcode: int, payload: bytes = b"", *, final: bool = True, reserved: int = 0, masked: bool = True, claim: int = -1
) -> bytes:
    """Return one client frame; `claim` is a length to state instead of the true one."""
    length = claim if claim >= 0 else len(payload)
    first = (0x80 if final else 0) | reserved << 4 | opcode
    bit = 0x80 if masked else 0
    if length < 126:
        head = bytes((first, bit | length))
    elif length < 65_536:
        head = struct.pack("!BBH", first, bit | 126, length)
    else:
        head = struct.pack("!BBQ", first, bit | 127, length)
    if not masked:
        return head + payload
    key = (MASK * (len(payload) // 4 + 1))[: len(payload)]
    hidden = (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(len(payload), "big")
    return head + MASK + hidden


async def connect(
    port: int,
    path: str,
    *,
    token: str | None = None,
    codec: Codec = JSON,
    protocols: Sequence[str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Socket:
    """Open a WebSocket; raises `Refused`."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    asked = {
        "Host": f"127.0.0.1:{port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": base64.b64encode(b"0123456789abcdef").decode(),
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": ", ".join((codec.subprotocol,) if protocols is None else protocols),
    }
    if token is not None:
        asked["Authorization"] = f"Bearer {token}"
    asked |= headers or {}
    lines = [f"{name}: {value}" for name, value in asked.items() if value]
    writer.write("\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode())
    async with asyncio.timeout(PATIENCE_S):
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        if status != 101:
            length = next(
                (int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if b"content-length" in line), 0
            )
            body = await reader.readexactly(length)
            writer.transport.abort()
            raise Refused(status, body)
    return Socket(reader, writer, codec)
