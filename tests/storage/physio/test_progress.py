"""Progress with plans: the formulas, local days, and that what is kept is what would be worked out."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from storage.physio import progress
from storage.pool import Database
from storage.sql import Query
from tests.storage import world
from tests.storage.physio.course import HIP, IST, KNEE, MONDAY, Course, at, begin, bends
from tests.storage.physio.ledger import Exercise, Session, Wanted
from tests.storage.world import Connection

TUESDAY, WEDNESDAY, SUNDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2), MONDAY + timedelta(days=6)
COUNTED = Query("UPDATE physio_sessions SET counted_at = now() WHERE id = $1", ("session_id",))
ZONES = (None, "Asia/Kolkata", "America/New_York", "Pacific/Kiritimati", "Europe/Berlin", "Asia/Kathmandu")


@pytest.fixture
async def course(superuser: Connection, app_pool: Database) -> Course:
    """A plan that begins on a Monday."""
    return await begin(superuser, app_pool)


async def test_a_plan_without_anything_due_has_no_compliance(course: Course) -> None:
    assert await course.total() == (0, 0, 0, 0.0, 0, None, None)
    await course.agree()


async def test_the_extra_of_monday_does_not_pay_for_wednesday(course: Course) -> None:
    await course.exercise(10, 1)
    await course.exercise(10, 3)
    await course.session(at(MONDAY), bends(18, 3))
    await course.reach(at(WEDNESDAY + timedelta(days=1)))
    total = await course.total()
    assert (total.completed, total.valid, total.compliance) == (21, 18, 50.0)
    await course.agree()


async def test_what_is_due_today_counts_once_it_is_done_or_the_day_is_over(course: Course) -> None:
    key = await course.exercise(10, 1)
    assert (await course.total()).compliance is None
    session = await course.session(at(MONDAY), bends(9), exercise=key)
    assert (await course.total()).compliance is None
    await course.count(session, bends(10))
    assert (await course.total()).compliance == 100.0
    await course.count(session, bends(4))
    assert (await course.total()).compliance is None
    await course.reach(at(TUESDAY, 0, 0))
    assert (await course.total()).compliance == 40.0
    await course.agree()


@pytest.mark.parametrize(
    ("started", "day"),
    [
        (at(MONDAY, 23, 50), MONDAY),
        (at(TUESDAY, 0, 10), TUESDAY),
        (datetime(2031, 3, 3, 18, 29, 59, tzinfo=UTC), MONDAY),
        (datetime(2031, 3, 3, 18, 30, tzinfo=UTC), TUESDAY),
    ],
    ids=["23-50", "00-10", "last-second", "first-second"],
)
async def test_a_session_belongs_to_the_local_day_on_which_it_started(
    course: Course, started: datetime, day: date
) -> None:
    await course.session(started, bends(2))
    assert list(await course.days()) == [day]
    await course.agree()


async def test_editing_a_target_does_not_rewrite_days_that_are_past(course: Course) -> None:
    await course.exercise(10, 1)
    await course.session(at(MONDAY), bends(10))
    await course.reach(at(WEDNESDAY))
    [exercise] = course.ledger.exercises
    await course.change(exercise, Wanted(40, 3))
    await course.change(exercise, Wanted(20, 3, WEDNESDAY))
    days = await course.days()
    assert (days[MONDAY].due, days[WEDNESDAY].due) == (10, 20)
    await course.change(exercise, Wanted(20, 3, MONDAY - timedelta(days=7)))  # it is not due any more
    assert list(await course.days()) == [MONDAY]
    assert (await course.total()).compliance == 100.0
    await course.agree()


async def test_an_exercise_of_a_plan_under_way_is_due_from_that_day(course: Course) -> None:
    await course.reach(at(SUNDAY))
    await course.exercise(5, 1)
    await course.reach(at(MONDAY + timedelta(days=8)))
    assert list(await course.days()) == [MONDAY + timedelta(days=7)]
    await course.agree()


async def test_what_is_ticked_off_counts_as_done_and_moves_no_angle(course: Course) -> None:
    key = await course.exercise(10, 1)
    await course.session(at(MONDAY), [(True, 80.0), (False, 61.0)], exercise=key)
    await course.tick(key, MONDAY, 9)
    total = await course.total()
    assert (total.completed, total.valid, total.ticked, total.compliance) == (11, 10, 9, 100.0)
    assert (total.average, total.peak_n) == (70.5, 2)
    await course.tick(key, MONDAY, 0)
    assert (await course.total()).compliance is None
    await course.agree()


async def test_sessions_for_no_exercise_fill_them_in_the_order_of_their_making(course: Course) -> None:
    keys = [await course.exercise(reps, 1) for reps in (5, 7, 3)]
    await course.session(at(MONDAY), bends(4), exercise=keys[1])
    await course.session(at(MONDAY, 12), bends(6), plan=None)
    assert (await course.days())[MONDAY][5:] == (15, 10, 5)  # 5 of 5, 4 + 1 of 7, 0 of 3
    await course.agree()


async def test_only_the_joint_the_plan_and_what_was_counted_at_the_end_count(course: Course) -> None:
    await course.session(at(MONDAY), bends(3), joint=HIP)
    await course.session(at(MONDAY, 10), bends(3), plan="other")
    running = await course.session(at(MONDAY, 11), bends(3), counted=False)
    await course.session(at(MONDAY - timedelta(days=1)), bends(3))
    assert await course.days() == {}
    await course.count(running, bends(2))
    assert (await course.total()).completed == 2
    await course.agree()


async def test_a_draft_asks_for_nothing_and_an_ended_plan_for_nothing_more(
    superuser: Connection, app_pool: Database
) -> None:
    course = await begin(superuser, app_pool, status="draft")
    await course.exercise(5, 1)
    await course.change(course.ledger.exercises[0], Wanted(6, 2))
    assert await course.days() == {}
    await course.set_plan(status="active")
    await course.reach(at(WEDNESDAY))
    assert {day: row.due for day, row in (await course.days()).items()} == {TUESDAY: 6}
    await course.set_plan(status="ended")
    assert course.ledger.end == WEDNESDAY
    await course.reach(at(SUNDAY + timedelta(days=14)))
    assert {day: row.due for day, row in (await course.days()).items()} == {TUESDAY: 6}
    await course.agree()


async def test_days_are_the_patients_else_the_facilitys_else_those_of_india(course: Course) -> None:
    async def zone() -> str:
        found: str = await course.db.fetchval("SELECT time_zone FROM rehab_progress WHERE plan_id = $1", course.plan_id)
        return found

    place, clinic = await world.facility(course.db), await world.facility(course.db)
    await course.db.execute("UPDATE facilities SET time_zone = 'Asia/Dubai' WHERE id = $1", clinic)
    assert await zone() == "Asia/Kolkata"
    await course.session(at(MONDAY, 0, 10), bends(2))
    await course.db.execute("UPDATE facilities SET time_zone = 'Europe/Berlin' WHERE id = $1", place)
    await world.insert(course.db, "doctor_facilities", doctor_id=course.doctor_id, facility_id=place)
    assert await zone() == "Europe/Berlin"
    await course.session(at(TUESDAY), bends(1), facility_id=clinic)
    assert await zone() == "Asia/Dubai"
    await course.db.execute("UPDATE facilities SET time_zone = 'Nowhere/Else' WHERE id = $1", clinic)
    assert await zone() == "Europe/Berlin"
    await course.move("America/New_York")
    assert await zone() == "America/New_York"
    assert list(await course.days()) == [MONDAY]  # ten past midnight in India was Sunday still
    await course.agree()


async def test_sessions_that_are_counted_at_once_all_count(course: Course) -> None:
    async def count(session: Session) -> None:
        async with course.app.transaction() as transaction:
            await transaction.execute(COUNTED, session_id=session.id)
            await progress.session_counted(transaction, session.id)

    sessions = [await course.session(at(MONDAY, hour), bends(3), counted=False) for hour in range(9, 13)]
    await asyncio.gather(*(count(session) for session in sessions))
    for session in sessions:
        session.counted = True
    assert (await course.total()).completed == 12
    await course.agree()


async def test_who_changes_a_plan_and_who_counts_for_it_never_wait_for_each_other(course: Course) -> None:
    async def count() -> None:
        async with course.app.transaction() as transaction:
            await progress.session_counted(transaction, session.id)

    session = await course.session(at(MONDAY), bends(3))
    async with asyncio.TaskGroup() as tasks, course.db.transaction():
        await course.db.execute("SELECT FROM workout_plans WHERE id = $1 FOR UPDATE", course.plan_id)
        tasks.create_task(count())
        async with asyncio.timeout(5):
            while not await course.db.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await course.db.execute("UPDATE workout_plans SET joint = $2 WHERE id = $1", course.plan_id, HIP)
    course.ledger.joint = HIP
    assert (await course.total()).completed == 0
    await course.agree()


async def test_what_was_written_behind_its_back_is_found_and_put_right(course: Course) -> None:
    await course.exercise(5, 1)
    await course.db.execute("UPDATE rehab_days SET due_reps = 6 WHERE plan_id = $1", course.plan_id)
    assert await progress.differences(course.app, course.plan_id) == [str(MONDAY)]
    await course.db.execute("UPDATE rehab_progress SET completed_reps = 6 WHERE plan_id = $1", course.plan_id)
    assert len(await progress.differences(course.app, course.plan_id)) == 2
    await progress.recompute(course.app, course.plan_id, at(MONDAY))
    await course.agree()
    assert await progress.plans(course.app, uuid4()) == []


async def test_what_is_due_is_told_from_eight_in_the_morning_once_unless_it_is_done(course: Course) -> None:
    async def told(now: datetime) -> int:
        async with course.app.transaction() as transaction:
            return await progress.notify_due(transaction, now, from_time=time(8), until_time=time(21))

    keys = [await course.exercise(5, 1) for _ in range(3)]
    await course.tick(keys[0], MONDAY, 5)
    assert [await told(at(MONDAY, 7, 59)), await told(at(MONDAY, 8)), await told(at(MONDAY, 9))] == [0, 1, 0]
    week = MONDAY + timedelta(days=7)
    assert [await told(at(TUESDAY, 9)), await told(at(week, 21)), await told(at(week, 20, 59))] == [0, 0, 1]
    rows = await course.db.fetch("SELECT user_id, type, message, expires_at FROM notifications ORDER BY sequence")
    assert [row["message"] for row in rows] == ["2 exercises are due today.", "3 exercises are due today."]
    assert (rows[0]["user_id"], rows[0]["type"]) == (course.patient_id, "exercise_due")
    assert rows[0]["expires_at"] == at(TUESDAY, 0)


@pytest.mark.parametrize("seed", range(8))
async def test_what_is_kept_is_what_would_be_worked_out(seed: int, superuser: Connection, app_pool: Database) -> None:
    chance = Random(seed)  # noqa: S311 - a story, no secret
    end = MONDAY + timedelta(days=20) if seed % 3 == 0 else None
    course = await begin(superuser, app_pool, end=end, status="draft" if seed % 4 == 1 else "active")
    clinic = await world.facility(superuser)
    now = at(MONDAY)
    for _ in range(35):
        now = await happen(course, chance, now, clinic)
        await course.agree()
    await progress.recompute(app_pool, course.plan_id, now)
    course.ledger.today = course.ledger.local(now)
    await course.agree()


async def happen(course: Course, chance: Random, now: datetime, clinic: object) -> datetime:
    """Let something happen; return the time after it."""
    exercises = course.ledger.exercises
    what = chance.choice(
        ("later",) * 4 + ("add", "edit", "remove", "tick", "tick", "plan", "move", "recount") + ("hold",) * 5
    )
    day = course.ledger.today - timedelta(days=chance.randrange(4))
    some: Exercise | None = chance.choice(exercises) if exercises else None
    if what == "later":
        now += timedelta(hours=chance.choice((1, 5, 14, 24, 60)))
        await course.reach(now)
    elif what == "add" or some is None:
        await course.exercise(chance.randint(1, 12), chance.randint(1, 7), chance.choice((None, None, day)))
    elif what == "edit":
        last = chance.choice((None, None, day, day + timedelta(days=9)))
        await course.change(some, Wanted(chance.randint(1, 12), chance.randint(1, 7), last))
    elif what == "remove" and chance.random() < 0.3:
        await course.remove(some)
    elif what == "tick":
        await course.tick(some.id, day, chance.randrange(12))
    elif what == "plan":
        later = {"draft": "active", "active": "active", "ended": "ended"}[course.ledger.status]
        await course.set_plan(status=later, start_date=MONDAY + timedelta(days=chance.randrange(-2, 2)))
    elif what == "move":
        await course.move(chance.choice(ZONES))
    elif what == "recount" and course.ledger.sessions:
        await course.count(chance.choice(course.ledger.sessions), odd(chance))
    else:
        zone = ZoneInfo(course.ledger.zone)
        started = chance.choice((at(day, 23, chance.randint(50, 59), IST), at(day, 0, chance.randrange(11), zone), now))
        exercise = chance.choice((None, some.id))
        plan = "mine" if exercise else chance.choice(("mine", None, "other"))
        counted = chance.random() < 0.8
        joint = chance.choice((KNEE, KNEE, KNEE, HIP))
        await course.session(started, odd(chance), plan=plan, exercise=exercise, joint=joint, counted=counted)
    return now


def odd(chance: Random) -> list[tuple[bool, float]]:
    """Return repetitions whose peaks do not sum up evenly."""
    return [(chance.random() < 0.7, chance.uniform(20, 140)) for _ in range(chance.randrange(14))]
