"""Physiotherapy: plans with their exercises, sessions by them, and the sensors that measure."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.handlers.records.rig import TOMORROW, Desk, refused

KNEE = "right_knee_flexion"
PLAN = {"joint": KNEE, "start_date": str((TOMORROW - timedelta(days=4)).date()), "notes": "slowly"}


@pytest.fixture
async def plan(desk: Desk) -> str:
    """The path of an active plan of DR for PT."""
    await desk.book()
    made = await desk.add("workout_plans", "DR", patient_id=desk.user("PT"), **PLAN)
    assert (made.status, made.json["status"], made.json["created_by"]) == (201, "draft", desk.user("DR"))
    path = f"workout_plans/{made.json['id']}"
    assert (await desk.change(path, "DR", status="active")).json["status"] == "active"
    return path


async def sensor(desk: Desk, patient: str | None, place: str = "north", **values: Any) -> int:
    """Store a sensor."""
    number: int = await desk.insert(
        "devices", kind="physio", name="sensor", facility_id=desk.world.facilities[place], **values
    )
    await desk.insert("physio_devices", id=number, patient_id=desk.world.users[patient] if patient else None)
    return number


async def test_a_plan_is_for_somebody_in_care(desk: Desk) -> None:
    refusal = await desk.add("workout_plans", "DR", patient_id=desk.user("PT"), **PLAN)
    assert refused(refusal)[:2] == (403, "forbidden")
    assert (await desk.add("workout_plans", "RC", patient_id=desk.user("PT"), **PLAN)).status == 403


async def test_a_draft_may_go_and_a_plan_only_ends(desk: Desk, plan: str) -> None:
    assert (await desk.remove(plan, "DR")).status == 403
    assert refused(await desk.change(plan, "DR", end_date="2020-01-01")) == (422, "invalid_value", "end_date")
    assert (await desk.change(plan, "DR", status="ended")).json["status"] == "ended"
    assert refused(await desk.change(plan, "DR", status="active"))[:2] == (409, "conflict")
    draft = (await desk.add("workout_plans", "DR", patient_id=desk.user("PT"), **PLAN)).json
    assert (await desk.remove(f"workout_plans/{draft['id']}", "DR")).status == 204


async def test_exercises_are_as_their_plan(desk: Desk, plan: str) -> None:
    body = {"plan_id": plan.partition("/")[2], "name": "Heel slides", "target_reps": 10, "day_of_week": 1}
    made = await desk.add("plan_exercises", "DR", **body)
    assert made.status == 201, made
    path = f"plan_exercises/{made.json['id']}"
    assert (await desk.get(path, "PT")).json == made.json
    assert (await desk.get(path, "PT closed")).status == 404
    assert (await desk.get(path, "RC")).status == 403
    assert (await desk.change(path, "DR", target_reps=12)).json["target_reps"] == 12
    assert (await desk.change(path, "PT", target_reps=1)).status == 403
    assert refused(await desk.add("plan_exercises", "DR elsewhere", **body))[0] == 403
    assert (await desk.remove(path, "DR")).status == 403  # its plan is no draft any more
    assert refused(await desk.change(path, "DR", day_of_week=8)) == (422, "invalid_value", "day_of_week")


async def test_progress_is_read_by_the_patient_and_their_doctor(desk: Desk, plan: str) -> None:
    for who, count in (("PT", 1), ("DR", 1), ("PT closed", 0), ("DR elsewhere", 0), ("AD", 0)):
        assert len(await desk.ids("rehab_progress", who)) == count, who
    assert (await desk.get("rehab_progress", "RC")).status == 403


async def test_a_desk_books_a_session_and_sees_its_time_alone(desk: Desk) -> None:
    number = await sensor(desk, "PT")
    people = {"patient_id": desk.user("PT"), "therapist_id": desk.user("DR")}
    made = await desk.add("physio_sessions", "RC", scheduled_at=TOMORROW.isoformat(), device_id=number, **people)
    assert (made.status, set(made.json)) == (201, {"id", "scheduled_at", "duration_min", "status"})
    path = f"physio_sessions/{made.json['id']}"
    stored = await desk.connection.fetchrow("SELECT * FROM physio_sessions")
    assert stored is not None
    assert (stored["facility_id"], stored["device_id"], stored["supervised"]) == (
        *(desk.world.facilities["north"], number),
        True,
    )
    given = {**people, "notes": "x", "scheduled_at": TOMORROW.isoformat()}
    assert refused(await desk.add("physio_sessions", "RC", **given)) == (403, "field_forbidden", "notes")
    later = (TOMORROW + timedelta(hours=1)).isoformat()
    assert (await desk.change(path, "RC", scheduled_at=later)).status == 200
    await desk.connection.execute("UPDATE physio_sessions SET status = 'in_progress'")
    assert refused(await desk.change(path, "RC", device_id=None))[:2] == (409, "conflict")
    assert refused(await desk.change(path, "RC", status="cancelled"))[:2] == (403, "field_forbidden")


@pytest.mark.parametrize(
    ("patient", "place", "fits"),
    [("PT", "south", True), (None, "north", True), (None, "south", False), ("PT closed", "north", False)],
)
async def test_a_sensor_is_the_patients_or_in_the_facilitys_cupboard(
    desk: Desk, patient: str | None, place: str, fits: bool
) -> None:
    number = await sensor(desk, patient, place)
    people = {"patient_id": desk.user("PT"), "therapist_id": desk.user("DR")}
    made = await desk.add("physio_sessions", "RC", scheduled_at=TOMORROW.isoformat(), device_id=number, **people)
    assert made.status == (201 if fits else 422), made


async def test_a_patient_exercises_at_home_by_their_own_active_plan(desk: Desk, plan: str) -> None:
    plan_id = plan.partition("/")[2]
    at = (TOMORROW + timedelta(hours=5)).isoformat()
    assert refused(await desk.add("physio_sessions", "PT", scheduled_at=at))[0] == 403
    assert refused(await desk.add("physio_sessions", "PT closed", scheduled_at=at, plan_id=plan_id))[0] == 403
    made = await desk.add("physio_sessions", "PT", scheduled_at=at, plan_id=plan_id)
    assert made.status == 201, made
    assert (made.json["therapist_id"], made.json["joint"], made.json["supervised"]) == (desk.user("DR"), KNEE, False)
    path = f"physio_sessions/{made.json['id']}"
    assert (await desk.change(path, "PT", status="in_progress")).json["started_at"] is not None
    done = await desk.change(path, "PT", status="completed", pain_after=3)
    assert (done.status, done.json["pain_after"], done.json["ended_at"] is not None) == (200, 3, True)
    assert (done.json["ended_by"], done.json["counted_at"]) == ("person", None)
    assert refused(await desk.change(path, "PT", status="in_progress"))[:2] == (409, "conflict")
    assert refused(await desk.change(path, "PT", notes="x"))[:2] == (403, "field_forbidden")
    noted = await desk.change(path, "DR", notes="well done", target_angle=95.5)
    assert (noted.json["notes"], noted.json["target_angle"]) == ("well done", 95.5)


async def test_a_sensor_starts_and_stops_the_session_that_it_is_bound_to(desk: Desk) -> None:
    people = {"patient_id": desk.world.users["PT"], "therapist_id": desk.world.users["DR"]}
    number = desk.world.devices["PX"]
    await desk.connection.execute("INSERT INTO physio_devices (id) VALUES ($1)", number)
    soon = await desk.insert("physio_sessions", **people, device_id=number, joint=KNEE, target_angle=90.0)
    late = TOMORROW + timedelta(days=3)
    later = await desk.insert("physio_sessions", **people, device_id=number, scheduled_at=late)
    other = await desk.insert("physio_sessions", **people, scheduled_at=late + timedelta(days=1))
    (seen,) = (await desk.get("physio_sessions", "PX")).json["items"]
    assert seen == {"id": str(soon), "joint": KNEE, "rest_angle": None, "target_angle": 90.0, "target_reps": None}
    for hidden in (later, other):
        assert (await desk.change(f"physio_sessions/{hidden}", "PX", status="in_progress")).status == 404
    path = f"physio_sessions/{soon}"
    assert (await desk.change(path, "PX", status="in_progress")).status == 200
    assert refused(await desk.change(path, "PX", status="cancelled"))[:2] == (409, "conflict")
    assert (await desk.change(path, "PX", status="completed")).status == 200
    assert await desk.connection.fetchval("SELECT status FROM physio_sessions WHERE id = $1", soon) == "completed"
    assert (await desk.get(path, "PX")).status == 404
