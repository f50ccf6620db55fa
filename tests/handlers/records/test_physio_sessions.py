"""A physiotherapy session beside its record: targets by its exercise, the rest pose, repetitions, who ended it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest

from tests.handlers.records.rig import TOMORROW, Desk, refused
from tests.hub.motion.ward import KNEE, Ward

EXERCISE = {"name": "Heel slides", "target_reps": 12, "target_angle": 95.0, "day_of_week": 1}


@pytest.fixture
async def plan(desk: Desk) -> UUID:
    """An active plan of DR for PT."""
    await desk.book()
    people = {"patient_id": desk.world.users["PT"], "created_by": desk.world.users["DR"]}
    made: UUID = await desk.insert(
        "workout_plans", **people, joint=KNEE, start_date=TOMORROW.date() - timedelta(days=4), status="active"
    )
    return made


@pytest.fixture
async def ward(desk: Desk) -> Ward:
    """PT with the sensor PX."""
    await desk.insert("physio_devices", id=desk.world.devices["PX"], patient_id=desk.world.users["PT"])
    return Ward(desk.connection, desk.world.users["PT"], desk.world.users["DR"], desk.world.devices["PX"])


async def test_a_session_at_home_has_the_targets_of_its_exercise_and_the_own_sensor(
    desk: Desk, plan: UUID, ward: Ward
) -> None:
    exercise = await desk.insert("plan_exercises", plan_id=plan, **EXERCISE)
    given = {"plan_id": str(plan), "exercise_id": str(exercise)}
    at = (TOMORROW + timedelta(hours=5)).isoformat()
    made = await desk.add("physio_sessions", "PT", scheduled_at=at, **given)
    assert made.status == 201, made
    told = {name: made.json[name] for name in ("joint", "target_angle", "target_reps", "device_id", "supervised")}
    assert told == {
        "joint": KNEE,
        "target_angle": 95.0,
        "target_reps": 12,
        "device_id": ward.device_id,
        "supervised": False,
    }


async def test_an_exercise_is_of_the_plan(desk: Desk, plan: UUID) -> None:
    other = await desk.insert(
        "workout_plans",
        patient_id=desk.world.users["PT"],
        created_by=desk.world.users["DR"],
        joint=KNEE,
        start_date=TOMORROW.date(),
    )
    exercise = await desk.insert("plan_exercises", plan_id=other, **EXERCISE)
    given = {"plan_id": str(plan), "exercise_id": str(exercise), "scheduled_at": TOMORROW.isoformat()}
    assert refused(await desk.add("physio_sessions", "PT", **given)) == (422, "invalid_value", "exercise_id")


async def test_a_new_target_reaches_the_sensor_and_the_record(desk: Desk, ward: Ward) -> None:
    await desk.book()
    key = await ward.begun(target_angle=90.0, target_reps=10)
    assert (await desk.change(f"physio_sessions/{key}", "DR", target_angle=100.0)).status == 200
    items = (await desk.get(f"physio_sessions/{key}/targets", "PT")).json["items"]
    assert [(one["joint"], one["target_angle"], one["target_reps"]) for one in items] == [
        (KNEE, 90.0, 10),
        (KNEE, 100.0, 10),
    ]
    assert (items[0]["since"], items[1]["since"] > datetime.now(UTC).isoformat()) == (None, True)
    commands = await desk.connection.fetch("SELECT kind, body ->> 'target_angle' AS angle FROM device_commands")
    assert [(row["kind"], row["angle"]) for row in commands] == [("session_start", "90"), ("session_target", "100")]


async def test_pain_is_for_the_patient_to_say(desk: Desk, ward: Ward) -> None:
    await desk.book()
    path = f"physio_sessions/{await ward.begun()}"
    changed = await desk.change(path, "PT", pain_before=4, pain_after=2)
    assert (changed.json["pain_before"], changed.json["pain_after"]) == (4, 2)
    assert refused(await desk.change(path, "PT", pain_after=11))[1:] == ("invalid_value", "pain_after")
    assert refused(await desk.change(path, "DR", pain_after=0))[1:] == ("field_forbidden", "pain_after")
    assert refused(await desk.change(path, "PT", target_reps=1))[1:] == ("field_forbidden", "target_reps")


@pytest.mark.parametrize(("who", "by"), [("PX", "device"), ("PT", "person"), ("DR", "person")])
async def test_who_ended_a_session_is_told(desk: Desk, ward: Ward, who: str, by: str) -> None:
    key = await ward.begun()
    assert (await desk.change(f"physio_sessions/{key}", who, status="completed")).status == 200
    assert await ward.status(key) == ("completed", by)


@pytest.mark.parametrize("who", ["PT", "DR", "PX"])
async def test_the_rest_pose_is_taken_from_what_is_measured(desk: Desk, ward: Ward, who: str) -> None:
    key = await ward.begun()
    await ward.store(
        await ward.stream(key), np.full((1, 100), 7.254, np.float32), datetime.now(UTC) - timedelta(seconds=2)
    )
    taken = await desk.call("POST", f"physio_sessions/{key}/rest", who)
    assert (taken.status, taken.json) == (200, {"items": [{"joint": KNEE, "rest_angle": 7.25}]})
    assert (await desk.get(f"physio_sessions/{key}", "PT")).json["rest_angle"] == 7.25
    entry = await desk.connection.fetchrow("SELECT * FROM audit_log WHERE action = 'physio_sessions.U.calibrate'")
    assert entry is not None
    assert (entry["entity_id"], entry["patient_id"]) == (str(key), ward.patient_id)


async def test_nobody_else_calibrates_nor_anybody_without_a_sensor(desk: Desk, ward: Ward) -> None:
    key = await ward.begun()
    path = f"physio_sessions/{key}/rest"
    assert refused(await desk.call("POST", path, "PT"))[:2] == (409, "conflict")
    assert (await desk.call("POST", path, "PT closed")).status == 404
    assert (await desk.call("POST", path, "RC")).status == 403
    assert (await desk.call("POST", f"physio_sessions/{uuid4()}/rest", "PT")).status == 404
    await desk.change(f"physio_sessions/{key}", "PT", status="completed")
    assert refused(await desk.call("POST", path, "PT"))[:2] == (409, "conflict")


async def test_repetitions_come_in_their_order_with_all_that_is_known(desk: Desk, ward: Ward) -> None:
    key = await ward.begun()
    stream = await ward.stream(key)
    began = datetime.now(UTC) - timedelta(seconds=30)
    values: dict[str, Any] = {"peak_angle": 89.99, "range_deg": 88.5, "hold_s": 0.25, "out_s": 1.5, "back_s": 1.25}
    for number in (2, 1):
        at = began + timedelta(seconds=5 * number)
        await desk.connection.execute(
            "INSERT INTO motion_repetitions (stream_id, joint, number, first_seq, last_seq, started_at, peak_at,"
            " ended_at, peak_angle, range_deg, hold_s, out_s, back_s, valid, smoothness)"
            " VALUES ($1, $2, $3, $4, $5, $6, $6, $6, $7, $8, $9, $10, $11, $12, 0.48)",
            *(stream, KNEE, number, number * 10, number * 10 + 5, at, *values.values(), number == 1),
        )
    items = (await desk.get(f"physio_sessions/{key}/repetitions", "PT")).json["items"]
    assert [(one["number"], one["valid"], one["source"]) for one in items] == [
        (1, True, "counted"),
        (2, False, "counted"),
    ]
    assert {name: items[0][name] for name in values} == values
    assert (await desk.get(f"physio_sessions/{key}/repetitions", "PT closed")).status == 404
    assert (await desk.get(f"physio_sessions/{key}/repetitions", "PX")).status == 403
