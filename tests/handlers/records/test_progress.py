"""Exercises, what is ticked off, and progress by day, as people ask for them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.handlers.records.rig import Desk, refused


def today() -> date:
    """Return the day in India, where the facilities of this world are."""
    return datetime.now(ZoneInfo("Asia/Kolkata")).date()


@pytest.fixture
async def plan_id(desk: Desk) -> str:
    """An active plan of DR for PT, of which an exercise is due today."""
    await desk.book()
    began = str(today() - timedelta(days=3))
    made = await desk.add(
        "workout_plans", "DR", patient_id=desk.user("PT"), joint="left_elbow_flexion", start_date=began
    )
    key: str = made.json["id"]
    answer = await desk.add("plan_exercises", "DR", plan_id=key, **asked(target_reps=10))
    assert answer.status == 201, answer
    assert (await desk.change(f"workout_plans/{key}", "DR", status="active")).status == 200
    return key


def asked(**values: Any) -> dict[str, Any]:
    """Return an exercise that is due today."""
    return {"name": "Bends", "target_reps": 5, "day_of_week": today().isoweekday(), **values}


async def exercise_of(desk: Desk, plan_id: str) -> str:
    """Return the plan's exercise."""
    [key] = await desk.ids(f"plan_exercises?plan_id={plan_id}", "PT")
    return key


async def test_an_exercise_carries_how_it_is_done(desk: Desk, plan_id: str) -> None:
    how = {
        "sets": 3,
        "hold_s": 5.0,
        "instructions": "Slowly.",
        "media_url": "https://media.test/a.mp4",
        "last_day": "2040-01-01",
    }
    made = await desk.add("plan_exercises", "DR", plan_id=plan_id, **asked(**how))
    assert made.status == 201, made
    assert {name: made.json[name] for name in how} == how
    path = f"plan_exercises/{made.json['id']}"
    assert (await desk.get(path, "PT")).json["instructions"] == "Slowly."
    for wrong in ({"media_url": "http://media.test/a.mp4"}, {"sets": 0}, {"hold_s": 601}):
        assert refused(await desk.change(path, "DR", **wrong))[:2] == (422, "invalid_value"), wrong


async def test_what_is_ticked_off_is_in_the_progress_at_once(desk: Desk, plan_id: str) -> None:
    body = {"exercise_id": await exercise_of(desk, plan_id), "day": str(today()), "reps": 10}
    made = await desk.add("exercise_ticks", "PT", **body)
    assert (made.status, made.json["patient_id"]) == (201, desk.user("PT"))
    [progress] = (await desk.get(f"rehab_progress?plan_id={plan_id}", "PT")).json["items"]
    assert (progress["completed_reps"], progress["self_reported_reps"], progress["compliance_rate"]) == (10, 10, 100.0)
    assert (progress["counted_to"], progress["time_zone"]) == (str(today()), "Asia/Kolkata")
    [day] = (await desk.get(f"rehab_days?day_from={today()}", "DR")).json["items"]
    assert [day[name] for name in ("due_reps", "done_reps", "fulfilled_reps", "average_angle")] == [10, 10, 10, None]
    path = f"exercise_ticks/{made.json['id']}"
    assert (await desk.change(path, "PT", reps=0)).status == 200
    [progress] = (await desk.get(f"rehab_progress?plan_id={plan_id}", "PT")).json["items"]
    assert (progress["completed_reps"], progress["compliance_rate"]) == (0, None)
    assert (await desk.get(path, "PT")).json["reps"] == 0
    assert refused(await desk.add("exercise_ticks", "PT", **body))[:2] == (409, "conflict")


@pytest.mark.parametrize(("days", "why"), [(1, "not begun"), (-8, "within a week"), (-5, "does not run")])
async def test_a_day_that_cannot_be_ticked_off_is_refused(desk: Desk, plan_id: str, days: int, why: str) -> None:
    exercise = await exercise_of(desk, plan_id)
    if days == -8:
        await desk.connection.execute("UPDATE workout_plans SET start_date = start_date - 30")
    day = str(today() + timedelta(days=days))
    answer = await desk.add("exercise_ticks", "PT", exercise_id=exercise, day=day, reps=3)
    assert refused(answer) == (422, "invalid_value", "day")
    assert why in answer.json["detail"]


async def test_nobody_else_ticks_off_and_nobody_by_a_plan_that_is_over(desk: Desk, plan_id: str) -> None:
    body = {"exercise_id": await exercise_of(desk, plan_id), "day": str(today()), "reps": 3}
    for who in ("DR", "RC", "AD", "PT closed"):
        assert (await desk.add("exercise_ticks", who, **body)).status == 403, who
    assert (await desk.change(f"workout_plans/{plan_id}", "DR", status="ended")).json["end_date"] == str(today())
    assert (await desk.add("exercise_ticks", "PT", **body)).status == 403


async def test_a_plan_does_not_begin_in_another_age(desk: Desk, plan_id: str) -> None:
    answer = await desk.change(f"workout_plans/{plan_id}", "DR", start_date="0202-01-01")
    assert refused(answer) == (422, "invalid_value", "start_date")
