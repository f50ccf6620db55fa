"""What dispatchers are shown of calls, assignments, alerts and messages: the same on the board and on its channel.

The database writes these bodies (`dispatch_request_body` and its like in schema.sql); here they are typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

import msgspec

RequestStatus = Literal[
    "received",
    "queued",
    "assigned",
    "on_scene",
    "transporting",
    "at_destination",
    "completed",
    "cancelled",
    "duplicate",
]
AssignmentStatus = Literal[
    "offered",
    "accepted",
    "declined",
    "expired",
    "en_route",
    "on_scene",
    "transporting",
    "at_destination",
    "cleared",
    "cancelled",
    "diverted",
]
Capability = Literal["transport", "basic", "advanced", "neonatal"]
Severity = Literal["info", "warning", "alarm"]
AlertKind = Literal[
    "no_unit",
    "unanswered",
    "undelivered",
    "declined",
    "not_moving",
    "silent",
    "no_fix",
    "eta_slip",
    "at_scene",
    "left_scene",
    "at_destination",
    "stage_late",
    "unattended",
]

T = TypeVar("T", bound=msgspec.Struct)


class GeoPoint(msgspec.Struct):
    """A place on Earth, in degrees (WGS 84)."""

    latitude: float
    longitude: float


class UnitRef(msgspec.Struct):
    """An ambulance as other things name it."""

    id: int
    plate_number: str


class PatientRef(msgspec.Struct):
    """A patient as a call names them."""

    id: UUID
    name: str


class FacilityRef(msgspec.Struct):
    """A facility as a call names it."""

    id: UUID
    name: str


class DispatchRequest(msgspec.Struct):
    """A call as dispatchers see it; `eta_at` is when the unit that has it should be there."""

    id: UUID
    status: RequestStatus
    priority: int
    needs: Capability | None
    requested_at: datetime
    scheduled_for: datetime | None
    patient: PatientRef | None
    caller: str | None
    callback_number: str | None
    complaint: str | None
    location_note: str | None
    notes: str | None
    pickup_location: GeoPoint | None
    destination: str | None
    destination_facility: FacilityRef | None
    destination_location: GeoPoint | None
    ambulance: UnitRef | None
    eta_at: datetime | None
    unserved_since: datetime | None
    source: Literal["phone", "app", "desk", "radio"]
    is_verified: bool
    back_entered: bool
    cancel_reason: str | None
    duplicate_of: UUID | None
    closed_at: datetime | None
    version: int


class DispatchAssignment(msgspec.Struct):
    """One ambulance asked to take one call, with the time of each stage; a stage in `skipped` has none."""

    id: UUID
    request_id: UUID
    ambulance: UnitRef
    status: AssignmentStatus
    offered_at: datetime
    offer_expires_at: datetime | None
    delivered_at: datetime | None
    seen_at: datetime | None
    re_alerted_at: datetime | None
    accepted_at: datetime | None
    moved_at: datetime | None
    en_route_at: datetime | None
    scene_noticed_at: datetime | None
    on_scene_at: datetime | None
    left_noticed_at: datetime | None
    transporting_at: datetime | None
    destination_noticed_at: datetime | None
    at_destination_at: datetime | None
    cleared_at: datetime | None
    declined_at: datetime | None
    expired_at: datetime | None
    cancelled_at: datetime | None
    diverted_at: datetime | None
    decline_reason: str | None
    cancel_reason: str | None
    diverted_to: UUID | None
    no_transport: bool
    skipped: list[str]
    eta_at: datetime | None
    promised_at: datetime | None
    decision_id: UUID | None
    version: int


class DispatchAlert(msgspec.Struct):
    """Something that the hub noticed; an alarm stays on the board until somebody acknowledges it."""

    id: UUID
    kind: AlertKind
    severity: Severity
    request_id: UUID | None
    assignment_id: UUID | None
    ambulance: UnitRef | None
    raised_at: datetime
    resolved_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    facts: dict[str, Any]


class CrewMessage(msgspec.Struct):
    """Free text between dispatchers (`desk`) and the crew of an ambulance."""

    id: UUID
    ambulance: UnitRef
    assignment_id: UUID | None
    sender: Literal["crew", "desk"]
    name: str | None
    text: str
    sent_at: datetime
    received_at: datetime
    delivered_at: datetime | None
    read_at: datetime | None


def typed(body: object, shape: type[T]) -> T:
    """Return a body of the database as its type."""
    return msgspec.convert(body, shape)


def all_typed(bodies: Iterable[object], shape: type[T]) -> list[T]:
    """Return bodies of the database as their type."""
    return msgspec.convert(list(bodies), list[shape])  # type: ignore[valid-type]
