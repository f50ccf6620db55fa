"""One tablet: the real device protocol on a raw socket, with prebuilt frames."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import Counter, deque

import msgpack

from bench import frames
from bench.frames import FrameTemplate
from bench.socket import Socket, Target

BACKLOG_US = 7 * 86_400_000_000  # a saturating tablet drains fixes that it recorded a week ago, at 1 Hz


def start_of(index: int) -> tuple[float, float]:
    """Return where a tablet begins its drive to the north, in degrees."""
    return 8.0 + 20.0 * (index % 97) / 97, 70.0 + 20.0 * (index % 89) / 89


class Tablet(Socket):
    """One device, from hello to good-bye."""

    def __init__(self, target: Target, index: int, errors: Counter[str], *, frame: int = 1, window: int = 0) -> None:
        super().__init__(target, errors)
        self.index = index
        self.frame = frame  # fixes in a frame
        self.window = window  # samples that it keeps on the way when it saturates, within the hub's credit
        self.log_id = hashlib.sha256(target.token.encode()).hexdigest()[:32]  # the same when it comes back
        self.seq = 0  # the last one sent
        self.acked = 0
        self.credit = 0
        self.saturates = False  # true while it sends whenever it may
        self.on_the_way: deque[tuple[int, float]] = deque()  # last seq of a frame and when it was written
        self.latencies_s: list[float] = []
        self.sent_ns: list[int] = []  # monotonic instant of each paced frame
        self.offers: list[
            tuple[str, int]
        ] = []  # calls that it was asked to take, and the monotonic instant of each, ns
        self.alarm_id = ""  # of its call for help, once it was sent
        self._calling = False  # with the next fix
        self._started_us = time.time_ns() // 1000

    def opened(self) -> None:
        """Say hello."""
        hello = {"type": "hello", "streams": [{"log_id": self.log_id, "kind": "fixes"}], "agent": "bench"}
        self.send(msgpack.packb(hello))

    def data_received(self, data: bytes) -> None:
        """Take what the hub says, and go on sending."""
        super().data_received(data)
        if self.saturates:
            self.fill()

    def connection_lost(self, error: Exception | None) -> None:
        """Stop."""
        super().connection_lost(error)
        self.saturates = False

    def take(self, payload: bytes) -> None:
        """Take an ack, the welcome or a command; anything else is an error."""
        match message := msgpack.unpackb(payload):
            case {"type": "ack", "acks": [[_, int(seq)]], "credit": int(credit)}:
                self.credit, self.acked = credit, seq
                now = time.monotonic()
                while self.on_the_way and self.on_the_way[0][0] <= seq:
                    self.latencies_s.append(now - self.on_the_way.popleft()[1])
            case {"type": "welcome", "streams": [{"stream": int(stream)}], "credit": int(credit)}:
                self.credit, self.stream = credit, stream
                self.welcomed.set_result(None)
            case {"type": "command", "id": str(command_id), "kind": str(kind), "body": dict(body)}:
                if kind == "offer":
                    self.offers.append((str(body["request"]), time.monotonic_ns()))
                self.send(msgpack.packb({"type": "command_ack", "id": command_id, "status": "done"}))
            case _:
                self.errors[f"{message.get('type')} {message.get('code')}"] += 1

    def prepare(self) -> None:
        """Build the frame that is patched from now on: 2 KiB of arrays that an idle tablet does not need."""
        latitude, longitude = start_of(self.index)
        self.template = FrameTemplate(
            stream=self.stream, fixes=self.frame, latitude=latitude, longitude=longitude, mask=self.mask
        )

    def fill(self) -> None:
        """Send as much as the credit and the window allow, draining a backlog recorded at 1 Hz."""
        window = min(self.credit, self.window)
        batch = []
        while self.seq + self.frame - self.acked <= window:
            recorded_at = self._started_us - BACKLOG_US + self.seq * 1_000_000
            batch.append(self._next(recorded_at, 1_000_000))
        if batch:
            self.write(b"".join(batch))

    def alarm_next(self) -> None:
        """Call for help with the next paced fix."""
        self._calling = True

    def send_now(self, rate_hz: float) -> None:
        """Send one frame recorded up to this instant; the credit is the hub's to enforce."""
        interval_us = int(1_000_000 / (rate_hz * self.frame))
        recorded_at = time.time_ns() // 1000 - (self.frame - 1) * interval_us
        if self.lost:
            return
        frame = self._next(recorded_at, interval_us)
        if self._calling:
            self._calling, self.alarm_id = False, secrets.token_hex(8)
            frame = self._with_alarm(recorded_at)
        self.sent_ns.append(time.monotonic_ns())
        self.write(frame)

    def _next(self, recorded_at: int, interval_us: int) -> bytes:
        sent_at = time.time_ns() // 1000
        frame = self.template.frame(seq=self.seq + 1, sent_at=sent_at, recorded_at=recorded_at, interval_us=interval_us)
        self.seq += self.frame
        self.on_the_way.append((self.seq, time.monotonic()))
        return frame

    def _with_alarm(self, recorded_at: int) -> bytes:
        """Return the newest frame, of one fix, with a call for help."""
        fix = [recorded_at, *self.template.newest(), ["sos", self.alarm_id]]
        message = {"type": "data", "stream": self.stream, "seq": self.seq, "sent_at": recorded_at, "fixes": [fix]}
        return frames.small_frame(frames.BINARY, msgpack.packb(message), self.mask)
