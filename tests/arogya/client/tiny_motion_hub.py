"""A hub of a hundred lines for sensors: the motion half of the device protocol, in memory, told to misbehave."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from aiohttp import web

from arogya.client import Backoff, Options
from hub.protocol.codec import CODECS
from hub.protocol.device_frames import FROM_DEVICE, CommandAck, DeviceMessage, Skip
from hub.protocol.hub_frames import Ack, Command, Nack, Welcome
from hub.protocol.motion_frames import MotionData
from hub.protocol.reports import Report
from hub.protocol.stream_frames import Hello, Open, Opened, RefusedClaim, StreamClaim, StreamMark
from tests.arogya.client.tiny_hub import Connection, Log, TinyHub

SESSION = "7d3f0a4e-5a55-4f5e-9a3c-0a5f3f6c1b11"
KNEES = ("left_knee_flexion", "right_knee_flexion")
QUICK = Options(backoff=lambda: Backoff(first_s=0.01, longest_s=0.05, spread_s=0.05), power_safe=False)


@dataclass
class MotionLog(Log):
    """One stream of motion as the hub has it; `rows` holds (time, angle of each joint) by seq."""

    claim: StreamClaim = field(default_factory=lambda: StreamClaim("0" * 32))
    frames: list[tuple[int, int]] = field(default_factory=list)  # (seq, samples) of what was stored


class TinyMotionHub(TinyHub):
    """`async with TinyMotionHub() as hub`, then `hub.url`."""

    def __init__(self) -> None:
        super().__init__()
        self.motion: dict[str, MotionLog] = {}  # by log id
        self.refuses_claims: dict[str, str] = {}  # code by session
        self.claimed: list[int] = []  # how many streams each connection has named
        self.unacked: dict[int, int] = {}  # samples of each connection on the way

    @property
    def only(self) -> MotionLog:
        """Return the only log; an empty one before there is any."""
        (log,) = self.motion.values() or [MotionLog(0)]
        return log

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.handshakes += 1
        if self.status is not None:
            return web.Response(status=self.status)
        socket = web.WebSocketResponse(protocols=tuple(CODECS), compress=False)
        await socket.prepare(request)
        assert socket.ws_protocol is not None
        codec = CODECS[socket.ws_protocol]
        hello = codec.decode((await socket.receive()).data, FROM_DEVICE)
        assert isinstance(hello, Hello)
        self.heard.append(hello)
        connection = Connection(socket, codec, Log(0))
        self.connections.append(connection)
        self.claimed.append(0)
        marks, refused = self._open(len(self.connections) - 1, hello.streams)
        await connection.send(Welcome(7, "session", marks, self.credit, 10.0, 1, refused))
        async for message in socket:
            await self._take(connection, codec.decode(message.data, FROM_DEVICE))
        return socket

    def _open(
        self, connection: int, claims: tuple[StreamClaim, ...]
    ) -> tuple[tuple[StreamMark, ...], tuple[RefusedClaim, ...]]:
        self.claimed[connection] += len(claims)
        assert self.claimed[connection] <= 8
        marks, refused = [], []
        for claim in claims:
            if code := self.refuses_claims.get(str(claim.session)):
                refused.append(RefusedClaim(claim.log_id, code, "not this one"))
                continue
            log = self.motion.setdefault(claim.log_id, MotionLog(len(self.motion) + 1, claim=claim))
            assert log.claim == claim
            marks.append(StreamMark(claim.log_id, log.stream, len(self.connections), log.acked))
        return tuple(marks), tuple(refused)

    async def _take(self, connection: Connection, message: DeviceMessage) -> None:
        self.heard.append(message)
        if self.misbehave is not None and self.misbehave(connection, message):
            return
        if isinstance(message, Report):
            await self._report(connection, message)
        elif isinstance(message, CommandAck):
            self.answers.append(message)
        elif isinstance(message, Open):
            marks, refused = self._open(self.connections.index(connection), message.streams)
            await connection.send(Opened(marks, refused))
        else:
            assert isinstance(message, MotionData | Skip)
            (log,) = [log for log in self.motion.values() if log.stream == message.stream]
            await self._samples(connection, log, message)

    async def _samples(self, connection: Connection, log: MotionLog, message: MotionData | Skip) -> None:
        if isinstance(message, Skip):
            assert message.first == log.acked + 1, "a skip has to begin where the log ends"
            log.skips.append(message)
            log.acked = message.last
        else:
            connection.unacked += message.samples
            self.worst_unacked = max(self.worst_unacked, connection.unacked)
            if message.seq > log.acked + 1 and not self.holds_acks:
                await connection.send(Nack(log.stream, expected=log.acked + 1))
                return
            await self._keep(connection, log, message)
        if not self.holds_acks:
            connection.unacked = 0
            await connection.send(Ack([[log.stream, log.acked]], self.credit))

    async def _keep(self, connection: Connection, log: MotionLog, message: MotionData) -> None:
        last = message.seq + message.samples - 1
        if self.refuses & set(range(message.seq, last + 1)):
            nack = Nack(log.stream, seq=message.seq, code="outside_session", detail="not this one", to=last)
            await connection.send(nack)
        else:
            log.frames.append((message.seq, message.samples))
            for place, row in enumerate(readings(message, len(log.claim.joints))):
                if message.seq + place > log.acked:
                    log.rows[message.seq + place] = row
        if not self.holds_acks:
            log.acked = max(log.acked, last)

    async def command(self, command: Command) -> None:
        """Send a command on the newest connection."""
        await self.connections[-1].send(command)


def readings(message: MotionData, joints: int) -> list[tuple[int, tuple[float, ...]]]:
    """Return (time, angle of each joint) of each sample."""
    if isinstance(message.angles, bytes):
        values = array("f", message.angles).tolist()
        rows = [values[joint * message.samples : (joint + 1) * message.samples] for joint in range(joints)]
    else:
        rows = message.angles  # type: ignore[assignment]  # arrays of numbers
    assert [len(row) for row in rows] == [message.samples] * joints
    offsets = message.offsets_us or [place * message.interval_us for place in range(message.samples)]
    times = [message.started_at + offset for offset in offsets if isinstance(offset, int)]
    return list(zip(times, zip(*rows, strict=True), strict=True))
