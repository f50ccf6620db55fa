"""The pages /call and /requests/{id}: a patient calls an ambulance and follows it; a desk calls for somebody else."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenVisit
from tests.browser.control_room import PLACE, ControlRoom, control_room
from tests.browser.demo import Demo, running_demo
from tests.browser.inside import States, enter, execute
from tests.browser.phone import phone_of
from tests.browser.visit import PHONE, Visit

pytestmark = pytest.mark.timeout(180)

AT_HOME = {**PLACE, "accuracy": 20}
ALLOWED = ["geolocation", "local-network-access"]
NEWEST = "SELECT * FROM ambulance_requests ORDER BY requested_at DESC LIMIT 1"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demonstration in which nobody else drives or calls."""
    with running_demo(tmp_path_factory.mktemp("demo") / "state", "--no-fleet") as running:
        yield running


@pytest.fixture(scope="module")
def states() -> States:
    """Who has signed in."""
    return {}


@pytest.fixture
async def desk(demo: Demo) -> AsyncIterator[ControlRoom]:
    """A dispatcher."""
    async with control_room(demo) as room:
        yield room


@pytest.fixture
async def home(visit: OpenVisit, states: States, demo: Demo) -> Visit:
    """A patient with a phone who has no call open."""
    await execute(demo, "UPDATE ambulance_requests SET status = 'completed' WHERE closed_at IS NULL")
    phone = {**PHONE, "geolocation": AT_HOME, "permissions": ALLOWED}
    return await enter(visit, states, "patient", "/call", **phone)


async def call(page: Page, *, happened: str) -> None:
    """Fill the form in and call."""
    await expect(page.get_by_text("Found, ± 20 m")).to_be_visible()
    await page.get_by_role("button", name=happened).click()
    await page.get_by_label("How is it found?").fill("Blue gate")
    await expect(page.get_by_label("Number to call back")).to_have_value(re.compile(r"\d{5}"))
    await page.locator(".call-form__call").click()
    await page.get_by_role("button", name="Yes, call now").click()


async def test_a_patient_calls_and_follows_the_ambulance_until_it_is_over(
    demo: Demo, visit: OpenVisit, home: Visit, desk: ControlRoom
) -> None:
    ambulance = await phone_of(visit, demo, desk)
    page = home.page
    await call(page, happened="Chest pain")
    await expect(page.get_by_role("heading", name="We have your call")).to_be_visible()
    await home.shoot("follow-received")
    [request] = await execute(demo, NEWEST)
    assert page.url.endswith(f"/requests/{request['id']}")
    assert (request["source"], request["complaint"], request["location_note"]) == ("app", "Chest pain", "Blue gate")
    assert request["pickup_location"] == (PLACE["longitude"], PLACE["latitude"])
    assignment_id = await desk.offer(str(request["id"]), ambulance.ambulance_id)
    await desk.say(assignment_id, "accepted")
    await expect(page.get_by_role("heading", name="An ambulance is on its way")).to_be_visible()
    await expect(page.locator(".followed__now")).to_contain_text(ambulance.plate)
    await execute(demo, "UPDATE ambulance_requests SET eta_at = now() + interval '6 min' WHERE id = $1", request["id"])
    await expect(page.get_by_text("It should be there in about 6 minutes.")).to_be_visible()
    await expect(page.locator(".leaflet-fleet-pane canvas")).to_be_attached()
    await home.shoot("follow-coming")
    for stage, title in (
        ("on_scene", "The ambulance is with you"),
        ("transporting", "On the way to the hospital"),
        ("at_destination", "At the hospital"),
        ("cleared", "Done"),
    ):
        await desk.say(assignment_id, stage)
        await expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="I do not need the ambulance")).to_have_count(0)
    told = "SELECT message FROM notifications WHERE user_id = $1 AND type = 'ambulance' ORDER BY created_at"
    messages = [row["message"] for row in await execute(demo, told, request["patient_id"])]
    assert any(ambulance.plate in message and "coming" in message for message in messages), messages
    await page.goto(f"{demo.url}/call")
    await expect(page.get_by_label("My calls").get_by_text("Done")).to_be_visible()


async def test_a_patient_who_calls_twice_has_one_call_and_can_cancel_it(demo: Demo, home: Visit) -> None:
    page = home.page
    await call(page, happened="Accident")
    await expect(page.get_by_role("heading", name="We have your call")).to_be_visible()
    first = page.url
    await page.get_by_role("link", name="My calls").click()
    await expect(page.locator(".open-call")).to_contain_text("We have your call")
    await call(page, happened="Heavy bleeding")
    await page.wait_for_url(first)
    await page.get_by_role("button", name="I do not need the ambulance").click()
    await page.get_by_role("button", name="I called by mistake").click()
    await page.get_by_role("button", name="Cancel the call").click()
    await expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()
    [request] = await execute(demo, NEWEST)
    assert (request["status"], request["cancel_reason"]) == ("cancelled", "I called by mistake")


async def test_a_desk_calls_for_a_patient_by_the_name_of_the_place(
    demo: Demo, visit: OpenVisit, states: States
) -> None:
    opened = await enter(visit, states, "reception", "/call")
    page = opened.page
    await page.get_by_label("Patient, if they are known here").fill("Priya")
    await page.get_by_role("option", name=re.compile("Priya Patient")).click()
    await page.get_by_label("Who calls?").fill("Her son")
    await page.get_by_label("Or search for a street").fill("Lakeside")
    await page.get_by_role("button", name=re.compile("Lakeside Trauma Centre")).click()
    await page.get_by_label("In your words").fill("Fell in the waiting room")
    await page.locator(".call-form__call").click()
    await expect(page.get_by_role("alert")).to_contain_text("Write a number")
    await page.get_by_label("Number to call back").fill("+91 98200 10001")
    await page.locator(".call-form__call").click()
    await page.get_by_role("button", name="Yes, call now").click()
    await expect(page.get_by_text("The dispatchers have the call.")).to_be_visible()
    await opened.shoot("call-desk")
    [request] = await execute(demo, NEWEST)
    assert (request["source"], request["caller"]) == ("desk", "Her son")
    assert request["patient_id"] is not None and request["pickup_location"] is not None
