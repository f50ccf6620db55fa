"""The dispatch board: a call is taken, offered, served and closed, seen by everybody who looks on."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenVisit
from tests.browser.crew import Crew
from tests.browser.demo import Demo, running_demo
from tests.browser.inside import States, enter, execute
from tests.browser.tablet import enrol
from tests.browser.visit import PHONE, Visit

pytestmark = pytest.mark.timeout(240)

PLATES = (f"DSP-{number}" for number in itertools.count(1))
NUMBERS = (f"+91 98220 {number}" for number in itertools.count(10_000))
# Counts the tones that the page's loudspeaker is given.
COUNT_TONES = """
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { window.tones += 1; return start.apply(this, when); };
"""
OFF_DUTY = "UPDATE ambulances SET status = 'out_of_service' WHERE status <> 'out_of_service'"
CLEARED = (
    "UPDATE assignments SET status = 'cancelled', cancelled_at = now(), cancel_reason = 'another test'"
    " WHERE status IN ('offered', 'accepted', 'en_route', 'on_scene', 'transporting', 'at_destination')",
    "UPDATE ambulance_requests SET status = 'cancelled', cancel_reason = 'another test', ambulance_id = NULL"
    " WHERE status NOT IN ('completed', 'cancelled', 'duplicate')",
    OFF_DUTY,
)
ALLOWED = ["geolocation", "local-network-access"]
NEMSIS = "offered_at accepted_at en_route_at on_scene_at transporting_at at_destination_at cleared_at"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demonstration without ambulances that move."""
    with running_demo(tmp_path_factory.mktemp("demo") / "state", "--no-fleet") as running:
        yield running


@pytest.fixture(scope="module")
def states() -> States:
    """The sessions that the tests share."""
    return {}


@pytest.fixture
async def crew(demo: Demo) -> AsyncIterator[Crew]:
    """A crew of this test's own, far and wide the only one in service, and no call but the test's."""
    for statement in CLEARED:
        await execute(demo, statement)
    async with Crew(demo, enrol(demo, next(PLATES)), 18.5304, 73.8467) as crew:
        yield crew


async def open_board(visit: OpenVisit, states: States, who: str = "dispatcher", **options: Any) -> Visit:
    """Open the board, and wait until it is live."""
    opened = await enter(visit, states, who, "/dispatch", **options)
    await opened.page.locator(".dispatch[data-ready=true][data-connection=live]").wait_for()
    return opened


async def take_call(page: Page, complaint: str, *, number: str | None = None, priority: int = 1) -> str:
    """Take a call with the keyboard alone, and return its id."""
    await page.keyboard.press("c")
    await expect(page.get_by_label("Caller")).to_be_focused()
    await page.keyboard.type("Asha Rao")
    await page.keyboard.press("Tab")
    await page.keyboard.type(number or next(NUMBERS))
    await page.keyboard.press("Tab")
    await page.keyboard.type(complaint)
    await page.get_by_role("radio", name=f"P{priority}").check()
    await page.get_by_label("Where: search").fill("18.5312, 73.8480")
    await page.get_by_role("option", name="These coordinates").wait_for()
    await page.keyboard.press("Enter")
    await page.get_by_label("How to find it").fill("Behind the temple")
    await page.keyboard.press("Control+Enter")
    panel = page.locator(".board-panel[data-call]")
    await expect(panel.locator("h2")).to_have_text(complaint)
    return await panel.get_attribute("data-call") or ""


def row_of(page: Page, call: str) -> Any:
    """Return the row of a call in the queue."""
    return page.locator(f".call-row[data-call='{call}']")


async def test_a_call_goes_from_the_callers_words_to_back_in_service(
    demo: Demo, visit: OpenVisit, states: States, crew: Crew
) -> None:
    one, other = await open_board(visit, states), await open_board(visit, states, "supervisor", color_scheme="dark")
    page, row = one.page, None
    call = await take_call(page, "Chest pain, sweating")
    await expect(row_of(other.page, call)).to_contain_text("Behind the temple")
    await expect(page.locator(".suggestion[data-first=true]")).to_contain_text(crew.plate)
    await page.keyboard.press("Enter")
    offer = await crew.hear("offer")
    assert offer["complaint"] == "Chest pain, sweating"
    row = row_of(other.page, call)
    await expect(row.locator(".unit-chip--offered")).to_contain_text(crew.plate)
    await expect(row.locator(".unit-chip__clock")).to_be_visible()
    assignment = offer["assignment"]
    await crew.say("seen", assignment=assignment)
    await expect(page.locator(".assignment--offered")).to_contain_text("seen at")
    await crew.say("accept", assignment=assignment)
    for stage, shown in (("en_route", "On the way"), ("on_scene", "At the scene"), ("transporting", "To the hospital")):
        await crew.say("stage", assignment=assignment, stage=stage)
        await expect(page.locator(".assignment .mark-of")).to_have_text(shown)
    await row.click()
    await one.shoot("dispatch-call-light")
    await other.shoot("dispatch-call-dark")
    await other.page.get_by_role("button", name="By radio: at the hospital").click()
    await expect(page.locator(".assignment .mark-of")).to_have_text("At the hospital")
    await crew.say("stage", assignment=assignment, stage="cleared")
    await expect(row_of(page, call)).to_have_attribute("data-status", "completed")
    await expect(page.locator(".queue__group--closed")).to_contain_text("Chest pain, sweating")
    [times] = await execute(demo, "SELECT * FROM assignments WHERE id = $1", assignment)
    assert [name for name in NEMSIS.split() if times[name] is None] == []
    assert times["skipped"] == []
    await page.get_by_role("tab", name="Timeline").click()
    stages = page.locator(".timeline [data-kind=stage]")
    await expect(stages).to_have_count(7)
    await expect(stages.nth(5)).to_contain_text("by radio")
    assert one.complaints == other.complaints == []


async def test_a_call_goes_from_the_patients_page_to_completed(
    demo: Demo, visit: OpenVisit, states: States, crew: Crew
) -> None:
    board = await open_board(visit, states)
    at_home = {"geolocation": {"latitude": 18.5312, "longitude": 73.848, "accuracy": 20}, "permissions": ALLOWED}
    home = await enter(visit, states, "patient", "/call", **PHONE, **at_home)
    await expect(home.page.get_by_text("Found, ± 20 m")).to_be_visible()
    await home.page.get_by_role("button", name="Chest pain").click()
    await home.page.locator(".call-form__call").click()
    await home.page.get_by_role("button", name="Yes, call now").click()
    row = board.page.locator(".call-row", has_text="From the app")
    await row.click()
    await expect(board.page.locator(".suggestion[data-first=true]")).to_contain_text(crew.plate)
    await board.page.keyboard.press("Enter")
    assignment = (await crew.hear("offer"))["assignment"]
    await crew.say("accept", assignment=assignment)
    await expect(home.page.get_by_role("heading", name="An ambulance is on its way")).to_be_visible()
    for stage in ("en_route", "on_scene", "transporting", "at_destination", "cleared"):
        await crew.say("stage", assignment=assignment, stage=stage)
    await expect(home.page.get_by_role("heading", name="Done", exact=True)).to_be_visible()
    await expect(row).to_have_attribute("data-status", "completed")
    [times] = await execute(demo, "SELECT * FROM assignments WHERE id = $1", assignment)
    assert [name for name in NEMSIS.split() if times[name] is None] == []


async def test_any_unit_but_the_first_asks_why_and_an_offer_can_be_taken_back(
    demo: Demo, visit: OpenVisit, states: States, crew: Crew
) -> None:
    page = (await open_board(visit, states)).page
    async with Crew(demo, enrol(demo, next(PLATES)), 18.56, 73.88) as farther:
        call = await take_call(page, "Fall from a ladder", priority=2)
        await expect(page.locator(".suggestion")).to_have_count(2)
        await page.keyboard.press("2")
        window = page.get_by_role("dialog", name=f"Offer to {farther.plate}")
        await expect(window).to_be_visible()
        await page.keyboard.press("3")
        await farther.hear("offer")
        await expect(row_of(page, call).locator(".unit-chip--offered")).to_contain_text(farther.plate)
        [kept] = await execute(
            demo, "SELECT kind, reason FROM dispatch_decisions WHERE request_id = $1::uuid AND kind <> 'suggest'", call
        )
        assert dict(kept) == {"kind": "overrule", "reason": "It has the right equipment"}
        await page.keyboard.press("z")
        await farther.hear("recall")
        await expect(row_of(page, call).locator(".unit-chip")).to_have_count(0)
        await page.keyboard.press("x")
        await page.keyboard.press("3")
        await expect(row_of(page, call)).to_have_attribute("data-status", "cancelled")


async def test_an_alarm_is_heard_until_somebody_acknowledges_it(
    demo: Demo, visit: OpenVisit, states: States, crew: Crew
) -> None:
    one, other = await open_board(visit, states), await open_board(visit, states, "supervisor")
    page = one.page
    await page.add_init_script(COUNT_TONES)
    await page.reload()
    bar = page.locator(".sound-bar")
    await expect(bar).to_have_attribute("data-hearing", "muted")
    await page.get_by_role("button", name="Test the sound").click()
    await page.wait_for_function("() => window.tones === 2")
    await page.get_by_role("button", name="I heard it").click()
    await expect(bar).to_have_count(0)
    await execute(demo, OFF_DUTY)
    call = await take_call(page, "Nobody can come")
    alarm = page.locator(".board-alarms .alarm[data-kind=no_unit]")
    await expect(alarm).to_contain_text("No unit can take this call")
    await page.wait_for_function("() => window.tones >= 6")
    await one.shoot("dispatch-alarm-light")
    await expect(other.page).to_have_title(re.compile(r"^\(1!\) "))
    await other.page.keyboard.press("a")
    await expect(other.page.locator(".board-alarms .alarm")).to_be_focused()
    await other.page.keyboard.press("a")
    for opened in (one, other):
        await expect(opened.page.locator(".board-alarms")).to_have_count(0)
    await expect(page.locator(".board-panel .alert-line")).to_contain_text("takes care of it")
    [kept] = await execute(demo, "SELECT acknowledged_at FROM dispatch_alerts WHERE request_id = $1::uuid", call)
    assert kept["acknowledged_at"] is not None
    await page.reload()
    await page.locator(".board-side").click()  # a browser may want a click first
    await expect(bar).to_have_count(0)


async def test_the_same_call_is_noticed_while_it_is_written_down_and_joined(
    demo: Demo, visit: OpenVisit, states: States, crew: Crew
) -> None:
    opened = await open_board(visit, states)
    page, number = opened.page, next(NUMBERS)
    call = await take_call(page, "Collision at the bridge", number=number, priority=2)
    await page.keyboard.press("c")
    await page.get_by_label("Call back at").fill(number)
    await page.get_by_label("What happened").fill("Two cars, one person is trapped")
    likely = page.locator(".likely")
    await expect(likely).to_contain_text("Collision at the bridge")
    await expect(likely).to_contain_text("the same number")
    await opened.shoot("dispatch-take-light")
    await likely.get_by_role("button", name="Join this one").click()
    await expect(page.locator(f".board-panel[data-call='{call}']")).to_contain_text("one person is trapped")
    found = await execute(demo, "SELECT id FROM ambulance_requests WHERE callback_number = $1", number)
    assert [str(row["id"]) for row in found] == [call]


async def test_a_board_whose_hub_was_away_knows_what_happened_meanwhile(
    demo: Demo, visit: OpenVisit, states: States, crew: Crew
) -> None:
    page = (await open_board(visit, states)).page
    call = await take_call(page, "Seizure", priority=2)
    await page.locator(".suggestion[data-first=true]").get_by_role("button").click()
    assignment = (await crew.hear("offer"))["assignment"]
    await crew.say("accept", assignment=assignment)
    await expect(row_of(page, call).locator(".unit-chip--accepted")).to_be_visible()
    with demo.hub_killed():
        await expect(page.locator(".dispatch")).not_to_have_attribute("data-connection", "live")
        await expect(page.locator(".pill--lost")).to_be_visible()
        await expect(row_of(page, call)).to_be_visible()  # the last picture stays
        await execute(demo, "UPDATE ambulance_requests SET complaint = 'Seizure, over' WHERE id = $1::uuid", call)
    await expect(page.locator(".dispatch")).to_have_attribute("data-connection", "live", timeout=40_000)
    await expect(row_of(page, call)).to_contain_text("Seizure, over")
    await crew.say("stage", assignment=assignment, stage="en_route")
    await expect(row_of(page, call).locator(".unit-chip--en_route")).to_be_visible()
