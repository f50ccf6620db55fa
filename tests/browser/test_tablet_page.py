"""The page /tablet on a phone: from the offer to cleared, through an outage and a reload, and what else crews need."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import OpenVisit
from tests.browser.control_room import ControlRoom, control_room
from tests.browser.demo import Demo, running_demo
from tests.browser.inside import execute
from tests.browser.phone import phone_of
from tests.browser.visit import PHONE

pytestmark = pytest.mark.timeout(180)

STAGES = ("accepted_at", "en_route_at", "on_scene_at", "transporting_at", "at_destination_at", "cleared_at")
DEEDS = ("On our way", "At the scene", "Leaving with the patient", "At the hospital", "Clear: ready for the next call")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demonstration in which nobody else drives or calls."""
    with running_demo(tmp_path_factory.mktemp("demo") / "state", "--no-fleet") as running:
        yield running


@pytest.fixture
async def desk(demo: Demo) -> AsyncIterator[ControlRoom]:
    """A dispatcher."""
    async with control_room(demo) as room:
        yield room


async def assignment(demo: Demo, assignment_id: str) -> asyncpg.Record:
    """Return an assignment as it is stored."""
    [row] = await execute(demo, "SELECT * FROM assignments WHERE id = $1::text::uuid", assignment_id)
    return row


async def test_a_call_goes_from_the_offer_to_cleared(demo: Demo, visit: OpenVisit, desk: ControlRoom) -> None:
    phone = await phone_of(visit, demo, desk, color_scheme="dark")
    patient = (await desk.ask("GET", "/patients?search=Lakshmi"))["items"][0]["id"]
    request_id = await desk.take_call(patient_id=patient, callback_number="+919820010003", location_note="Gate 2")
    assignment_id = await desk.offer(request_id, phone.ambulance_id)
    offer = phone.page.get_by_role("alertdialog", name="A call for you")
    await expect(offer).to_contain_text("Chest pain")
    await expect(offer.get_by_label("Time left")).to_have_text(re.compile(r"0:\d\d"))
    await expect(phone.page.get_by_text("Lakshmi")).to_have_count(0)  # who it is, only once it is theirs
    await phone.visit.shoot("tablet-offer-dark")
    await phone.button("Accept").click()
    await expect(phone.page.get_by_text("Lakshmi, 70-79 years, blood group A-")).to_be_visible()
    await expect(phone.page.get_by_role("link", name="Navigate: Patient")).to_have_attribute(
        "href", re.compile("^geo:18.53")
    )
    await expect(phone.page.get_by_role("link", name="Call back")).to_have_attribute("href", "tel:+919820010003")
    await phone.button("On our way").click()
    await phone.button("Undo").click()
    await expect(phone.button("On our way")).to_be_visible()
    for deed in DEEDS:
        await phone.button(deed).click()
    await expect(phone.page.get_by_text("Available", exact=True)).to_be_visible()
    await expect(phone.page.get_by_text("1 call so far")).to_be_visible()
    await expect(phone.page.get_by_text("Lakshmi")).to_have_count(0)
    stored = await assignment(demo, assignment_id)
    times = [stored[stage] for stage in STAGES]
    assert None not in [*times, stored["delivered_at"], stored["seen_at"]] and times == sorted(times)
    [request] = await execute(demo, "SELECT status FROM ambulance_requests WHERE id = $1::text::uuid", request_id)
    assert request["status"] == "completed"
    events = "SELECT source FROM assignment_events WHERE assignment_id = $1::text::uuid AND status <> 'offered'"
    assert {row["source"] for row in await execute(demo, events, assignment_id)} == {"crew"}
    assert await execute(demo, "SELECT FROM ambulance_positions WHERE ambulance_id = $1", phone.ambulance_id)


async def test_what_is_tapped_in_an_outage_is_sent_later_with_its_times(
    demo: Demo, visit: OpenVisit, desk: ControlRoom
) -> None:
    phone = await phone_of(visit, demo, desk)
    await phone.page.wait_for_function("() => navigator.serviceWorker.ready.then((found) => found.active !== null)")
    assignment_id = await desk.offer(await desk.take_call(), phone.ambulance_id)
    await phone.button("Accept").click()
    await phone.button("On our way").click()
    await expect(phone.button("Undo")).to_have_count(0)
    tapped: dict[str, datetime] = {}
    with demo.hub_killed():
        await expect(phone.sign("connection")).to_have_text(re.compile("No connection"))
        for stage, deed in zip(("on_scene", "transporting"), DEEDS[1:3], strict=True):
            tapped[stage] = datetime.now(UTC)
            await phone.button(deed).click()
            await expect(phone.button("Undo")).to_have_count(0)
        await expect(phone.page.get_by_text("waits to be sent")).to_have_count(2)
        await expect(phone.sign("backlog")).to_contain_text("2 reports")
        await phone.visit.shoot("tablet-outage")
        await phone.page.reload()  # the page is kept in the browser
        await expect(phone.page.get_by_text("waits to be sent")).to_have_count(2)
    await phone.online()
    await expect(phone.page.get_by_text("waits to be sent")).to_have_count(0)
    stored = await assignment(demo, assignment_id)
    for stage, at in tapped.items():
        assert at <= stored[f"{stage}_at"] <= at + timedelta(seconds=3), stage
    await phone.page.reload()  # in the middle of the call
    await phone.online()
    await expect(phone.button("At the hospital")).to_be_visible()
    await phone.page.set_viewport_size({"width": 800, "height": 390})
    await phone.visit.shoot("tablet-landscape")


async def test_a_recall_an_sos_and_messages_are_seen_on_both_sides(
    demo: Demo, visit: OpenVisit, desk: ControlRoom
) -> None:
    phone = await phone_of(visit, demo, desk)
    request_id = await desk.take_call()
    await desk.offer(request_id, phone.ambulance_id)
    await phone.button("Decline").click()
    await phone.button("The road is blocked").click()
    await expect(phone.page.get_by_text("Available", exact=True)).to_be_visible()
    second = await desk.take_call(callback_number="+919820010009")
    await desk.offer(second, phone.ambulance_id)
    await phone.button("Accept").click()
    await desk.ask("POST", f"/ambulances/{phone.ambulance_id}/messages", {"text": "Take the north gate"})
    await phone.page.get_by_text("Take the north gate").click()
    await phone.button("Cannot find the place").click()
    await phone.page.get_by_label("Close").click()
    await hold(phone.page.get_by_role("button", name="SOS: hold for two seconds"))
    await expect(phone.page.get_by_text("SOS: the hub has it")).to_be_visible()
    [alarm] = (await desk.ask("GET", "/alarms?open=true"))["items"]
    await desk.ask("POST", f"/alarms/{alarm['id']}/acknowledge")
    await expect(phone.page.get_by_text("Devi Dispatcher has heard you")).to_be_visible()
    await desk.ask("POST", f"/ambulance_requests/{second}/cancel", {"reason": "Found another way"})
    recall = phone.page.get_by_role("alertdialog", name="Call cancelled")
    await expect(recall).to_contain_text("Found another way")
    await phone.visit.shoot("tablet-recall")
    await phone.button("Understood").click()
    await phone.button("Go off duty").click()
    await expect(phone.page.get_by_text("Out of service", exact=True)).to_be_visible()
    await expect(phone.sign("backlog")).to_have_text("All sent")
    said = await desk.ask("GET", f"/ambulances/{phone.ambulance_id}/messages")
    assert {one["text"] for one in said["items"]} == {"Take the north gate", "Cannot find the place"}
    assert all(one["read_at"] for one in said["items"] if one["sender"] == "desk")
    status = "SELECT a.status, s.decline_reason FROM ambulances a JOIN assignments s ON s.ambulance_id = a.id "
    rows = await execute(demo, f"{status} WHERE a.id = $1 AND s.status = 'declined'", phone.ambulance_id)
    assert [tuple(row) for row in rows] == [("out_of_service", "The road is blocked")]


async def hold(button: Locator) -> None:
    """Hold a finger on it until it does what it does."""
    box = await button.bounding_box()
    assert box is not None
    mouse = button.page.mouse
    await mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await mouse.down()
    await expect(button).not_to_have_attribute("data-state", "idle")
    await mouse.up()


async def test_a_used_code_and_a_forbidden_location_say_what_to_do(
    demo: Demo, visit: OpenVisit, desk: ControlRoom
) -> None:
    phone = await phone_of(visit, demo, desk)
    stranger = await visit(**PHONE)
    await stranger.page.goto(f"{demo.url}/tablet")
    await stranger.page.get_by_label("Claim code").fill("AAAAA-BBBBB-CCCCC-DDDDD")
    await stranger.page.get_by_role("button", name="Set up this phone").click()
    await expect(stranger.page.get_by_role("alert")).to_contain_text("This code does not count")
    await phone.visit.context.clear_permissions()
    await phone.visit.context.grant_permissions(["local-network-access"])
    await phone.page.reload()
    await expect(phone.sign("gps")).to_have_text("Location not allowed")
    await expect(phone.page.get_by_text("Tracking stops when the screen is locked.")).to_be_visible()
