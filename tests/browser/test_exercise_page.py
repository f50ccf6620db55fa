"""The page /exercise: a patient does what is due, with a sensor and without, and sees how the week goes."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenVisit
from tests.browser.demo import Demo, running_demo
from tests.browser.home_sensor import HomeSensor, home_sensor
from tests.browser.inside import States, enter, execute
from tests.browser.visit import PHONE, Visit

pytestmark = pytest.mark.timeout(180)

IST = ZoneInfo("Asia/Kolkata")
KNEE = "right_knee_flexion"
OWN_SENSOR = "SELECT d.id FROM physio_devices d JOIN users u ON u.id = d.patient_id WHERE u.email = $1"
USUAL = {"name": "Heel slides", "target_reps": 2, "target_angle": 90, "sets": 1, "hold_s": 0, "created_at": "now"}
# What was done before counts for the day, for whatever exercise.
FORGET = "UPDATE physio_sessions SET started_at = started_at - interval '30 days' WHERE patient_id = $1"
NEWEST = "SELECT * FROM physio_sessions WHERE patient_id = $1 ORDER BY created_at DESC LIMIT 1"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demonstration in which nobody else moves."""
    with running_demo(tmp_path_factory.mktemp("demo") / "state", "--no-fleet") as running:
        yield running


@pytest.fixture(scope="module")
def states() -> States:
    """Who has signed in."""
    return {}


async def due_today(demo: Demo, **values: Any) -> UUID:
    """Give the demonstration's patient one exercise, due today, and return the patient."""
    today = datetime.now(IST).date()
    [row] = await execute(
        demo,
        "UPDATE workout_plans p SET start_date = $1 FROM users u WHERE u.id = p.patient_id AND u.email = $2"
        " RETURNING p.id, p.patient_id",
        today - timedelta(days=7),
        "patient@arogya.example",
    )
    await execute(demo, "DELETE FROM plan_exercises WHERE plan_id = $1", row["id"])
    await execute(demo, FORGET, row["patient_id"])
    sql = "INSERT INTO plan_exercises SELECT * FROM jsonb_populate_record(NULL::plan_exercises, $1)"
    await execute(
        demo,
        sql,
        json.dumps(
            {"id": str(uuid4()), "plan_id": str(row["id"]), "day_of_week": today.isoweekday(), **USUAL, **values}
        ),
    )
    patient: UUID = row["patient_id"]
    return patient


@pytest.fixture
async def sensor(demo: Demo) -> AsyncIterator[HomeSensor]:
    """The patient's own sensor, switched on."""
    [row] = await execute(demo, OWN_SENSOR, "patient@arogya.example")
    async with home_sensor(demo, row["id"], KNEE) as sensor:
        yield sensor


async def begin(page: Page, *, pain: str) -> None:
    """Start the one exercise with the sensor, and measure the resting position."""
    await page.get_by_role("button", name="Start with the sensor").click()
    await page.get_by_role("radio", name=re.compile(f"^{pain}\\b")).check(force=True)
    await page.get_by_role("button", name="Start", exact=True).click()
    await page.get_by_role("button", name="I am ready").click()
    await expect(page.get_by_role("heading", name="Keep still")).to_be_visible()
    await expect(page.locator(".effort__now")).to_have_text("Begin when you are ready.")


async def test_a_session_is_counted_as_it_happens_also_while_the_hub_is_away(
    demo: Demo, visit: OpenVisit, states: States, sensor: HomeSensor
) -> None:
    patient = await due_today(demo)
    opened = await enter(visit, states, "patient", "/exercise", **PHONE)
    page, number = opened.page, opened.page.locator(".ring__number b")
    await begin(page, pain="2")
    await expect(page.get_by_role("heading", level=1)).to_be_focused()  # for those without a pointer
    [session] = await execute(demo, NEWEST, patient)
    assert (session["status"], session["pain_before"], session["target_reps"]) == ("in_progress", 2, 2)
    assert session["rest_angle"] == pytest.approx(sensor.rest_angle, abs=0.5)
    await sensor.bend(92)
    await expect(number).to_have_text("1")
    await expect(page.locator(".effort")).to_have_attribute("data-cue", "valid")
    await sensor.bend(75)
    await expect(page.locator(".effort__now")).to_contain_text(re.compile(r"Rep 2 of 2: 1[56]° short"))
    await expect(page.locator("[aria-live=assertive]")).to_contain_text("degrees short. Still 1 of 2.")
    await opened.shoot("exercise-short")
    with demo.hub_killed():
        await expect(page.get_by_text("No connection. Keep going")).to_be_visible()
        await expect(page.locator(".effort__now")).to_have_text("The count follows when the connection is back.")
        await expect(page.locator(".way-to, .effort__silent")).to_have_count(0)
        await sensor.bend(95)
    await expect(number).to_have_text("2", timeout=60_000)
    await expect(page.locator(".effort__now")).to_contain_text("All done")
    await page.get_by_role("button", name="Stop").click()
    await expect(page.locator(".summary__number")).to_have_text("2 of 2 reached the target")
    await page.get_by_role("radio", name="6", exact=True).check(force=True)
    await expect(page.get_by_text("Your therapist sees it.")).to_be_visible()
    await expect(page.get_by_text("That is a lot.")).to_be_visible()
    await opened.shoot("exercise-summary")
    [session] = await execute(demo, NEWEST, patient)
    assert (session["status"], session["ended_by"], session["pain_after"]) == ("completed", "person", 6)
    await page.get_by_role("button", name="Back to my exercises").click()
    await expect(page.get_by_text("Everything of today is done.")).to_be_visible()
    await expect(page.locator(".calendar [aria-current=date]")).to_contain_text("all 2 done")
    await page.locator(".sessions-done summary").first.click()
    await expect(page.get_by_text("2 reached the target, 1 fell short; farthest 95°.")).to_be_visible()


async def test_what_is_ticked_off_can_be_taken_back_and_corrected(demo: Demo, visit: OpenVisit, states: States) -> None:
    patient = await due_today(demo, name="Wall sits", target_reps=12, media_url="https://video.example.org/wall-sits")
    page = (await enter(visit, states, "patient", "/exercise", **PHONE)).page
    card = page.locator(".exercise")
    link = card.get_by_role("link", name=re.compile("See how it is done"))
    await expect(link).to_have_attribute("href", "https://video.example.org/wall-sits")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    await page.route("**/exercise_ticks", lambda route: route.abort(), times=1)
    await card.get_by_role("button", name="Done without a sensor").click()
    await expect(page.locator(".toast[data-failed=true]")).to_be_visible()
    await page.get_by_role("button", name="Dismiss").click()
    await card.get_by_role("button", name="Done without a sensor").click()
    await expect(card.locator(".exercise__done")).to_have_text("12 of 12")
    await page.get_by_role("button", name="Undo").click()
    await expect(card.locator(".exercise__done")).to_have_text("0 of 12")
    await card.get_by_role("button", name="A part of it…").click()
    await expect(card.get_by_label("How many did you do?")).to_be_focused()
    await card.get_by_label("How many did you do?").fill("5")
    await card.get_by_role("button", name="One more").click()
    await card.get_by_role("button", name="Save").click()
    await expect(card.get_by_text("6 ticked off by you, without a sensor")).to_be_visible()
    await expect(card.get_by_role("button", name="Correct")).to_be_focused()
    await expect(page.locator(".calendar [aria-current=date]")).to_contain_text("6 of 12 done so far")
    ticks = await execute(demo, "SELECT reps FROM exercise_ticks WHERE patient_id = $1", patient)
    assert [row["reps"] for row in ticks] == [6]


async def leads_to_exercises(opened: Visit) -> None:
    """Follow the link of the newest notification."""
    await opened.page.get_by_role("tab", name=re.compile("Notifications")).click()
    await opened.page.get_by_role("link", name="To my exercises").first.click()
    await expect(opened.page.get_by_role("heading", name="My exercises")).to_be_visible()


async def test_days_without_exercises_and_people_without_a_plan_are_told_so(
    demo: Demo, visit: OpenVisit, states: States
) -> None:
    tomorrow = datetime.now(IST).date() + timedelta(days=1)
    patient = await due_today(demo, day_of_week=tomorrow.isoweekday())
    await execute(
        demo,
        "INSERT INTO notifications (user_id, type, message) VALUES ($1, 'exercise_due', 'Heel slides are due today.')",
        patient,
    )
    resting = await enter(visit, states, "patient", "/inbox")
    await leads_to_exercises(resting)
    await expect(resting.page.get_by_text("Nothing is due today")).to_be_visible()
    await expect(resting.page.locator(".empty p").first).to_contain_text(f"{tomorrow:%A}, {tomorrow:%B} {tomorrow.day}")
    await expect(resting.page.locator(".others")).to_contain_text(f"Heel slides{tomorrow:%A}: 2 repetitions")
    await resting.page.get_by_role("button", name="Do it today: Heel slides").click()
    await resting.page.get_by_role("button", name="Start", exact=True).click()
    await resting.page.get_by_role("button", name="Leave it for now").click()
    await expect(resting.page.get_by_text("The session is over: nothing of it counts")).to_be_visible()
    [session] = await execute(demo, NEWEST, patient)
    assert (session["status"], session["exercise_id"] is None) == ("cancelled", False)
    nobody = await enter(visit, states, "vikram", "/exercise", color_scheme="dark")
    await expect(nobody.page.get_by_text("No exercises yet")).to_be_visible()
    await expect(nobody.page.get_by_text("No sessions yet")).to_be_visible()
    doctor = await enter(visit, states, "doctor", "/exercise")
    await expect(doctor.page.get_by_text("not for your account")).to_be_visible()
