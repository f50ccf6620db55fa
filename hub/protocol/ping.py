"""Asking the hub whether it is there, on either socket: browsers cannot send WebSocket pings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hub.protocol import fields
from hub.protocol.fields import Wire


@dataclass(slots=True)
class Ping:
    """Somebody measures the way to the hub and the difference of the clocks; answered at once."""

    type: ClassVar[str] = "ping"
    id: int

    def wire(self) -> Wire:
        """Return the message as the codec writes it."""
        return {"type": self.type, "id": self.id}

    @classmethod
    def read(cls, wire: Wire) -> Ping:
        """Read a decoded message."""
        fields.check_keys(wire, {"type", "id"})
        return cls(fields.whole(wire, "id"))


@dataclass(slots=True)
class Pong:
    """The answer to a ping, with the hub's clock when it was read."""

    type: ClassVar[str] = "pong"
    id: int
    server_time: int

    def wire(self) -> Wire:
        """Return the message as the codec writes it."""
        return {"type": self.type, "id": self.id, "server_time": self.server_time}

    @classmethod
    def read(cls, wire: Wire) -> Pong:
        """Read a decoded message."""
        fields.check_keys(wire, {"type", "id", "server_time"})
        return cls(fields.whole(wire, "id"), fields.instant(wire, "server_time"))
