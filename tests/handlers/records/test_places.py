"""Facilities, who works there and when, and what is booked there."""

from __future__ import annotations

from datetime import timedelta

from tests.handlers.records.rig import TOMORROW, Desk, refused


async def test_a_facility_changes_its_own_number_and_no_others(desk: Desk) -> None:
    assert (await desk.change(f"facilities/{desk.place('north')}", "SA", phone="12")).json["phone"] == "12"
    assert refused(await desk.change(f"facilities/{desk.place('south')}", "SA", phone="12"))[:2] == (403, "forbidden")
    assert refused(await desk.change(f"facilities/{desk.place('north')}", "SA", name="x"))[1:] == (
        "field_forbidden",
        "name",
    )
    assert refused(await desk.remove(f"facilities/{desk.place('north')}", "AD"))[:2] == (409, "conflict")


async def test_everybody_may_know_which_facilities_there_are(desk: Desk) -> None:
    listed = await desk.hub.call("GET", "/api/v1/facilities")
    assert listed.status == 200
    assert "created_at" not in listed.json["items"][0]


async def test_a_doctor_is_brought_to_a_facility_once_and_leaves_without_bookings(desk: Desk) -> None:
    doctor = desk.user("DR elsewhere")
    made = await desk.add("doctor_facilities", "SA", doctor_id=doctor)
    assert (made.status, made.json["facility_id"]) == (201, desk.place("north"))
    assert refused(await desk.add("doctor_facilities", "SA", doctor_id=doctor))[:2] == (409, "conflict")
    unknown = desk.user("PT")
    assert refused(await desk.add("doctor_facilities", "SA", doctor_id=unknown)) == (422, "invalid_value", "doctor_id")
    appointment = await desk.book(doctor="DR elsewhere")
    path = f"doctor_facilities/{made.json['id']}"
    refusal = await desk.remove(path, "SA")
    assert (refusal.status, refusal.json["detail"]) == (409, "the doctor has bookings to come at this facility")
    await desk.change(f"appointments/{appointment}", "SA", status="cancelled")
    assert (await desk.remove(path, "SA")).status == 204


async def test_a_doctor_keeps_their_windows_where_they_work(desk: Desk) -> None:
    window = {"day_of_week": 1, "start_time": "09:00:00", "end_time": "13:00:00"}
    made = await desk.add("doctor_schedules", "DR", facility_id=desk.place("north"), **window)
    assert (made.status, made.json["doctor_id"], made.json["start_time"]) == (201, desk.user("DR"), "09:00:00")
    elsewhere = await desk.add("doctor_schedules", "DR", facility_id=desk.place("south"), **window)
    assert refused(elsewhere) == (422, "invalid_value", "doctor_id")
    mine = await desk.add(
        "doctor_schedules", "DR", facility_id=desk.place("north"), doctor_id=desk.user("DR"), **window
    )
    assert refused(mine) == (403, "field_forbidden", "doctor_id")
    path = f"doctor_schedules/{made.json['id']}"
    assert refused(await desk.change(path, "DR", end_time="09:00:00")) == (422, "invalid_value", "end_time")
    assert (await desk.change(path, "SA", day_of_week=2)).json["day_of_week"] == 2
    assert set((await desk.get(path, "PT")).json) == {
        *("id", "doctor_id", "facility_id"),
        *("day_of_week", "start_time", "end_time"),
    }
    assert (await desk.remove(path, "RC")).status == 403
    assert (await desk.remove(path, "DR")).status == 204


async def test_a_patient_books_for_themself_and_not_in_the_past(desk: Desk) -> None:
    booked = {"doctor_id": desk.user("DR"), "facility_id": desk.place("north")}
    made = await desk.add("appointments", "PT", scheduled_at=TOMORROW.isoformat(), **booked)
    assert (made.status, made.json["patient_id"], made.json["status"]) == (201, desk.user("PT"), "scheduled")
    past = (TOMORROW - timedelta(days=2)).isoformat()
    assert refused(await desk.add("appointments", "PT", scheduled_at=past, **booked))[::2] == (422, "scheduled_at")
    again = await desk.add("appointments", "PT closed", scheduled_at=TOMORROW.isoformat(), **booked)
    assert (again.status, again.json["detail"]) == (409, "the doctor has another appointment at this time")
    there = {"doctor_id": desk.user("DR"), "facility_id": desk.place("south")}
    assert refused(await desk.add("appointments", "PT", scheduled_at=TOMORROW.isoformat(), **there))[::2] == (
        422,
        "doctor_id",
    )


async def test_a_patient_cancels_and_reschedules_and_no_more(desk: Desk) -> None:
    path = f"appointments/{await desk.book()}"
    later = (TOMORROW + timedelta(hours=3)).isoformat()
    assert (await desk.change(path, "PT", scheduled_at=later)).status == 200
    assert refused(await desk.change(path, "PT", status="completed"))[:2] == (409, "conflict")
    assert refused(await desk.change(path, "PT", notes="x")) == (403, "field_forbidden", "notes")
    assert (await desk.change(path, "PT", status="cancelled")).json["status"] == "cancelled"
    assert refused(await desk.change(path, "PT", scheduled_at=later[:-6] + "+01:00"))[:2] == (409, "conflict")


async def test_an_appointment_of_yesterday_is_still_completed_and_noted(desk: Desk) -> None:
    path = f"appointments/{await desk.book(scheduled_at=TOMORROW - timedelta(days=2))}"
    changed = await desk.change(path, "DR", status="completed", notes="better")
    assert (changed.status, changed.json["notes"]) == (200, "better")
    assert (await desk.get(path, "RC")).json.get("notes", "absent") == "absent"
    row = await desk.connection.fetchrow("SELECT * FROM audit_log WHERE action = 'appointments.U'")
    assert row is not None
    assert (row["patient_id"], '"to": "completed"' in row["detail"], "better" in row["detail"]) == (
        *(desk.world.users["PT"], True),
        False,
    )


async def test_a_time_zone_is_one_that_exists(desk: Desk) -> None:
    path = f"facilities/{desk.place('north')}"
    assert refused(await desk.change(path, "AD", time_zone="Moon/Crater"))[1:] == ("invalid_value", "time_zone")
    assert (await desk.change(path, "AD", time_zone="America/New_York")).json["time_zone"] == "America/New_York"
    new = {"name": "Moon", "type": "clinic", "time_zone": "Moon/Crater"}
    assert refused(await desk.add("facilities", "AD", **new))[1:] == ("invalid_value", "time_zone")
