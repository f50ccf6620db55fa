"""Calls and units for the tests of the pure parts of the engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hub.dispatch.picture import Picture
from hub.dispatch.unit import Place, Unit
from storage.dispatch.picture import AskedUnit, OpenRequest

START = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
SCENE = Place(18.52, 73.85)


def after(seconds: float) -> datetime:
    """Return a moment so long after START."""
    return START + timedelta(seconds=seconds)


def request(**given: Any) -> OpenRequest:
    """Return an open call, by default a critical one of START that nobody has seen yet."""
    row: dict[str, Any] = dict.fromkeys(OpenRequest._fields)
    row |= {"id": uuid4(), "status": "received", "priority": 1, "requested_at": START, "is_verified": True}
    row |= {"latitude": SCENE.latitude, "longitude": SCENE.longitude}
    return OpenRequest(**{**row, **given})


def asked(request_id: UUID, ambulance_id: int = 1, **given: Any) -> AskedUnit:
    """Return an assignment, by default an offer of the engine's at START."""
    row: dict[str, Any] = dict.fromkeys(AskedUnit._fields)
    row |= {"id": uuid4(), "request_id": request_id, "ambulance_id": ambulance_id, "status": "offered"}
    row |= {"offered_at": START}
    return AskedUnit(**{**row, **given})


def unit(number: int = 1, **given: Any) -> Unit:
    """Return a unit, by default a free one at the scene that has just reported."""
    row: dict[str, Any] = {"capability": "advanced", "status": "available", "place": SCENE, "fix_age_s": 0.0}
    return Unit(number, f"U-{number}", **{**row, **given})


def picture(
    at_s: float, calls: list[OpenRequest], offers: list[AskedUnit] | None = None, units: list[Unit] | None = None
) -> Picture:
    """Return what is seen so long after START."""
    by_request: dict[UUID, list[AskedUnit]] = {}
    for each in offers or []:
        by_request.setdefault(each.request_id, []).append(each)
    return Picture(
        after(at_s), {each.id: each for each in calls}, by_request, {each.id: each for each in units or [unit()]}
    )
