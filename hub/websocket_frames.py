"""Whole unmasked WebSocket frames as servers send them (RFC 6455, section 5.2)."""

from __future__ import annotations

import struct
from typing import Final

TEXT: Final = 0x1
BINARY: Final = 0x2
CLOSE: Final = 0x8
PING: Final = 0x9
PONG: Final = 0xA

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
