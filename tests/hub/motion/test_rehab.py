"""The days of plans: when they are over, when they begin, and whose work that is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.clock import Clock
from hub.dispatch.leading import Deposed, Leader
from hub.metrics import Metrics
from hub.motion import rehab
from hub.motion.recount import Recount
from hub.motion.rehab import Rehab, RehabRules
from storage.physio import progress
from storage.pool import Database, Transaction
from tests.hub.motion.ward import KNEE, StillClock, bends, ward
from tests.storage.physio.course import MONDAY, at, begin
from tests.storage.world import Connection, insert


def days_of(app: Database, clock: StillClock) -> tuple[Rehab, Leader]:
    """Return the work, and who has it."""
    leader = Leader(app, "west-1", Metrics(), work=rehab.WORK)
    return Rehab(leader, app, clock, RehabRules()), leader


async def test_a_day_counts_when_it_is_over_where_the_patient_lives(superuser: Connection, app_pool: Database) -> None:
    course = await begin(superuser, app_pool)
    await course.exercise(10, 1)
    clock = StillClock(at(MONDAY, 23, 59))
    days, leader = days_of(app_pool, clock)
    assert await leader.take()
    assert await days.turn() == 0
    assert (await course.total()).compliance is None
    clock.at += timedelta(minutes=1)
    assert [await days.turn(), await days.turn()] == [2, 0]  # the patient's other plan, too
    assert (await course.total()).compliance == 0.0


async def test_more_plans_than_one_transaction_takes_are_all_turned(
    superuser: Connection, app_pool: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehab, "PLANS_MAX", 1)
    await begin(superuser, app_pool)
    await begin(superuser, app_pool)
    days, leader = days_of(app_pool, StillClock(at(MONDAY + timedelta(days=1))))
    assert await leader.take()
    assert await days.turn() == 4


async def test_a_plan_that_was_never_worked_out_is(superuser: Connection, app_pool: Database) -> None:
    course = await begin(superuser, app_pool)
    await course.exercise(10, 1)
    await superuser.execute("UPDATE rehab_progress SET counted_to = NULL, time_zone = NULL")
    await superuser.execute("DELETE FROM rehab_days")
    days, leader = days_of(app_pool, StillClock(at(MONDAY)))
    assert await leader.take()
    assert [await days.turn(), await days.turn()] == [2, 0]
    await course.agree()


async def test_patients_are_told_once_what_is_due(superuser: Connection, app_pool: Database) -> None:
    course = await begin(superuser, app_pool)
    await course.exercise(10, 1)
    days, leader = days_of(app_pool, StillClock(at(MONDAY, 8, 1)))
    assert await leader.take()
    assert [await days.remind(), await days.remind()] == [1, 0]
    assert (
        await superuser.fetchval("SELECT user_id FROM notifications WHERE type = 'exercise_due'") == course.patient_id
    )


async def test_a_session_counts_for_its_plan_with_its_last_count_and_again_with_what_comes_late(
    superuser: Connection, reader: Database, app_pool: Database
) -> None:
    patient = await ward(superuser)
    today = datetime.now(ZoneInfo("Asia/Kolkata")).date()
    plan = {"patient_id": patient.patient_id, "created_by": patient.therapist_id, "joint": KNEE}
    key = await insert(superuser, "workout_plans", start_date=today - timedelta(days=1), **plan)
    began = datetime.now(UTC) - timedelta(minutes=10)
    session = await patient.begun(began, plan_id=key, target_angle=90.0)
    stream = await patient.stream(session)
    last = await patient.store(stream, bends(2), began)
    await superuser.execute("UPDATE physio_sessions SET status = 'completed' WHERE id = $1", session)
    recount = Recount(reader, app_pool, Clock())
    told = []
    for late in (None, bends(1, peak=60.0)):
        if late is not None:
            await patient.store(stream, late, began + timedelta(minutes=1), first=last + 1)
        assert await recount.count(session, free)
        told.append(await superuser.fetchrow("SELECT completed_reps, valid_reps, peak_angle_n FROM rehab_progress"))
        assert await progress.differences(app_pool, key) == []
    assert [tuple(row or ()) for row in told] == [(2, 2, 2), (3, 2, 3)]


async def free(transaction: Transaction) -> None:
    """Let everybody count."""


async def test_a_hub_without_the_lease_turns_nothing(superuser: Connection, app_pool: Database) -> None:
    await begin(superuser, app_pool)
    days, _ = days_of(app_pool, StillClock(at(MONDAY + timedelta(days=1))))
    for work in (days.turn, days.remind):
        with pytest.raises(Deposed):
            await work()
