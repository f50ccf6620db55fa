"""Masked WebSocket frames of joint motion, built once and patched in place: a sender that costs next to nothing."""

from __future__ import annotations

import struct

import msgpack
import numpy as np
from numpy.typing import NDArray

from bench.frames import BINARY, header

_STREAM = struct.Struct(">Q")
_SENT_AT = msgpack.packb("sent_at") + b"\xcf"
_STARTED_AT = msgpack.packb("started_at") + b"\xcf"
# What differs from one frame to the next stands side by side: seq, sent_at and started_at, each as uint64.
_PATCH = struct.Struct(f">Q{len(_SENT_AT)}sQ{len(_STARTED_AT)}sQ")


class MotionFrame:
    """One `data` message of some joints, in msgpack, inside one masked binary frame."""

    __slots__ = ("_at", "_sent_at_key", "_sent_at_mask", "_seq_mask", "_started_at_key", "_started_at_mask", "buffer")

    def __init__(self, *, stream: int, angles: NDArray[np.float32], interval_us: int, mask: bytes) -> None:
        """Take angles in degrees, a row a joint; every number has its widest form, so each has a fixed place."""
        readings = angles.astype("<f4").tobytes()
        head = b"\x88" + b"".join(
            (
                *(msgpack.packb("type"), msgpack.packb("data")),
                *(msgpack.packb("stream"), b"\xcf", _STREAM.pack(stream)),
                *(msgpack.packb("samples"), b"\xcd", struct.pack(">H", angles.shape[1])),
                *(msgpack.packb("interval_us"), b"\xce", struct.pack(">I", interval_us)),
                *(msgpack.packb("seq"), b"\xcf"),
            )
        )
        tail = msgpack.packb("angles") + b"\xc5" + struct.pack(">H", len(readings)) + readings
        plain = np.frombuffer(head + _PATCH.pack(0, _SENT_AT, 0, _STARTED_AT, 0) + tail, np.uint8)
        masks = np.frombuffer((mask * (len(plain) // 4 + 1))[: len(plain)], np.uint8)
        masked = (plain ^ masks).tobytes()
        front = header(BINARY, len(plain)) + mask
        self.buffer = bytearray(front + masked)  # the whole frame, as it is written
        self._at = len(front) + len(head)
        # Zeros were masked: what stands there now is the mask of each number.
        patch = _PATCH.unpack_from(self.buffer, self._at)
        self._seq_mask, self._sent_at_key, self._sent_at_mask, self._started_at_key, self._started_at_mask = patch

    def patch(self, seq: int, sent_at: int, started_at: int) -> bytearray:
        """Return the frame whose first sample is `seq`; the buffer is the same each time."""
        _PATCH.pack_into(
            self.buffer,
            self._at,
            seq ^ self._seq_mask,
            self._sent_at_key,
            sent_at ^ self._sent_at_mask,
            self._started_at_key,
            started_at ^ self._started_at_mask,
        )
        return self.buffer
