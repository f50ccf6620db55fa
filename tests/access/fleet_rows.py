"""Ambulances, the calls for them, and who drives to whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.access.people import AMBULANCES, mark, uid
from tests.access.rows import Row, row

LONG_AGO = timedelta(minutes=10)  # a call of now is another one
DOING = {
    "live": "en_route",
    "free": "dispatched",  # it is asked to take a call
    "cleared": "available",
    "elsewhere": "transporting",
}
# name: patient, ambulance, destination, status of the request, status of the assignment
REQUESTS: dict[str, tuple[str | None, str, str, str, str]] = {
    "pat-request": ("pat", "live", "north", "assigned", "en_route"),
    "called-request": ("called", "cleared", "north", "completed", "cleared"),
    "south-request": (None, "elsewhere", "south", "transporting", "transporting"),
    "offered-request": ("offered", "free", "north", "queued", "offered"),
}


def rows(now: datetime) -> Iterator[Row]:
    """Yield the rows in an order in which they can be stored."""
    for name, (patient, ambulance, place, status, stage) in REQUESTS.items():
        texts = ("destination", "caller", "callback_number", "complaint", "location_note", "notes")
        yield row(
            "ambulance_requests",
            name,
            patient_id=uid(patient) if patient else None,
            ambulance_id=None if stage == "offered" else AMBULANCES[ambulance],
            destination_facility_id=uid(place),
            status=status,
            requested_at=now - LONG_AGO,
            closed_at=now if status == "completed" else None,
            **{column: mark(name, column) for column in texts},
        )
        yield row(
            "assignments",
            f"{name}-unit",
            request_id=uid(name),
            ambulance_id=AMBULANCES[ambulance],
            status=stage,
            offered_at=now,
            cleared_at=now if stage == "cleared" else None,
        )


def ambulances() -> Iterator[Row]:
    """Yield the ambulances, which tablets and requests refer to."""
    for name, number in AMBULANCES.items():
        yield row(
            "ambulances",
            name,
            id=number,
            plate_number=mark(name, "plate_number"),
            driver_name=mark(name, "driver_name"),
            status=DOING[name],
        )
