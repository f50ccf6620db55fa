"""Appointments: who may bring a patient into a doctor's care."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from tests.handlers.records.rig import TOMORROW, Desk
from tests.handlers.rig import Answer


async def _book(desk: Desk, patient: str, who: str = "DR elsewhere", place: str = "south") -> Answer:
    body = {"patient_id": patient, "facility_id": desk.place(place)}
    at = (TOMORROW + timedelta(days=3)).isoformat()
    return await desk.add("appointments", who, **body, scheduled_at=at)


async def test_a_doctor_books_whom_doctor_or_facility_know_and_nobody_else(desk: Desk) -> None:
    refused = [await _book(desk, patient) for patient in (desk.user("PT"), str(uuid4()))]
    for answer in refused:  # the same for a stranger as for nobody
        assert (answer.status, answer.code, answer.json["field"]) == (422, "invalid_value", "patient_id")
        assert answer.json["detail"] == refused[0].json["detail"]
    assert (await desk.get(f"patients/{desk.user('PT')}", "DR elsewhere")).status == 404
    # An ambulance brought the patient to the other facility, so that its doctor may go on.
    assert (await _book(desk, desk.user("PT"), "DR", "north")).status == 201


async def test_broken_glass_does_not_grow_into_care(desk: Desk) -> None:
    look = {"patient_id": desk.user("PT"), "reason": "brought in unconscious", "minutes": 5}
    assert (await desk.add("break_glass", "DR elsewhere", **look)).status == 201
    assert (await desk.get(f"patients/{desk.user('PT')}", "DR elsewhere")).status == 200
    assert (await _book(desk, desk.user("PT"))).status == 422
