"""What crews say on their tablets and the hub answers, a record a kind; docs/protocol.md describes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from hub.protocol import fields
from hub.protocol.fields import Wire
from hub.protocol.limits import REPORT_ID_CHARS_MAX

REPORT_STATUSES = frozenset({"done", "refused"})


@dataclass(slots=True)
class Report:
    """Something that a crew did or said; `body` stays as it came, `report_bodies` reads it."""

    type: ClassVar[str] = "report"
    id: str  # drawn by the device: a repeat gets the first answer
    kind: str
    at: int  # when it happened, by the device's clock, µs since 1970
    sent_at: int  # the same clock when this message left
    body: Wire = field(default_factory=dict)

    def wire(self) -> Wire:
        """Return the message as the codec writes it."""
        return {
            "type": self.type,
            "id": self.id,
            "kind": self.kind,
            "at": self.at,
            "sent_at": self.sent_at,
            "body": self.body,
        }

    @classmethod
    def read(cls, wire: Wire) -> Report:
        """Read a decoded message."""
        fields.check_keys(wire, {"type", "id", "kind", "at", "sent_at", "body"})
        return cls(
            fields.text(wire, "id", longest=REPORT_ID_CHARS_MAX),
            fields.text(wire, "kind"),
            fields.instant(wire, "at"),
            fields.instant(wire, "sent_at"),
            fields.mapping(wire["body"], "body"),
        )


@dataclass(slots=True)
class ReportAck:
    """What became of a report: it is committed, whichever it is."""

    type: ClassVar[str] = "report_ack"
    id: str
    status: str
    code: str | None = None  # of a refusal
    detail: str | None = None  # of a refusal
    state: Wire | None = None  # of a refusal: how it stands with what the report was about

    def wire(self) -> Wire:
        """Return the message as the codec writes it."""
        wire: Wire = {"type": self.type, "id": self.id, "status": self.status}
        given = {"code": self.code, "detail": self.detail, "state": self.state}
        return wire | {name: value for name, value in given.items() if value is not None}

    @classmethod
    def read(cls, wire: Wire) -> ReportAck:
        """Read a decoded message."""
        fields.check_keys(wire, {"type", "id", "status"}, {"code", "detail", "state"})
        return cls(
            fields.text(wire, "id"),
            fields.one_of(wire, "status", REPORT_STATUSES),
            fields.text(wire, "code") if "code" in wire else None,
            fields.text(wire, "detail") if "detail" in wire else None,
            fields.mapping(wire["state"], "state") if "state" in wire else None,
        )
