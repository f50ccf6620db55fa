"""The fleet's past, played on the map of a real hub."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenVisit
from tests.browser.past import Past
from tests.browser.test_details import Reads
from tests.browser.visit import PHONE, Visit

pytestmark = pytest.mark.timeout(180)

PLAYBACK = re.compile(r"/api/v1/fleet/playback\?")
# The middle of what is painted on the canvas of one pane, and how much that is.
MIDDLE = """(pane) => {
  const canvas = [...document.querySelectorAll(`.leaflet-${pane}-pane canvas`)].at(-1);
  if (canvas === undefined) return { count: 0, x: 0, y: 0 };
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data, width } = copy.getImageData(0, 0, canvas.width, canvas.height);
  let [count, x, y] = [0, 0, 0];
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] < 200) continue;
    count += 1; x += (at / 4) % width; y += Math.floor(at / 4 / width);
  }
  return { count, x: x / count, y: y / count };
}"""


async def open_playback(opened: Visit) -> None:
    """Press the key and wait for the fleet of an hour ago."""
    await opened.page.keyboard.press("p")
    await see_past(opened.page)


async def see_past(page: Page) -> None:
    await expect(page.locator(".stage > .playback-band")).to_contain_text("not live")
    await expect(page.locator(".playback__state")).to_have_count(0)


async def slide(page: Page, *keys: str) -> None:
    """Press keys on the slider and wait until what they lead to is loaded."""
    await page.get_by_role("slider").focus()
    for key in keys:
        await page.keyboard.press(key)
    await expect(page.locator(".playback__state")).to_have_count(0)


async def shown_second(page: Page) -> int:
    """Return how many seconds after the beginning of the range the slider stands."""
    return int(await page.get_by_role("slider").get_attribute("aria-valuenow") or -1)


async def test_the_past_is_played_and_nobody_can_take_it_for_now(fleet: OpenVisit, past: Past) -> None:
    opened = await fleet(timezone_id="Asia/Kolkata", locale="en-GB")
    page = opened.page
    reads = Reads(page, PLAYBACK)
    await open_playback(opened)
    for band in (".stage > .playback-band", ".side .playback-band"):
        await expect(page.locator(band)).to_contain_text(re.compile(r"PLAYBACK \d\d:\d\d:\d\d — not live"))
    await expect(page.locator(".pill--live")).to_be_hidden()
    await expect(page.locator(".playback__zone")).to_contain_text("GMT+5:30")
    assert await page.locator(".leaflet-fleet-pane").evaluate("(pane) => getComputedStyle(pane).visibility") == "hidden"
    before = await page.evaluate(MIDDLE, "playback")
    assert before["count"] > 2_000
    await page.keyboard.press("Space")
    await expect(page.get_by_role("button", name="Pause")).to_be_visible()
    moved = f"(b) => {{ const n = ({MIDDLE})('playback'); return Math.hypot(n.x - b.x, n.y - b.y) > 1 }}"
    await page.wait_for_function(moved, arg=before)
    await opened.shoot("playback-light")
    await page.keyboard.press("Space")
    await expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    stands = await shown_second(page)
    await page.wait_for_timeout(300)
    assert await shown_second(page) == stands > 0
    assert all(until - since <= timedelta(minutes=10) for since, until in reads.spans)
    assert opened.complaints == []


async def test_back_to_live_is_at_once_and_the_live_picture_has_gone_on(fleet: OpenVisit, past: Past) -> None:
    opened = await fleet()
    page = opened.page
    await open_playback(opened)
    before = await page.evaluate(MIDDLE, "fleet")
    moved = f"(b) => {{ const n = ({MIDDLE})('fleet'); return Math.hypot(n.x - b.x, n.y - b.y) > 0.5 }}"
    await page.wait_for_function(moved, arg=before)  # underneath, unseen
    shown = await page.evaluate(
        """async () => {
          document.querySelector(".playback-band .button").click();
          await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
          const pane = document.querySelector(".leaflet-fleet-pane");
          return [getComputedStyle(pane).visibility, document.querySelectorAll(".playback-band, .playback").length];
        }"""
    )
    assert shown == ["visible", 0]
    assert (await page.evaluate(MIDDLE, "fleet"))["count"] > 2_000
    await expect(page.locator(".pill--live")).to_be_visible()
    await expect(page.locator(".row").first).not_to_contain_text("then")


async def test_the_slider_obeys_keys_and_pointer_and_reads_nothing_twice(fleet: OpenVisit, past: Past) -> None:
    opened = await fleet(color_scheme="dark")
    page = opened.page
    reads = Reads(page, PLAYBACK)
    await open_playback(opened)
    slider = page.get_by_role("slider")
    await slide(page, "ArrowRight")
    assert await shown_second(page) == 10
    await slide(page, "Shift+ArrowRight", "ArrowLeft")
    assert await shown_second(page) == 60
    await slide(page, "PageUp")
    assert await shown_second(page) == 360
    await slide(page, "End")
    assert await shown_second(page) == 3_600
    await slide(page, "Home")
    await expect(slider).to_have_attribute("aria-valuetext", re.compile(r"\d\d:\d\d:\d\d"))
    box = await slider.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    await page.mouse.move(box["x"] + 2, middle)
    await page.mouse.down()
    for part in (0.2, 0.4, 0.6, 0.75):
        await page.mouse.move(box["x"] + box["width"] * part, middle, steps=4)
    await expect(page.locator(".scrubber__hover")).to_be_visible()
    await page.mouse.up()
    await expect(page.locator(".playback__state")).to_have_count(0)
    assert abs(await shown_second(page) - 2_700) < 20
    await opened.shoot("playback-slider-dark")
    await slide(page, "Home", "End", "Home")
    assert len(set(reads.spans)) == len(reads.spans)


async def test_six_hours_are_played_to_their_end(fleet: OpenVisit, past: Past) -> None:
    opened = await fleet()
    page = opened.page
    reads = Reads(page, PLAYBACK)
    await open_playback(opened)
    await page.locator(".playback-range > button").click()
    await page.get_by_label("Length").select_option("360")
    until = past.until.astimezone(UTC)
    await page.get_by_label("Until", exact=True).fill(until.astimezone().strftime("%Y-%m-%dT%H:%M"))
    await opened.shoot("playback-range-light")
    await page.get_by_role("button", name="Load").click()
    await see_past(page)
    await slide(page, "End", "PageDown", "PageDown")
    await page.get_by_label("Speed").select_option("300")
    await page.get_by_role("button", name="Play", exact=True).click()
    await expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert await shown_second(page) == 21_600
    assert min(since for since, _ in reads.spans) >= until - timedelta(hours=6, minutes=11)
    assert max(until for _, until in reads.spans) <= datetime.now(UTC)


async def test_who_was_silent_fades_and_the_list_says_it(fleet: OpenVisit, past: Past) -> None:
    opened = await fleet()
    page = opened.page
    await open_playback(opened)
    await page.get_by_role("searchbox").fill("no signal then")
    silent = page.locator(".row")
    for _ in range(11):
        if await silent.count():
            break
        await slide(page, "PageUp")
        await page.wait_for_timeout(600)  # a turn of the list
    await silent.first.click()
    await expect(page.locator(".details--then")).to_contain_text("Last heard")
    await expect(silent.first.locator(".badge")).to_be_visible()
    await opened.shoot("playback-silent-light")


async def test_the_selected_one_has_a_trail_and_tells_where_it_was(fleet: OpenVisit, past: Past) -> None:
    opened = await fleet(color_scheme="dark")
    page = opened.page
    await open_playback(opened)
    await slide(page, "PageUp", "PageUp", "PageUp")
    bare = await page.evaluate(MIDDLE, "playback")
    moving = page.locator(".row").filter(has_text="Moving then").first
    await moving.click()
    details = page.locator(".details--then")
    await expect(details).to_contain_text("Speed then")
    await expect(page.locator(".past")).to_have_count(0)
    await page.wait_for_function(f"(b) => ({MIDDLE})('playback').count !== b", arg=bare["count"])
    await opened.shoot("playback-selected-dark")
    await page.keyboard.press("Escape")
    await expect(details).to_have_count(0)
    await expect(page.locator(".stage > .playback-band")).to_be_visible()


async def test_a_hub_that_is_away_is_said_and_the_playback_goes_on_when_it_is_back(
    fleet: OpenVisit, past: Past
) -> None:
    opened = await fleet()
    page = opened.page
    await open_playback(opened)
    with opened.demo.hub_killed():
        await expect(page.locator(".fleet")).not_to_have_attribute("data-connection", "live")
        await page.get_by_role("slider").focus()
        await page.keyboard.press("End")
        await expect(page.locator(".playback__state--failed")).to_contain_text("cannot be reached", timeout=40_000)
        await opened.shoot("playback-unreachable-light")
        await page.keyboard.press("Home")
        assert (await page.evaluate(MIDDLE, "playback"))["count"] > 2_000, "what came before is still shown"
        await page.keyboard.press("End")
    await expect(page.locator(".fleet")).to_have_attribute("data-connection", "live", timeout=40_000)
    await expect(page.locator(".playback__state")).to_have_count(0, timeout=40_000)
    assert (await page.evaluate(MIDDLE, "playback"))["count"] > 1_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_plays_the_past_above_its_sheet(fleet: OpenVisit, past: Past, scheme: str) -> None:
    opened = await fleet(**PHONE, color_scheme=scheme, reduced_motion="reduce")
    page = opened.page
    await page.get_by_role("button", name="Playback").tap()
    await see_past(page)
    await page.get_by_role("button", name="Play", exact=True).tap()
    await page.wait_for_function("() => Number(document.querySelector('.scrubber').ariaValueNow) > 20")
    await page.get_by_role("button", name="Pause").tap()
    await opened.shoot(f"phone-playback-{scheme}")
    await page.locator(".playback-range > button").tap()
    await opened.shoot(f"phone-playback-range-{scheme}")
    await page.keyboard.press("Escape")
    await expect(page.locator(".playback-range__form")).to_have_count(0)
    await expect(page.locator(".stage > .playback-band")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
