"""What the hub says on `/ws/device`, a record a kind; docs/protocol.md is their description."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from hub.errors import Malformed
from hub.protocol import fields
from hub.protocol.fields import Wire
from hub.protocol.limits import STREAMS_PER_HELLO_MAX
from hub.protocol.ping import Pong
from hub.protocol.reports import ReportAck
from hub.protocol.stream_frames import Opened, RefusedClaim, StreamMark, read_marks, read_refused


@dataclass(slots=True)
class Welcome:
    """The hub's answer to `hello`."""

    type: ClassVar[str] = "welcome"
    device: int
    session: str
    streams: tuple[StreamMark, ...]
    credit: int  # unacked samples that this connection may have, absolute
    heartbeat_s: float
    server_time: int
    refused: tuple[RefusedClaim, ...] = ()  # motion streams that may not be opened

    def wire(self) -> Wire:
        """Return the message as the codec writes it."""
        wire: Wire = {
            "type": self.type,
            "device": self.device,
            "session": self.session,
            "streams": [stream.wire() for stream in self.streams],
            "credit": self.credit,
            "heartbeat_s": self.heartbeat_s,
            "server_time": self.server_time,
        }
        if self.refused:
            wire["refused"] = [claim.wire() for claim in self.refused]
        return wire

    @classmethod
    def read(cls, wire: Wire) -> Welcome:
        """Read a decoded message."""
        always = {"type", "device", "session", "streams", "credit", "heartbeat_s", "server_time"}
        fields.check_keys(wire, always, {"refused"})
        return cls(
            fields.whole(wire, "device", low=1),
            fields.text(wire, "session"),
            read_marks(wire),
            fields.whole(wire, "credit"),
            fields.number(wire, "heartbeat_s", low=0.0, high=3600.0),
            fields.instant(wire, "server_time"),
            read_refused(wire),
        )


@dataclass(slots=True)
class Ack:
    """Everything up to these marks is committed in PostgreSQL."""

    type: ClassVar[str] = "ack"
    acks: list[list[int]]  # pairs of stream and seq
    credit: int

    def wire(self) -> Wire:
        """Return the message as the codec writes it."""
        return {"type": self.type, "acks": self.acks, "credit": self.credit}

    @classmethod
    def read(cls, wire: Wire) -> Ack:
        """Read a decoded message."""
        fields.check_keys(wire, {"type", "acks", "credit"})
        acks: list[list[int]] = []
        for pair in fields.array(wire, "acks", longest=STREAMS_PER_HELLO_MAX):
            if type(pair) is not list or len(pair) != 2 or any(type(value) is not int for value in pair):
                raise Malformed("acks holds pairs of stream and seq", field="acks")
            acks.append(pair)
        return cls(acks, fields.whole(wire, "credit"))


@dataclass(slots=True)
class Nack:
    """Go back to `expected` (a gap), or: sample `seq` is refused for ever, of motion the frame up to `to`."""

    type: ClassVar[str] = "nack"
    stream: int
    expected: int | None = None
    seq: int | None = None
    code: str | None = None
    detail: str | None = None
    to: int | None = None

    def wire(self) -> Wire:
        """Return the message as the codec writes it."""
        wire: Wire = {"type": self.type, "stream": self.stream}
        if self.expected is not None:
            return wire | {"expected": self.expected}
        if self.to is not None:
            wire["to"] = self.to
        return wire | {"seq": self.seq, "code": self.code, "detail": self.detail}

    @classmethod
    def read(cls, wire: Wire) -> Nack:
        """Read a decoded message."""
        if "expected" in wire:
            fields.check_keys(wire, {"type", "stream", "expected"})
            return cls(fields.whole(wire, "stream", low=1), expected=fields.whole(wire, "expected", low=1))
        fields.check_keys(wire, {"type", "stream", "seq", "code", "detail"}, {"to"})
        return cls(
            fields.whole(wire, "stream", low=1),
            seq=fields.whole(wire, "seq", low=1),
            code=fields.text(wire, "code"),
            detail=fields.text(wire, "detail"),
            to=fields.whole(wire, "to", low=1) if "to" in wire else None,
        )


@dataclass(slots=True)
class Command:
    """Something the device shall do; it answers with a `command_ack` of the same id."""

    type: ClassVar[str] = "command"
    id: str
    kind: str
    body: Wire = field(default_factory=dict)

    def wire(self) -> Wire:
        """Return the message as the codec writes it."""
        return {"type": self.type, "id": self.id, "kind": self.kind, "body": self.body}

    @classmethod
    def read(cls, wire: Wire) -> Command:
        """Read a decoded message."""
        fields.check_keys(wire, {"type", "id", "kind", "body"})
        return cls(fields.text(wire, "id"), fields.text(wire, "kind"), fields.mapping(wire["body"], "body"))


@dataclass(slots=True)
class Error:
    """A message was not understood or not allowed; the connection may go on."""

    type: ClassVar[str] = "error"
    code: str
    detail: str
    channel: str | None = None  # on /ws/live: which subscription

    def wire(self) -> Wire:
        """Return the message as the codec writes it."""
        wire: Wire = {"type": self.type, "code": self.code, "detail": self.detail}
        if self.channel is not None:
            wire["channel"] = self.channel
        return wire

    @classmethod
    def read(cls, wire: Wire) -> Error:
        """Read a decoded message."""
        fields.check_keys(wire, {"type", "code", "detail"}, {"channel"})
        detail = wire["detail"]
        channel = fields.text(wire, "channel") if "channel" in wire else None
        return cls(fields.text(wire, "code"), detail if type(detail) is str else "", channel)


HubMessage = Welcome | Opened | Ack | Nack | Command | ReportAck | Pong | Error

FROM_HUB: dict[str, Callable[[Wire], HubMessage]] = {
    kind.type: kind.read for kind in (Welcome, Opened, Ack, Nack, Command, ReportAck, Pong, Error)
}
