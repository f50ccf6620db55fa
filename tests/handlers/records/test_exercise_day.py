"""What a patient is to do today: GET /exercise_day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.handlers.records.rig import Desk

KNEE = "right_knee_flexion"
IST = ZoneInfo("Asia/Kolkata")


async def plan(desk: Desk, today: date, **values: Any) -> UUID:
    """Store a plan of PT by DR that runs."""
    told = {"joint": KNEE, "start_date": today, "status": "active", **values}
    key: UUID = await desk.insert(
        "workout_plans", patient_id=desk.world.users["PT"], created_by=desk.world.users["DR"], **told
    )
    return key


async def exercise(desk: Desk, plan_id: UUID, day: int, **values: Any) -> UUID:
    """Store an exercise."""
    told = {"name": "Heel slides", "target_reps": 10, "day_of_week": day, **values}
    key: UUID = await desk.insert("plan_exercises", plan_id=plan_id, **told)
    return key


async def test_a_patient_sees_what_is_due_on_their_own_day_and_what_is_done_of_it(desk: Desk) -> None:
    today = datetime.now(IST).date()
    running = await plan(desk, today)
    due = await exercise(desk, running, today.isoweekday(), target_angle=90, media_url="https://example.org/a.png")
    other = await exercise(desk, running, today.isoweekday() % 7 + 1)
    await exercise(desk, running, today.isoweekday(), last_day=today - timedelta(days=1))
    await exercise(desk, await plan(desk, today, status="draft"), today.isoweekday())
    await exercise(desk, await plan(desk, today + timedelta(days=1)), today.isoweekday())
    patient = desk.world.users["PT"]
    await desk.insert("exercise_ticks", exercise_id=due, patient_id=patient, day=today, reps=4)
    answer = (await desk.get("exercise_day", "PT")).json
    assert (answer["day"], answer["time_zone"]) == (str(today), "Asia/Kolkata")
    assert [(one["id"], one["due"]) for one in sorted(answer["exercises"], key=lambda one: not one["due"])] == [
        (str(due), True),
        (str(other), False),
    ]
    [first] = [one for one in answer["exercises"] if one["due"]]
    assert (first["joint"], first["target_angle"], first["ticked_reps"]) == (KNEE, 90, 4)
    assert (first["day"], first["done_reps"], first["valid_reps"], first["partial_reps"]) == (str(today), 4, 0, 0)


async def test_sensors_at_home_are_told_with_whether_they_are_connected(desk: Desk) -> None:
    patient, now = desk.world.users["PT"], datetime.now(UTC)
    for name, seen, gone in (("near", now, None), ("off", now - timedelta(hours=1), None), ("revoked", now, now)):
        number = await desk.insert("devices", kind="physio", name=name, last_seen_at=seen, revoked_at=gone)
        await desk.insert("physio_devices", id=number, patient_id=patient, joints=[KNEE])
    answer = (await desk.get("exercise_day", "PT")).json
    assert [(one["name"], one["connected"], one["joints"]) for one in answer["sensors"]] == [
        ("near", True, [KNEE]),
        ("off", False, [KNEE]),
    ]
    assert answer["exercises"] == []


async def test_repetitions_of_todays_sessions_count_and_those_of_yesterday_do_not(desk: Desk) -> None:
    today = datetime.now(IST).date()
    running = await plan(desk, today - timedelta(days=7))
    key = await exercise(desk, running, today.isoweekday())
    noon = datetime(today.year, today.month, today.day, tzinfo=IST)
    for start in (noon, noon - timedelta(minutes=1)):
        session = await desk.insert(
            "physio_sessions",
            patient_id=desk.world.users["PT"],
            therapist_id=desk.world.users["DR"],
            plan_id=running,
            exercise_id=key,
            scheduled_at=start,
            started_at=start,
            ended_at=start,
            status="completed",
        )
        stream = await desk.insert(
            "streams", kind="sql", log_id=f"{session}".replace("-", ""), physio_session_id=session, joints=[KNEE]
        )
        for number, valid in enumerate((True, True, False), 1):
            await desk.connection.execute(
                "INSERT INTO motion_repetitions (stream_id, joint, number, first_seq, last_seq, valid)"
                " VALUES ($1, $2, $3, $4, $4, $5)",
                stream,
                KNEE,
                number,
                number,
                valid,
            )
    [one] = (await desk.get("exercise_day", "PT")).json["exercises"]
    assert (one["done_reps"], one["valid_reps"], one["partial_reps"]) == (2, 2, 1)


async def test_nobody_but_a_patient_has_such_a_day(desk: Desk) -> None:
    for who in ("DR", "RC", "AD", "PX"):
        assert (await desk.get("exercise_day", who)).status == 403
