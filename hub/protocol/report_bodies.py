"""What each kind of report carries, as records: read from the body of a `report`, over the socket or over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, NamedTuple
from uuid import UUID

from hub.errors import BadInput, InvalidValue, Malformed
from hub.protocol import fields
from hub.protocol.fields import Wire
from hub.protocol.limits import ALARM_ID_CHARS_MAX, LATITUDE_MAX, LONGITUDE_MAX, REASON_CHARS_MAX, REPORT_TEXT_CHARS_MAX

STAGES: Final = frozenset({"en_route", "on_scene", "transporting", "at_destination", "cleared"})
DUTIES: Final = frozenset({"available", "out_of_service"})
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")  # a line may end


class Place(NamedTuple):
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Seen:
    """The offer is on the screen."""

    assignment: UUID


@dataclass(frozen=True, slots=True)
class Accept:
    """The crew takes the call."""

    assignment: UUID


@dataclass(frozen=True, slots=True)
class Decline:
    """The crew does not take the call."""

    assignment: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class StageReached:
    """The crew came to a stage of its call."""

    assignment: UUID
    stage: str
    no_transport: bool = False  # cleared from the scene: nobody was taken along


@dataclass(frozen=True, slots=True)
class DestinationChosen:
    """Where the patient is taken: in words, as a facility or as a place; what is None stays as it was."""

    assignment: UUID
    destination: str | None
    facility: UUID | None
    place: Place | None


@dataclass(frozen=True, slots=True)
class Duty:
    """The crew is on duty, or is not."""

    status: Literal["available", "out_of_service"]


@dataclass(frozen=True, slots=True)
class Sos:
    """The crew calls for help."""

    alarm: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Words:
    """Free text for the dispatchers."""

    text: str
    assignment: UUID | None


@dataclass(frozen=True, slots=True)
class MessageRead:
    """The crew has read what a dispatcher wrote."""

    message: UUID


Body = Seen | Accept | Decline | StageReached | DestinationChosen | Duty | Sos | Words | MessageRead


def read_body(report_id: str, kind: str, body: Wire) -> Body:
    """Return what a report says; raises `BadInput` with a sentence, but never for a call for help."""
    if kind == "sos":
        return read_sos(report_id, body)
    read = _READERS.get(kind)
    if read is None:
        raise InvalidValue(f"kind must be one of: {', '.join(sorted(KINDS))}", field="kind")
    return read(body)


def read_sos(report_id: str, body: Wire) -> Sos:
    """Return a call for help; it is never refused: whatever is wrong with it is left out."""
    try:
        alarm = fields.text(body, "alarm", longest=ALARM_ID_CHARS_MAX)
    except (BadInput, KeyError):
        alarm = report_id
    try:
        return Sos(alarm, _place(body))
    except BadInput:
        return Sos(alarm, None)


def _seen(body: Wire) -> Seen:
    fields.check_keys(body, {"assignment"})
    return Seen(_uuid(body, "assignment"))


def _accept(body: Wire) -> Accept:
    fields.check_keys(body, {"assignment"})
    return Accept(_uuid(body, "assignment"))


def _decline(body: Wire) -> Decline:
    fields.check_keys(body, {"assignment", "reason"})
    return Decline(_uuid(body, "assignment"), _text(body, "reason", REASON_CHARS_MAX))


def _stage(body: Wire) -> StageReached:
    fields.check_keys(body, {"assignment", "stage"}, {"no_transport"})
    no_transport = body.get("no_transport", False)
    if type(no_transport) is not bool:
        raise Malformed("no_transport must be true or false", field="no_transport")
    stage = fields.one_of(body, "stage", STAGES)
    if no_transport and stage != "cleared":
        raise InvalidValue("no_transport goes with the stage cleared", field="no_transport")
    return StageReached(_uuid(body, "assignment"), stage, no_transport)


def _destination(body: Wire) -> DestinationChosen:
    fields.check_keys(body, {"assignment"}, {"destination", "facility", "latitude", "longitude"})
    words = _text(body, "destination", REASON_CHARS_MAX) if "destination" in body else None
    facility = _uuid(body, "facility") if "facility" in body else None
    place = _place(body)
    if words is None and facility is None and place is None:
        raise InvalidValue("say where: destination, facility, or latitude and longitude", field="destination")
    return DestinationChosen(_uuid(body, "assignment"), words, facility, place)


def _duty(body: Wire) -> Duty:
    fields.check_keys(body, {"status"})
    status = fields.one_of(body, "status", DUTIES)
    return Duty("available" if status == "available" else "out_of_service")


def _message(body: Wire) -> Words:
    fields.check_keys(body, {"text"}, {"assignment"})
    assignment = _uuid(body, "assignment") if "assignment" in body else None
    return Words(_text(body, "text", REPORT_TEXT_CHARS_MAX), assignment)


def _read(body: Wire) -> MessageRead:
    fields.check_keys(body, {"message"})
    return MessageRead(_uuid(body, "message"))


def _place(body: Wire) -> Place | None:
    if "latitude" not in body and "longitude" not in body:
        return None
    if "latitude" not in body or "longitude" not in body:
        raise Malformed("latitude and longitude come together", field="latitude")
    return Place(
        fields.number(body, "latitude", low=-LATITUDE_MAX, high=LATITUDE_MAX),
        fields.number(body, "longitude", low=-LONGITUDE_MAX, high=LONGITUDE_MAX),
    )


def _uuid(body: Wire, name: str) -> UUID:
    try:
        return UUID(fields.text(body, name))
    except ValueError:
        raise InvalidValue(f"{name} must be an id that the hub gave", field=name) from None


def _text(body: Wire, name: str, longest: int) -> str:
    value = body[name]
    if type(value) is not str:
        raise Malformed(f"{name} must be a string", field=name)
    if not 1 <= len(value) <= longest or not value.strip() or _CONTROL.search(value):
        raise InvalidValue(f"{name} must have 1 to {longest} characters", field=name)
    return value


_READERS: Final[Mapping[str, Callable[[Wire], Body]]] = MappingProxyType(
    {
        "seen": _seen,
        "accept": _accept,
        "decline": _decline,
        "stage": _stage,
        "destination": _destination,
        "duty": _duty,
        "message": _message,
        "read": _read,
    }
)
KINDS: Final = frozenset(_READERS) | {"sos"}
