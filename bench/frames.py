"""Masked WebSocket frames of fixes, built once and patched: a sender that costs next to nothing."""

from __future__ import annotations

import struct

import msgpack
import numpy as np

METRES_PER_DEGREE = 111_195.0  # of latitude, on a sphere of 6,371 km
SPEED_M_S = 25.0  # each fix leaves the circle within which a vehicle may be standing
LAP = 8_000  # samples, then the drive begins anew 200 km further south
FIX_BYTES = 64  # 0x97, 0xcf and 8 bytes of time, then 6 x 0xcb and 8 bytes
BINARY, CLOSE, PING, PONG = 0x2, 0x8, 0x9, 0xA


class FrameTemplate:
    """The `data` message of one connection for `fixes` samples, in msgpack, inside one masked binary frame.

    Every number has its widest form (uint64, float64), so that each stands at a fixed place.
    """

    def __init__(self, *, stream: int, fixes: int, latitude: float, longitude: float, mask: bytes) -> None:
        head = b"\x85" + b"".join(
            (
                *(msgpack.packb("type"), msgpack.packb("data")),
                *(msgpack.packb("stream"), b"\xcf" + struct.pack(">Q", stream)),
                *(msgpack.packb("seq"), b"\xcf" + bytes(8)),
                *(msgpack.packb("sent_at"), b"\xcf" + bytes(8)),
                *(msgpack.packb("fixes"), b"\xdc" + struct.pack(">H", fixes)),
            )
        )
        self._seq_at = head.index(msgpack.packb("seq")) + 5
        self._sent_at = head.index(msgpack.packb("sent_at")) + 9
        body = bytearray(head + fixes * (b"\x97\xcf" + bytes(8) + 6 * (b"\xcb" + bytes(8))))
        self._body = body
        self._fixes = fixes
        self._recorded_at = self._column(len(head) + 2, ">u8")
        self._latitude = self._column(len(head) + 11, ">f8")
        self._column(len(head) + 20, ">f8")[:] = longitude
        for place, value in ((29, SPEED_M_S), (38, 0.0), (47, 5.0), (56, 200.0)):
            self._column(len(head) + place, ">f8")[:] = value
        self._start_latitude = latitude
        self._steps = np.arange(fixes, dtype=np.int64)
        self._mask = np.frombuffer((mask * (len(body) // 4 + 1))[: len(body)], np.uint8)
        self._plain = np.frombuffer(body, np.uint8)
        self._header = header(BINARY, len(body)) + mask

    def _column(self, offset: int, kind: str) -> np.ndarray[tuple[int], np.dtype[np.generic]]:
        """Return one value of every fix as an array over the message's own bytes."""
        return np.ndarray((self._fixes,), np.dtype(kind), self._body, offset, (FIX_BYTES,))

    def frame(self, *, seq: int, sent_at: int, recorded_at: int, interval_us: int) -> bytes:
        """Return the frame of samples `seq`…, the first recorded at `recorded_at`, driving north at 25 m/s."""
        struct.pack_into(">Q", self._body, self._seq_at, seq)
        struct.pack_into(">Q", self._body, self._sent_at, sent_at)
        self._recorded_at[:] = recorded_at + self._steps * interval_us
        metres = SPEED_M_S * ((seq + self._steps) % LAP) * (interval_us / 1_000_000)
        self._latitude[:] = self._start_latitude + metres / METRES_PER_DEGREE
        return self._header + (self._plain ^ self._mask).tobytes()

    def newest(self) -> list[float]:
        """Return latitude, longitude, speed, heading, accuracy and altitude of the last fix built."""
        last = len(self._body) - FIX_BYTES + 10
        return [struct.unpack_from(">d", self._body, last + 1 + 9 * place)[0] for place in range(6)]


def header(opcode: int, length: int) -> bytes:
    """Return the head of a final, masked client frame without its mask (RFC 6455, section 5.2)."""
    if length < 126:
        return bytes((0x80 | opcode, 0x80 | length))
    if length < 65_536:
        return struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, length)
    return struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, length)


def small_frame(opcode: int, payload: bytes, mask: bytes) -> bytes:
    """Return a masked frame for any payload: hello, pong, close."""
    masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
    return header(opcode, len(payload)) + mask + masked


def split_frames(buffer: bytearray) -> list[tuple[int, bytes]]:
    """Take every whole server frame (unmasked) out of `buffer`: opcode and payload."""
    found: list[tuple[int, bytes]] = []
    start = 0
    while len(buffer) - start >= 2:
        length, data = buffer[start + 1] & 0x7F, start + 2
        if length >= 126:
            size = 2 if length == 126 else 8
            if len(buffer) < data + size:
                break
            length = int.from_bytes(buffer[data : data + size], "big")
            data += size
        if len(buffer) < data + length:
            break
        found.append((buffer[start] & 0x0F, bytes(buffer[data : data + length])))
        start = data + length
    del buffer[:start]
    return found
