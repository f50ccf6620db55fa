"""What viewers say on `/ws/live`, a record a kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from hub.errors import Malformed
from hub.protocol import fields
from hub.protocol.fields import Wire
from hub.protocol.filter import Filter
from hub.protocol.limits import CHANNEL_CHARS_MAX
from hub.protocol.ping import Ping


@dataclass(slots=True)
class Subscribe:
    """A viewer asks for a channel, from a position it still knows or from the start."""

    type: ClassVar[str] = "subscribe"
    channel: str
    epoch: str | None = None
    offset: int | None = None
    filter: Filter | None = None

    def wire(self) -> Wire:
        """Return the message as the codec writes it."""
        wire: Wire = {"type": self.type, "channel": self.channel}
        if self.epoch is not None and self.offset is not None:
            wire |= {"epoch": self.epoch, "offset": self.offset}
        if self.filter is not None:
            wire["filter"] = self.filter.wire()
        return wire

    @classmethod
    def read(cls, wire: Wire) -> Subscribe:
        """Read a decoded message."""
        fields.check_keys(wire, {"type", "channel"}, {"epoch", "offset", "filter"})
        if ("epoch" in wire) != ("offset" in wire):
            raise Malformed("epoch and offset go together", field="offset")
        return cls(
            fields.text(wire, "channel", longest=CHANNEL_CHARS_MAX),
            fields.text(wire, "epoch") if "epoch" in wire else None,
            fields.whole(wire, "offset") if "offset" in wire else None,
            Filter.read(fields.mapping(wire["filter"], "filter")) if "filter" in wire else None,
        )


@dataclass(slots=True)
class Unsubscribe:
    """A viewer gives a channel up."""

    type: ClassVar[str] = "unsubscribe"
    channel: str

    def wire(self) -> Wire:
        """Return the message as the codec writes it."""
        return {"type": self.type, "channel": self.channel}

    @classmethod
    def read(cls, wire: Wire) -> Unsubscribe:
        """Read a decoded message."""
        fields.check_keys(wire, {"type", "channel"})
        return cls(fields.text(wire, "channel", longest=CHANNEL_CHARS_MAX))


ViewerMessage = Subscribe | Unsubscribe | Ping

FROM_VIEWER: dict[str, Callable[[Wire], ViewerMessage]] = {
    kind.type: kind.read for kind in (Subscribe, Unsubscribe, Ping)
}
