"""`arogya progress` as somebody runs it who wants to be sure."""

from __future__ import annotations

from uuid import uuid4

from storage.pool import Database
from tests.arogya.cli.test_databases import run
from tests.storage.physio.course import MONDAY, at, begin, bends
from tests.storage.world import Connection


async def test_progress_is_checked_and_worked_out_again(
    app_pool: Database, database: str, superuser: Connection
) -> None:
    course = await begin(superuser, app_pool)
    await course.exercise(5, 1)
    await course.session(at(MONDAY), bends(3))
    words = ("progress", "recompute", "--database", database)
    status, output, errors = await run(*words, "--check")
    assert (status, output) == (0, "plans: 2; all as they would be worked out\n"), errors
    await superuser.execute(
        "UPDATE rehab_progress SET peak_angle_sum = peak_angle_sum + 1e-12 WHERE plan_id = $1", course.plan_id
    )
    status, output, errors = await run(*words, "--check")
    assert (status, output) == (1, f"{course.plan_id}: the sum of its days\n")
    assert "the progress of 1 of 2 plans is another one" in errors
    status, output, errors = await run(*words, "--plan", str(course.plan_id))
    assert (status, output) == (0, "plans: 1; all worked out again\n"), errors
    assert (await run(*words, "--check"))[0] == 0
    assert (await course.total()).completed == 3


async def test_a_plan_that_is_not_there_is_said(database: str, app_pool: Database) -> None:
    status, _, errors = await run("progress", "recompute", "--plan", str(uuid4()), "--database", database)
    assert (status, "there is no plan" in errors) == (1, True)
    status, _, errors = await run("progress", "recompute", "--plan", "7", "--database", database)
    assert status == 2
