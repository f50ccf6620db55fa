"""Calls, assignments and units as they are stored."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from storage.pool import Record

LatLon = tuple[float, float]  # latitude, longitude in degrees


class RequestRow(NamedTuple):
    """A call."""

    id: UUID
    patient_id: UUID | None
    ambulance_id: int | None
    pickup_location: LatLon | None
    destination: str | None
    requested_at: datetime
    status: str
    priority: int
    caller: str | None
    callback_number: str | None
    complaint: str | None
    location_note: str | None
    notes: str | None
    destination_facility_id: UUID | None
    destination_location: LatLon | None
    facility_id: UUID | None
    scheduled_for: datetime | None
    unserved_since: datetime | None
    cancel_reason: str | None
    duplicate_of: UUID | None
    created_by: UUID | None
    source: str
    closed_at: datetime | None
    version: int
    is_verified: bool
    back_entered: bool
    eta_at: datetime | None
    needs: str | None


class AssignmentRow(NamedTuple):
    """One ambulance asked to take one call, with the plate of the ambulance."""

    id: UUID
    request_id: UUID
    ambulance_id: int
    status: str
    offered_at: datetime
    offer_expires_at: datetime | None
    accepted_at: datetime | None
    en_route_at: datetime | None
    on_scene_at: datetime | None
    transporting_at: datetime | None
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
    offered_by: UUID | None
    version: int
    delivered_at: datetime | None
    seen_at: datetime | None
    moved_at: datetime | None
    scene_noticed_at: datetime | None
    left_noticed_at: datetime | None
    destination_noticed_at: datetime | None
    eta_at: datetime | None
    promised_at: datetime | None
    re_alerted_at: datetime | None
    skipped: list[str]
    decision_id: UUID | None
    plate_number: str


class UnitRow(NamedTuple):
    """An ambulance as a move looks at it."""

    id: int
    plate_number: str
    status: str


def request_of(record: Record) -> RequestRow:
    """Return a row of ambulance_requests."""
    values = dict(record.items())
    for name in ("pickup_location", "destination_location"):
        point = values[name]
        values[name] = None if point is None else (point[1], point[0])
    return RequestRow(**values)


def point_of(place: LatLon | None) -> tuple[float, float] | None:
    """Return a place as the driver takes a point, x first."""
    return None if place is None else (place[1], place[0])
