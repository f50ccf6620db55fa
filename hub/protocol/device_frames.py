"""What devices say on `/ws/device`, a record a kind; docs/protocol.md describes them for other people's devices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from hub.errors import InvalidValue
from hub.protocol import fields
from hub.protocol.fields import Wire
from hub.protocol.fix import Fix, parse_fix
from hub.protocol.limits import (
    DETAIL_CHARS_MAX,
    FIXES_PER_FRAME_MAX,
    SEQ_MAX,
)
from hub.protocol.motion_frames import MotionData
from hub.protocol.ping import Ping
from hub.protocol.reports import Report
from hub.protocol.stream_frames import Hello, Open

SKIP_REASONS = frozenset({"spool_full", "hub_lost", "corrupt", "expired"})
COMMAND_STATUSES = frozenset({"done", "refused"})


@dataclass(slots=True)
class Data:
    """A run of samples of one stream; `fixes` stays as it came, each is parsed when it is admitted."""

    type: ClassVar[str] = "data"
    stream: int
    seq: int  # of the first sample
    sent_at: int
    fixes: list[object]

    def wire(self) -> Wire:
        """Return the message as the codec writes it."""
        return {
            "type": self.type,
            "stream": self.stream,
            "seq": self.seq,
            "sent_at": self.sent_at,
            "fixes": [item.wire() if isinstance(item, Fix) else item for item in self.fixes],
        }

    @classmethod
    def read(cls, wire: Wire) -> Data:
        """Read a decoded message."""
        fields.check_keys(wire, _DATA_KEYS)
        fixes = fields.array(wire, "fixes", longest=FIXES_PER_FRAME_MAX)
        return cls(
            fields.whole(wire, "stream", low=1),
            fields.whole(wire, "seq", low=1, high=SEQ_MAX + 1 - len(fixes)),  # the last sample has a number too
            fields.instant(wire, "sent_at"),
            fixes,
        )


_DATA_KEYS = frozenset({"type", "stream", "seq", "sent_at", "fixes"})


@dataclass(slots=True)
class LiveHint:
    """Where the device is now, while its backlog still drains: shown, never stored or acked."""

    type: ClassVar[str] = "live"
    stream: int
    seq: int
    sent_at: int
    fix: Fix

    def wire(self) -> Wire:
        """Return the message as the codec writes it."""
        return {
            "type": self.type,
            "stream": self.stream,
            "seq": self.seq,
            "sent_at": self.sent_at,
            "fix": self.fix.wire(),
        }

    @classmethod
    def read(cls, wire: Wire) -> LiveHint:
        """Read a decoded message."""
        fields.check_keys(wire, {"type", "stream", "seq", "sent_at", "fix"})
        return cls(
            fields.whole(wire, "stream", low=1),
            fields.whole(wire, "seq", low=1),
            fields.instant(wire, "sent_at"),
            parse_fix(wire["fix"]),
        )


@dataclass(slots=True)
class Skip:
    """Samples that the device had and cannot send: the hole is stored, the stream goes on behind it."""

    type: ClassVar[str] = "skip"
    stream: int
    first: int  # `from` on the wire
    last: int  # `to` on the wire, inclusive
    reason: str

    def wire(self) -> Wire:
        """Return the message as the codec writes it."""
        return {
            "type": self.type,
            "stream": self.stream,
            "from": self.first,
            "to": self.last,
            "reason": self.reason,
        }

    @classmethod
    def read(cls, wire: Wire) -> Skip:
        """Read a decoded message."""
        fields.check_keys(wire, {"type", "stream", "from", "to", "reason"})
        first, last = fields.whole(wire, "from", low=1), fields.whole(wire, "to", low=1)
        if last < first:
            raise InvalidValue("to must not be below from", field="to")
        return cls(fields.whole(wire, "stream", low=1), first, last, fields.one_of(wire, "reason", SKIP_REASONS))


@dataclass(slots=True)
class CommandAck:
    """What became of a command."""

    type: ClassVar[str] = "command_ack"
    id: str
    status: str
    detail: str | None = None

    def wire(self) -> Wire:
        """Return the message as the codec writes it."""
        wire: Wire = {"type": self.type, "id": self.id, "status": self.status}
        if self.detail is not None:
            wire["detail"] = self.detail
        return wire

    @classmethod
    def read(cls, wire: Wire) -> CommandAck:
        """Read a decoded message."""
        fields.check_keys(wire, {"type", "id", "status"}, {"detail"})
        detail = fields.text(wire, "detail", longest=DETAIL_CHARS_MAX) if "detail" in wire else None
        return cls(fields.text(wire, "id"), fields.one_of(wire, "status", COMMAND_STATUSES), detail)


DeviceMessage = Hello | Open | Data | MotionData | LiveHint | Skip | CommandAck | Report | Ping


def read_data(wire: Wire) -> Data | MotionData:
    """Read a decoded `data`, whose fields say of which kind its stream is."""
    return MotionData.read(wire) if "angles" in wire else Data.read(wire)


FROM_DEVICE: dict[str, Callable[[Wire], DeviceMessage]] = {
    Data.type: read_data,
    **{kind.type: kind.read for kind in (Hello, Open, LiveHint, Skip, CommandAck, Report, Ping)},
}
