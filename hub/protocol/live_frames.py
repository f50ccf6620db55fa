"""What the hub says on `/ws/live`, a record a kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from hub.errors import Malformed
from hub.protocol import fields
from hub.protocol.fields import Wire
from hub.protocol.hub_frames import Error
from hub.protocol.ping import Pong

Rows = dict[str, list[list[object]]]
Keys = dict[str, list[int]]


@dataclass(slots=True)
class LiveWelcome:
    """The hub's first message to a viewer."""

    type: ClassVar[str] = "welcome"
    session: str
    heartbeat_s: float
    server_time: int

    def wire(self) -> Wire:
        """Return the message as the codec writes it."""
        return {
            "type": self.type,
            "session": self.session,
            "heartbeat_s": self.heartbeat_s,
            "server_time": self.server_time,
        }

    @classmethod
    def read(cls, wire: Wire) -> LiveWelcome:
        """Read a decoded message."""
        fields.check_keys(wire, {"type", "session", "heartbeat_s", "server_time"})
        return cls(
            fields.text(wire, "session"),
            fields.number(wire, "heartbeat_s", low=0.0, high=3600.0),
            fields.instant(wire, "server_time"),
        )


@dataclass(slots=True)
class Snapshot:
    """A channel's whole state at one offset: the rows of each table, their first element the key."""

    type: ClassVar[str] = "snapshot"
    channel: str
    epoch: str
    offset: int
    server_time: int
    set: Rows

    def wire(self) -> Wire:
        """Return the message as the codec writes it."""
        return {
            "type": self.type,
            "channel": self.channel,
            "epoch": self.epoch,
            "offset": self.offset,
            "server_time": self.server_time,
            "set": self.set,
        }

    @classmethod
    def read(cls, wire: Wire) -> Snapshot:
        """Read a decoded message; rows are taken as the hub sent them."""
        fields.check_keys(wire, {"type", "channel", "epoch", "offset", "server_time", "set"})
        return cls(
            fields.text(wire, "channel"),
            fields.text(wire, "epoch"),
            fields.whole(wire, "offset"),
            fields.instant(wire, "server_time"),
            _rows(wire.get("set", {})),
        )


@dataclass(slots=True)
class Delta:
    """What changed in a channel after `base` and up to `offset`."""

    type: ClassVar[str] = "delta"
    channel: str
    epoch: str
    base: int
    offset: int
    server_time: int
    set: Rows = field(default_factory=dict)
    removed: Keys = field(default_factory=dict)

    def wire(self) -> Wire:
        """Return the message as the codec writes it; empty parts are left out."""
        wire: Wire = {
            "type": self.type,
            "channel": self.channel,
            "epoch": self.epoch,
            "base": self.base,
            "offset": self.offset,
            "server_time": self.server_time,
        }
        if self.set:
            wire["set"] = self.set
        if self.removed:
            wire["removed"] = self.removed
        return wire

    @classmethod
    def read(cls, wire: Wire) -> Delta:
        """Read a decoded message; rows are taken as the hub sent them."""
        fields.check_keys(
            wire, {"type", "channel", "epoch", "base", "offset", "server_time"}, frozenset({"set", "removed"})
        )
        return cls(
            fields.text(wire, "channel"),
            fields.text(wire, "epoch"),
            fields.whole(wire, "base"),
            fields.whole(wire, "offset"),
            fields.instant(wire, "server_time"),
            _rows(wire.get("set", {})),
            _keys(wire.get("removed", {})),
        )


@dataclass(slots=True)
class Part:
    """Some rows of the snapshot or delta of this channel that follows: first what goes, then what comes."""

    type: ClassVar[str] = "part"
    channel: str
    set: Rows = field(default_factory=dict)
    removed: Keys = field(default_factory=dict)

    def wire(self) -> Wire:
        """Return the message as the codec writes it; empty parts are left out."""
        wire: Wire = {"type": self.type, "channel": self.channel}
        if self.set:
            wire["set"] = self.set
        if self.removed:
            wire["removed"] = self.removed
        return wire

    @classmethod
    def read(cls, wire: Wire) -> Part:
        """Read a decoded message; rows are taken as the hub sent them."""
        fields.check_keys(wire, {"type", "channel"}, frozenset({"set", "removed"}))
        return cls(fields.text(wire, "channel"), _rows(wire.get("set", {})), _keys(wire.get("removed", {})))


@dataclass(slots=True)
class Events:
    """What happened in an event channel after `base` and up to `offset`: offset, time, kind and body of each."""

    type: ClassVar[str] = "events"
    channel: str
    epoch: str
    base: int
    offset: int
    server_time: int
    events: list[list[object]]

    def wire(self) -> Wire:
        """Return the message as the codec writes it."""
        return {
            "type": self.type,
            "channel": self.channel,
            "epoch": self.epoch,
            "base": self.base,
            "offset": self.offset,
            "server_time": self.server_time,
            "events": self.events,
        }

    @classmethod
    def read(cls, wire: Wire) -> Events:
        """Read a decoded message; bodies are taken as the hub sent them."""
        fields.check_keys(wire, {"type", "channel", "epoch", "base", "offset", "server_time", "events"})
        events = wire["events"]
        if type(events) is not list or any(type(event) is not list or len(event) != 4 for event in events):
            raise Malformed("events holds arrays of offset, time, kind and body", field="events")
        return cls(
            fields.text(wire, "channel"),
            fields.text(wire, "epoch"),
            fields.whole(wire, "base"),
            fields.whole(wire, "offset"),
            fields.instant(wire, "server_time"),
            events,
        )


def _rows(value: object) -> Rows:
    tables: Rows = {}
    for table, rows in fields.mapping(value, "set").items():
        if type(rows) is not list or any(type(row) is not list for row in rows):
            raise Malformed("set holds arrays of rows", field="set")
        tables[table] = rows
    return tables


def _keys(value: object) -> Keys:
    tables: Keys = {}
    for table, keys in fields.mapping(value, "removed").items():
        if type(keys) is not list or any(type(key) is not int for key in keys):
            raise Malformed("removed holds arrays of ids", field="removed")
        tables[table] = keys
    return tables


LiveMessage = LiveWelcome | Snapshot | Delta | Part | Events | Pong | Error

FROM_LIVE: dict[str, Callable[[Wire], LiveMessage]] = {
    kind.type: kind.read for kind in (LiveWelcome, Snapshot, Delta, Part, Events, Pong, Error)
}
