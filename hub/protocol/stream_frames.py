"""Opening streams on `/ws/device`: what a device claims, and what the hub answers; docs/protocol.md describes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from hub.errors import InvalidValue, Malformed
from hub.protocol import fields
from hub.protocol.fields import Wire
from hub.protocol.limits import AGENT_CHARS_MAX, JOINTS_MAX, STREAMS_PER_HELLO_MAX

_LOG_ID = re.compile(r"[0-9a-f]{32}")

STREAM_KINDS = frozenset({"fixes", "motion"})


@dataclass(slots=True)
class StreamClaim:
    """One stream that a device says it begins or continues."""

    log_id: str  # 32 lowercase hexadecimal digits, drawn when the device's spool was created
    kind: str = "fixes"
    session: UUID | None = None  # of motion: the physio session
    joints: tuple[str, ...] = ()  # of motion: in the order of the angles

    def wire(self) -> Wire:
        """Return the object inside `streams`."""
        wire: Wire = {"log_id": self.log_id, "kind": self.kind}
        if self.session is not None:
            wire |= {"session": str(self.session), "joints": list(self.joints)}
        return wire

    @classmethod
    def read(cls, wire: Wire) -> StreamClaim:
        """Read one element of `streams`."""
        fields.check_keys(wire, {"log_id", "kind"}, {"session", "joints"})
        log_id = fields.text(wire, "log_id")
        if not _LOG_ID.fullmatch(log_id):
            raise InvalidValue("log_id must be 32 lowercase hexadecimal digits", field="log_id")
        kind = fields.one_of(wire, "kind", STREAM_KINDS)
        if kind == "fixes":
            fields.check_keys(wire, {"log_id", "kind"})
            return cls(log_id)
        fields.check_keys(wire, {"log_id", "kind", "session", "joints"})
        return cls(log_id, kind, _session(wire), _joints(wire))


def _session(wire: Wire) -> UUID:
    text = fields.text(wire, "session")
    try:
        session = UUID(text)
    except ValueError:
        raise InvalidValue("session must be a UUID", field="session") from None
    if str(session) != text.lower():
        raise InvalidValue("session must be a UUID in its usual form", field="session")
    return session


def _joints(wire: Wire) -> tuple[str, ...]:
    joints = []
    for joint in fields.array(wire, "joints", longest=JOINTS_MAX):
        if type(joint) is not str:
            raise Malformed("joints holds names", field="joints")
        joints.append(joint)
    if len(set(joints)) != len(joints):
        raise InvalidValue("a joint stands twice in joints", field="joints")
    return tuple(joints)


def read_claims(wire: Wire, *, fewest: int) -> tuple[StreamClaim, ...]:
    """Read `streams`, an array of `fewest` to 8 claims of different logs."""
    raw = wire["streams"]
    if type(raw) is not list or raw or fewest:
        raw = fields.array(wire, "streams", longest=STREAMS_PER_HELLO_MAX)
    claims = tuple(StreamClaim.read(fields.mapping(item, "streams")) for item in raw)
    if len({claim.log_id for claim in claims}) != len(claims):
        raise InvalidValue("a log_id stands twice in streams", field="streams")
    return claims


@dataclass(slots=True)
class Hello:
    """The first message of a connection: which streams the device continues."""

    type: ClassVar[str] = "hello"
    streams: tuple[StreamClaim, ...]
    device: int | None = None
    agent: str | None = None

    def wire(self) -> Wire:
        """Return the message as the codec writes it."""
        wire: Wire = {"type": self.type, "streams": [stream.wire() for stream in self.streams]}
        if self.device is not None:
            wire["device"] = self.device
        if self.agent is not None:
            wire["agent"] = self.agent
        return wire

    @classmethod
    def read(cls, wire: Wire) -> Hello:
        """Read a decoded message."""
        fields.check_keys(wire, {"type", "streams"}, {"device", "agent"})
        device = fields.whole(wire, "device", low=1) if "device" in wire else None
        agent = fields.text(wire, "agent", longest=AGENT_CHARS_MAX) if "agent" in wire else None
        return cls(read_claims(wire, fewest=0), device, agent)


@dataclass(slots=True)
class Open:
    """More streams of a connection that was welcomed."""

    type: ClassVar[str] = "open"
    streams: tuple[StreamClaim, ...]

    def wire(self) -> Wire:
        """Return the message as the codec writes it."""
        return {"type": self.type, "streams": [stream.wire() for stream in self.streams]}

    @classmethod
    def read(cls, wire: Wire) -> Open:
        """Read a decoded message."""
        fields.check_keys(wire, {"type", "streams"})
        return cls(read_claims(wire, fewest=1))


@dataclass(slots=True)
class StreamMark:
    """What the hub answers for one claimed stream."""

    log_id: str
    stream: int  # the number that every later message names the stream by
    fence: int
    acked: int  # everything up to this seq is committed; 0 for a new stream

    def wire(self) -> Wire:
        """Return the object inside `streams`."""
        return {"log_id": self.log_id, "stream": self.stream, "fence": self.fence, "acked": self.acked}

    @classmethod
    def read(cls, wire: Wire) -> StreamMark:
        """Read one element of `streams`."""
        fields.check_keys(wire, {"log_id", "stream", "fence", "acked"})
        return cls(
            fields.text(wire, "log_id"),
            fields.whole(wire, "stream", low=1),
            fields.whole(wire, "fence", low=1),
            fields.whole(wire, "acked"),
        )


@dataclass(slots=True)
class RefusedClaim:
    """A stream that may not be opened; the connection and its other streams go on."""

    log_id: str
    code: str
    detail: str

    def wire(self) -> Wire:
        """Return the object inside `refused`."""
        return {"log_id": self.log_id, "code": self.code, "detail": self.detail}

    @classmethod
    def read(cls, wire: Wire) -> RefusedClaim:
        """Read one element of `refused`."""
        fields.check_keys(wire, {"log_id", "code", "detail"})
        return cls(fields.text(wire, "log_id"), fields.text(wire, "code"), fields.text(wire, "detail"))


def read_marks(wire: Wire) -> tuple[StreamMark, ...]:
    """Read `streams` of an answer, which may be empty."""
    return tuple(StreamMark.read(fields.mapping(item, "streams")) for item in _answers(wire, "streams"))


def read_refused(wire: Wire) -> tuple[RefusedClaim, ...]:
    """Read `refused` of an answer, which may be missing or empty."""
    if "refused" not in wire:
        return ()
    return tuple(RefusedClaim.read(fields.mapping(item, "refused")) for item in _answers(wire, "refused"))


def _answers(wire: Wire, name: str) -> list[object]:
    raw = wire[name]
    return [] if raw == [] else fields.array(wire, name, longest=STREAMS_PER_HELLO_MAX)


@dataclass(slots=True)
class Opened:
    """The hub's answer to `open`."""

    type: ClassVar[str] = "opened"
    streams: tuple[StreamMark, ...]
    refused: tuple[RefusedClaim, ...] = ()

    def wire(self) -> Wire:
        """Return the message as the codec writes it."""
        wire: Wire = {"type": self.type, "streams": [mark.wire() for mark in self.streams]}
        if self.refused:
            wire["refused"] = [claim.wire() for claim in self.refused]
        return wire

    @classmethod
    def read(cls, wire: Wire) -> Opened:
        """Read a decoded message."""
        fields.check_keys(wire, {"type", "streams"}, {"refused"})
        return cls(read_marks(wire), read_refused(wire))
