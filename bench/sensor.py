"""One physio device: the real device protocol on a raw socket that nobody waits for, with prebuilt frames."""

from __future__ import annotations

import secrets
import socket
import time
from collections import Counter, deque
from typing import Any

import msgpack

from bench import frames
from bench.motion_frames import MotionFrame
from bench.movements import Movement

READ_BYTES = 65_536
ACK = b"\x83" + msgpack.packb("type") + msgpack.packb("ack")  # how the hub's acks begin


class Sensor:
    """A device that streams one session; its owner connects it and calls it when it is its turn."""

    def __init__(self, index: int, session: str, joints: list[str], *, timed: bool) -> None:
        self.index = index
        self.session = session
        self.joints = joints
        self.timed = timed  # whether its acks are read as they come, and timed
        self.log_id = secrets.token_hex(16)
        self.mask = secrets.token_bytes(4)
        self.socket = socket.socket()
        self.stream = 0
        self.sent = 0  # frames
        self.acked = 0  # samples
        self.free = 0  # the last sample that the credit covers
        self.base_us = 0  # device clock of the first sample
        self.epoch_ns = time.time_ns() - time.monotonic_ns()  # from the monotonic clock to the device's
        self.samples = 0  # in a frame
        self.on_the_way: deque[tuple[int, int]] = (
            deque()
        )  # last seq of a timed frame, and when it was written, monotonic ns
        self.latencies_ns: list[int] = []
        self.sent_ns: list[int] = []  # monotonic instant of each timed frame
        self.lost = False
        self._cycle: list[MotionFrame] = []
        self._span_us = 0  # of a frame
        self._unsent = b""  # of a frame that the kernel took in part
        self._received = bytearray()

    def prepare(self, movement: Movement, samples: int, interval_us: int) -> None:
        """Build the frames of one cycle, which are patched from now on."""
        starts = range(0, movement.cycle, samples)
        self._cycle = [
            MotionFrame(
                stream=self.stream,
                angles=movement.angles[:, start : start + samples],
                interval_us=interval_us,
                mask=self.mask,
            )
            for start in starts
        ]
        self.samples, self._span_us = samples, samples * interval_us

    def hello(self) -> bytes:
        """Return the first message, as a frame."""
        claim = {"log_id": self.log_id, "kind": "motion", "session": self.session, "joints": self.joints}
        return self.framed({"type": "hello", "streams": [claim], "agent": "bench"})

    def framed(self, message: dict[str, object]) -> bytes:
        """Return a message as a masked frame."""
        return frames.small_frame(frames.BINARY, msgpack.packb(message), self.mask)

    def send_up_to(self, due: int, now_ns: int) -> None:
        """Send what is due, counted in frames since the beginning, as far as the credit goes; the time is monotonic."""
        if self._unsent and not self._flush():
            return
        while self.sent < due and not self.lost:
            seq = self.sent * self.samples + 1
            if seq + self.samples - 1 > self.free:
                return
            frame = self._cycle[self.sent % len(self._cycle)]
            started_at = self.base_us + self.sent * self._span_us
            self.sent += 1
            if self.timed:
                now_ns = time.monotonic_ns()
                self.sent_ns.append(now_ns)
                self.on_the_way.append((seq + self.samples - 1, now_ns))
            if not self._write(frame.patch(seq, (now_ns + self.epoch_ns) // 1000, started_at)):
                return

    def _write(self, data: bytes | bytearray) -> bool:
        """Hand bytes to the kernel; what it does not take is kept for later, and False returned."""
        try:
            taken = self.socket.send(data)
        except BlockingIOError:
            taken = 0
        except OSError:
            self.lost = True
            return False
        if taken == len(data):
            return True
        self._unsent = bytes(data[taken:])
        return False

    def _flush(self) -> bool:
        unsent, self._unsent = self._unsent, b""
        return self._write(unsent)

    def receive(self, errors: Counter[str]) -> None:
        """Take whatever has come."""
        try:
            data = self.socket.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.lost = True
            return
        self._received += data
        newest = b""  # of several acks the last one says it all
        for opcode, payload in frames.split_frames(self._received):
            if payload.startswith(ACK):
                newest = payload
            elif opcode <= frames.BINARY:
                self._take(msgpack.unpackb(payload), errors)
            elif opcode == frames.PING:
                self._write(frames.small_frame(frames.PONG, payload, self.mask))
            elif opcode == frames.CLOSE:
                errors[f"close {int.from_bytes(payload[:2], 'big')}"] += 1
                self.lost = True
        if newest:
            self._note(msgpack.unpackb(newest))

    def _note(self, ack: dict[str, Any]) -> None:
        self.acked = ack["acks"][0][1]
        self.free = self.acked + ack["credit"]
        if self.on_the_way:
            now_ns = time.monotonic_ns()
            while self.on_the_way and self.on_the_way[0][0] <= self.acked:
                self.latencies_ns.append(now_ns - self.on_the_way.popleft()[1])

    def _take(self, message: dict[str, Any], errors: Counter[str]) -> None:
        match message:
            case {"type": "welcome", "streams": [{"stream": int(stream)}], "credit": int(credit)}:
                self.stream, self.free = stream, credit
            case {"type": "command", "id": str(command_id)}:
                self._write(self.framed({"type": "command_ack", "id": command_id, "status": "done"}))
            case _:
                errors[f"{message.get('type')} {message.get('code') or message.get('refused')}"] += 1
