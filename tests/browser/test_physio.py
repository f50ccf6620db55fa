"""The therapist's pages: the wall, a session as it goes on and afterwards, and plans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenVisit
from tests.browser.demo import Demo, running_demo
from tests.browser.home_sensor import home_sensor
from tests.browser.inside import States, enter, execute
from tests.browser.visit import PHONE
from tests.browser.ward import KNEE, SQUATS, STRETCHES, book, enrol, give_sensor, remember

pytestmark = pytest.mark.timeout(180)

# Where it is another day than at the patient's, now.
FAR = "Pacific/Kiritimati" if 10 <= datetime.now(UTC).hour < 18 else "Pacific/Pago_Pago"
# Whether anything of the colour of the curve is drawn in the first chart.
DRAWN = """() => {
  const canvas = document.querySelector(".angle-figure canvas");
  if (canvas === null || canvas.width === 0) return false;
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  let blue = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at + 2] - data[at] > 120 && data[at + 3] > 200) blue += 1;
  return blue > 300;
}"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demonstration in which nobody else moves."""
    with running_demo(tmp_path_factory.mktemp("demo") / "state", "--no-fleet") as running:
        yield running


@pytest.fixture(scope="module")
def states() -> States:
    """Who has signed in already."""
    return {}


def seconds(text: str) -> float:
    """Return "1:07.3" in seconds."""
    minutes, rest = text.split(":")
    return int(minutes) * 60 + float(rest)


async def shown_stretch(page: Page) -> tuple[float, float]:
    """Return from when to when the chart shows, in seconds."""
    text = await page.locator(".past-chart__span").text_content() or ""
    first, last = (seconds(part) for part in re.split(r"\s*\N{EN DASH}\s*", text.strip()))
    return first, last


async def calibrate(page: Page) -> None:
    """Press the button until the joint has been held still for long enough."""
    said = page.locator(".toast", has_text="The resting pose is set.")
    for _ in range(20):
        await page.get_by_role("button", name="Calibrate rest").click()
        await expect(page.locator(".toast")).not_to_have_count(0)
        if await said.count():
            return
        while await page.locator(".toast").count():  # an earlier one may be held by the pointer
            await page.get_by_role("button", name="Dismiss").first.click()
    pytest.fail("the joint never rests")


async def test_a_session_is_looked_into_afterwards(visit: OpenVisit, states: States, demo: Demo) -> None:
    session = await remember(demo, SQUATS)
    opened = await enter(visit, states, "doctor", f"/physio/sessions/{session}")
    page = opened.page
    await expect(page.get_by_role("heading", level=1)).to_have_text("Priya Patient")
    await expect(page.locator(".sums")).to_contain_text("9 of 10")
    await expect(page.locator(".reps tbody tr")).to_have_count(10)
    await expect(page.locator(".reps tr[data-valid=false]")).to_contain_text("38\N{DEGREE SIGN} short")
    await page.wait_for_function(DRAWN)
    whole = await shown_stretch(page)
    await opened.shoot("physio-past-light")
    await page.get_by_role("button", name="Show repetition 6 in the chart").click()
    await expect(page.get_by_role("button", name="Whole recording")).to_be_enabled()
    near = await shown_stretch(page)
    assert near[1] - near[0] < 15
    await expect(page.get_by_role("group", name="The recording")).to_be_in_viewport()
    await page.get_by_role("group", name="The recording").focus()
    await page.keyboard.press("-")
    await page.keyboard.press("ArrowRight")
    moved = await shown_stretch(page)
    assert moved[1] - moved[0] == pytest.approx(2 * (near[1] - near[0]), abs=0.3)
    assert moved[0] > near[0] - (near[1] - near[0]) / 2
    await page.keyboard.press("0")
    assert await shown_stretch(page) == whole
    box = await page.locator(".angle-figure .u-over").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 40)
    await expect(page.locator(".past-chart__point")).to_contain_text("\N{DEGREE SIGN} at 0:1")
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 60, steps=4)
    await page.mouse.up()
    drawn = await shown_stretch(page)
    assert drawn == pytest.approx((whole[1] / 4, whole[1] / 2), abs=1)
    async with page.expect_download() as download:
        await page.get_by_role("link", name="CSV").click()
    assert (await download.value).suggested_filename == f"motion_{session}.csv"
    await page.get_by_text("What the columns mean").click()
    await expect(page.get_by_text("mean speed over top speed")).to_be_visible()


async def test_a_finger_looks_into_a_recording(visit: OpenVisit, states: States, demo: Demo) -> None:
    session = await remember(demo, STRETCHES, patient="neha@arogya.example")
    opened = await enter(visit, states, "doctor", f"/physio/sessions/{session}", **PHONE, reduced_motion="reduce")
    page = opened.page
    await page.wait_for_function(DRAWN)
    await expect(page.get_by_role("heading", name="Right knee extension")).to_be_visible()
    await expect(page.locator(".sums")).to_contain_text("Best peak\N{MINUS SIGN}1")
    whole = await shown_stretch(page)
    over = page.locator(".angle-figure .u-over")
    box = await over.bounding_box()
    assert box is not None
    steps = [("pointerdown", 0.2), ("pointermove", 0.4), ("pointerup", 0.7)]
    for kind, place in steps:
        where = {"clientX": box["x"] + box["width"] * place, "clientY": box["y"] + 50}
        more = {"pointerId": 1, "pointerType": "touch", "isPrimary": True, "bubbles": True}
        await over.dispatch_event(kind, {**where, **more})
    near = await shown_stretch(page)
    assert near == pytest.approx((whole[1] * 0.2, whole[1] * 0.7), abs=1)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await opened.shoot("physio-past-phone-light")


async def test_a_session_is_watched_steered_and_ended(visit: OpenVisit, states: States, demo: Demo) -> None:
    patient = await enrol(demo, "Wanda Wearer")
    sensor_id = await give_sensor(demo, patient)
    session = await book(demo, SQUATS, patient, scheduled_at=datetime.now(UTC), device_id=sensor_id, supervised=False)
    wall = await enter(visit, states, "doctor", "/physio")
    await expect(wall.page.get_by_role("tabpanel")).to_contain_text("Wanda Wearer")
    await expect(wall.page.get_by_role("columnheader", name="Pain")).to_have_count(0)
    opened = await enter(visit, states, "doctor", f"/physio/sessions/{session}")
    page = opened.page
    async with home_sensor(demo, sensor_id, KNEE) as sensor:
        await page.get_by_role("button", name="Start").click()
        tile = wall.page.locator(".tile", has_text="Wanda Wearer")
        await expect(tile.locator(".tile__angle")).to_have_text("4\N{DEGREE SIGN}")
        await expect(page.locator(".now__facts")).to_contain_text("At rest")
        await sensor.bend(104, hold_s=0.5)
        await expect(page.locator(".now__count")).to_have_text("1of 10")
        await expect(tile.locator(".tile__count")).to_have_text("1 of 10")
        await sensor.bend(70)
        await expect(page.locator(".reps tbody tr").first).to_contain_text("30\N{DEGREE SIGN} short")
        await expect(tile.locator(".tile__count")).to_contain_text("+1 partial")
        await page.wait_for_function(DRAWN)
        await opened.shoot("physio-live-light")
        await wall.shoot("physio-wall-light")
        with demo.hub_killed():
            await expect(page.locator(".note")).to_contain_text("The hub is away")
            await expect(tile).to_contain_text("The hub is away")
            await opened.shoot("physio-away-light")
        await expect(page.locator(".note")).to_have_count(0)
        await page.get_by_role("button", name="Target").click()
        await page.get_by_label("Target angle").fill("60")
        await page.get_by_role("button", name="Save and tell the sensor").click()
        await expect(page.locator(".chart-key")).to_contain_text("Target 60\N{DEGREE SIGN}")
        [told] = await execute(
            demo,
            "SELECT body->>'target_angle' AS angle FROM device_commands"
            " WHERE device_id = $1 AND kind = 'session_target' ORDER BY id DESC LIMIT 1",
            sensor_id,
        )
        assert told["angle"] == "60"
        await calibrate(page)
        await sensor.bend(64)
        await expect(page.locator(".now__count")).to_have_text("2of 10")
        await page.get_by_role("button", name="Stop").click()
        await page.get_by_role("button", name="End the session").click()
        await expect(page.locator(".past-chart")).to_be_visible()
    await expect(page.locator(".reps tbody tr")).to_have_count(3)
    await expect(tile).to_have_count(0)
    await wall.page.get_by_role("tab", name="Completed").click()
    await expect(wall.page.get_by_role("tabpanel")).to_contain_text("Wanda Wearer")
    await expect(wall.page.get_by_role("tabpanel")).not_to_contain_text("In progress")


async def test_a_plan_is_made_activated_and_ended(visit: OpenVisit, states: States) -> None:
    opened = await enter(visit, states, "doctor", "/plans", color_scheme="dark", timezone_id=FAR)
    page = opened.page
    await page.locator(".table").wait_for()
    await page.keyboard.press("n")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("combobox", name="Patient").fill("Priya")
    await page.get_by_role("option", name="Priya Patient").click()
    await dialog.get_by_label("Joint").select_option("left_knee_flexion")
    await dialog.get_by_role("button", name="Make the draft").click()
    await expect(page.locator(".note")).to_contain_text("a draft without exercises")
    await page.get_by_role("button", name="Add an exercise on Tuesday").click()
    await dialog.get_by_text("Thursday").locator("..").click()
    await dialog.get_by_label("What to do").fill("Heel slides")
    await dialog.get_by_label("Repetitions a day").fill("30")
    await dialog.get_by_label("In how many sets").fill("3")
    await dialog.get_by_label("Target angle").fill("90")
    await dialog.get_by_label("Picture or video").fill("http://example.org/slides")
    await dialog.get_by_role("button", name="Add", exact=True).click()
    await expect(dialog.locator("[role=alert]")).to_be_visible()
    await dialog.get_by_label("Picture or video").fill("https://example.org/slides")
    await dialog.get_by_role("button", name="Add", exact=True).click()
    await expect(page.locator(".plan-exercise")).to_have_count(2)
    await expect(page.locator(".plan-exercise").first).to_contain_text(
        "3 \N{MULTIPLICATION SIGN} 10 to 90\N{DEGREE SIGN}"
    )
    await page.get_by_role("button", name="Change Heel slides on Thursday").click()
    await dialog.get_by_text("Friday").locator("..").click()
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("button", name="Change Heel slides on Friday")).to_be_visible()
    await page.get_by_role("button", name="Make it active").click()
    await dialog.get_by_role("button", name="Make it active", exact=True).click()
    await expect(page.locator(".fact-list").first).to_contain_text("Active")
    await expect(page.locator(".plan-calendar__day")).to_have_count(35)
    await expect(page.locator(".plan-calendar [aria-current=date] > span").first).to_have_text(
        str(datetime.now(ZoneInfo("Asia/Kolkata")).day)
    )
    await opened.shoot("plan-dark")
    await page.get_by_role("button", name="End the plan").click()
    await dialog.get_by_role("button", name="End it").click()
    await expect(page.locator(".fact-list").first).to_contain_text("Ended")
    await expect(page.get_by_role("button", name="Add an exercise on Monday")).to_have_count(0)


async def test_a_session_is_planned_on_a_phone(visit: OpenVisit, states: States, demo: Demo) -> None:
    opened = await enter(visit, states, "doctor", "/physio", **PHONE, color_scheme="dark")
    page = opened.page
    await page.get_by_role("button", name="Plan a session").click()
    dialog = page.get_by_role("dialog", name="Plan a session")
    await dialog.get_by_role("button", name="Plan it").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Choose the patient.")
    await dialog.get_by_role("combobox", name="Patient").fill("Priya")
    await page.get_by_role("option", name="Priya Patient").click()
    await dialog.get_by_label("Begins").fill((datetime.now() + timedelta(days=9)).strftime("%Y-%m-%dT03:%M"))  # noqa: DTZ005 - as the wall clock here
    await dialog.get_by_label("By the plan").select_option(index=1)
    await dialog.get_by_label("Exercise").select_option(index=1)
    await dialog.get_by_role("button", name="Plan it").click()
    await expect(page.get_by_role("heading", level=2).first).to_have_text("It has not begun")
    await expect(page.get_by_role("link", name="Heel slides")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await opened.shoot("physio-phone-dark")
    await page.get_by_role("button", name="Cancel\N{HORIZONTAL ELLIPSIS}").click()
    await page.get_by_role("button", name="Cancel the session").click()
    await expect(page.get_by_role("heading", level=2).first).to_have_text("The session did not take place")


async def test_the_front_desk_plans_a_session_of_which_it_sees_the_time_alone(
    visit: OpenVisit, states: States, demo: Demo
) -> None:
    opened = await enter(visit, states, "reception", "/appointments")
    page = opened.page
    await page.get_by_role("tab", name="Physiotherapy").click()
    rows = page.get_by_role("tabpanel").locator("tbody tr")
    await expect(rows.first).to_be_visible()
    before = await rows.count()
    await page.get_by_role("button", name="Plan a session").click()
    dialog = page.get_by_role("dialog", name="Plan a session")
    await dialog.get_by_role("combobox", name="Patient").fill("Priya")
    await page.get_by_role("option", name="Priya Patient").click()
    await dialog.get_by_role("button", name="Plan it").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Choose the therapist.")
    await dialog.get_by_role("combobox", name="Therapist").fill("Dinesh")
    await page.get_by_role("option", name="Dr Dinesh Doctor").click()
    await dialog.get_by_label("Begins").fill((datetime.now() + timedelta(days=11)).strftime("%Y-%m-%dT04:%M"))  # noqa: DTZ005 - as the wall clock here
    await expect(dialog.get_by_label("Target angle")).to_have_count(0)
    await dialog.get_by_role("button", name="Plan it").click()
    await expect(dialog).to_have_count(0)
    await expect(rows).to_have_count(before + 1)
    [session] = await execute(demo, "SELECT * FROM physio_sessions ORDER BY created_at DESC LIMIT 1")
    assert (session["status"], session["supervised"], session["target_angle"]) == ("scheduled", True, None)
    assert not opened.complaints  # nothing was asked for that reception may not read
