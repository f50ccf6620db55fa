"""Where the selected ambulance was: its track, its trips, and the files of them, read from a real hub."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.async_api import Page, Request, Route, expect

from tests.browser.conftest import OpenVisit
from tests.browser.past import Past
from tests.browser.visit import PHONE, Visit

pytestmark = pytest.mark.timeout(180)

TRACK = re.compile(r"/api/v1/ambulances/\d+/track\?")
# How many pixels of the track's canvas are painted on.
PAINTED = """() => {
  const canvas = [...document.querySelectorAll(".leaflet-track-pane canvas")].at(-1);
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let at = 3; at < data.length; at += 4) if (data[at] > 200) count += 1;
  return count;
}"""


class Reads:
    """The stretches of time for which a page asks the hub."""

    def __init__(self, page: Page, pattern: re.Pattern[str] = TRACK) -> None:
        self.spans: list[tuple[datetime, datetime]] = []
        self._pattern = pattern
        page.on("request", self._hear)

    def _hear(self, request: Request) -> None:
        if self._pattern.search(request.url):
            query = parse_qs(urlparse(request.url).query)
            since, until = (datetime.fromisoformat(query[name][0]) for name in ("from", "to"))
            self.spans.append((since, until))


async def choose(opened: Visit, number: int = 1) -> None:
    """Select a row and wait until its last hour is there."""
    await opened.page.locator(".row").nth(number).click()
    await see_track(opened.page)


async def see_track(page: Page) -> None:
    await expect(page.locator(".figures")).to_be_visible()
    await expect(page.locator(".loading")).to_have_count(0)


async def see_it_grow(page: Page) -> None:
    """Wait until the ambulance has driven another 100 m."""
    driven = await figure(page, "Distance")
    await expect(page.locator(".figures dd").first).not_to_have_text(driven, timeout=60_000)


async def figure(page: Page, name: str) -> str:
    """Return one of the figures of the track."""
    block = page.locator(".figures > div").filter(has_text=re.compile(name))
    return await block.locator("dd").text_content() or ""


async def test_the_last_hour_is_drawn_with_its_stop_and_its_silence(fleet: OpenVisit, past: Past) -> None:
    opened = await fleet()
    page = opened.page
    reads = Reads(page)
    await choose(opened)
    assert float((await figure(page, "Distance")).split()[0]) > 10  # km
    assert re.search(r"\d+ min|1 h", await figure(page, "Driving"))
    assert re.search(r"\d+ min", await figure(page, "stop"))
    assert re.search(r"\d+ min", await figure(page, "No signal"))
    await page.get_by_role("button", name="Show the track").click()
    await page.wait_for_function(f"() => ({PAINTED})() > 1500")
    [(since, until)] = reads.spans
    assert abs(until - since - timedelta(hours=1)) < timedelta(seconds=5)
    assert abs(datetime.now(UTC) - until) < timedelta(seconds=30)
    await opened.shoot("track-light")
    await page.get_by_role("button", name="Time", exact=True).click()
    await expect(page.get_by_role("button", name="Time", exact=True)).to_have_attribute("aria-pressed", "true")
    await expect(page.locator(".ramp__marks span")).to_have_count(2)
    await opened.shoot("track-by-time-light")
    assert opened.complaints == []


async def test_the_track_grows_live_and_nothing_is_read_twice(fleet: OpenVisit, past: Past) -> None:
    opened = await fleet()
    page = opened.page
    reads = Reads(page)
    await choose(opened, 1)
    drawn = await page.evaluate(PAINTED)
    await see_it_grow(page)
    await page.wait_for_function(f"(drawn) => ({PAINTED})() !== drawn", arg=drawn)
    assert len(reads.spans) == 1
    await choose(opened, 3)
    await see_it_grow(page)
    await choose(opened, 1)
    first, _other, missed = reads.spans
    assert missed[0] > first[1], "only what it missed is read"
    assert missed[1] - missed[0] < timedelta(seconds=60)


async def test_a_longer_range_reads_only_what_is_older_and_a_custom_one_says_its_zone(
    fleet: OpenVisit, past: Past
) -> None:
    opened = await fleet(timezone_id="Asia/Kolkata", locale="en-GB")
    page = opened.page
    reads = Reads(page)
    await choose(opened)
    await page.get_by_label("Range of the track").select_option("shift8")
    await expect(page.locator(".loading")).to_have_count(0)
    hour, older = reads.spans
    assert older[1] == hour[0]
    assert older[1] - older[0] > timedelta(hours=6, minutes=59)
    await page.get_by_label("Range of the track").select_option("custom")
    form = page.locator(".custom-range")
    await expect(form).to_contain_text("GMT+5:30")
    ends = past.until.astimezone(UTC) + timedelta(hours=5, minutes=30)
    await form.get_by_label("To").fill((ends - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"))
    await form.get_by_label("From").fill((ends - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"))
    await form.get_by_role("button", name="Show").click()
    await expect(form.get_by_role("alert")).to_contain_text("after the beginning")
    await form.get_by_label("From").fill((ends - timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M"))
    await form.get_by_role("button", name="Show").click()
    for moment in (ends - timedelta(hours=3), ends - timedelta(hours=2)):
        await expect(page.locator(".past__span")).to_contain_text(f"{moment:%H:%M}")
    await see_track(page)
    assert len(reads.spans) == 2, "a part of what is known is not read"
    await form.get_by_role("button", name="Show").scroll_into_view_if_needed()
    await opened.shoot("track-custom-light")


async def test_a_time_without_positions_says_so(fleet: OpenVisit, past: Past) -> None:
    opened = await fleet()
    page = opened.page
    await choose(opened)
    await page.get_by_label("Range of the track").select_option("custom")
    await page.get_by_label("From", exact=True).fill("2026-01-10T02:00")
    await page.get_by_label("To", exact=True).fill("2026-01-10T03:00")
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page.get_by_text("It sent no position in this time.")).to_be_visible()
    await expect(page.locator(".figures")).to_have_count(0)


async def test_trips_and_stops_lead_to_their_places_on_the_map(fleet: OpenVisit, past: Past) -> None:
    opened = await fleet(color_scheme="dark")
    page = opened.page
    reads = Reads(page, re.compile(r"/trips\?"))
    await choose(opened)
    assert reads.spans == [], "the report is read when somebody opens it"
    await page.get_by_role("button", name="Trips and stops").click()
    stop, trip = page.locator(".trip--stop").first, page.locator(".trip--trip").first
    await expect(trip).to_contain_text("km/h")
    await expect(stop).to_contain_text("min")
    await expect(page.locator(".trips__totals")).to_contain_text("km")
    await page.get_by_role("button", name="Show the track").click()
    await page.wait_for_function(f"() => ({PAINTED})() > 1500")
    whole = await page.evaluate(PAINTED)
    await trip.hover()
    await page.wait_for_function(f"(whole) => ({PAINTED})() !== whole", arg=whole)
    await opened.shoot("trips-dark")
    scale = page.locator(".leaflet-control-scale-line")
    far = await scale.text_content()
    await stop.focus()
    await page.keyboard.press("Enter")
    await expect(scale).not_to_have_text(far or "")
    await opened.shoot("trip-zoomed-dark")
    await page.get_by_role("button", name="Trips and stops").click()
    await page.get_by_role("button", name="Trips and stops").click()
    await expect(trip).to_be_visible()
    assert len(reads.spans) == 1


async def test_the_chosen_range_is_downloaded_as_three_kinds_of_file(fleet: OpenVisit, past: Past) -> None:
    opened = await fleet()
    page = opened.page
    await choose(opened)
    for kind, beginning in (("GPX", "<?xml"), ("GeoJSON", "{"), ("CSV", "")):
        async with page.expect_download() as waiting:
            await page.get_by_role("link", name=kind, exact=True).click()
        download = await waiting.value
        path = await download.path()
        assert download.suggested_filename.endswith(f".{kind.lower()}")
        text = path.read_text()
        assert text.startswith(beginning)
        assert len(text.splitlines()) > 300 or len(text) > 20_000
    await expect(page).to_have_title(re.compile("Fleet"))


async def test_the_position_is_copied_as_numbers(fleet: OpenVisit) -> None:
    opened = await fleet(permissions=["clipboard-read", "clipboard-write"])
    page = opened.page
    await page.locator(".row").nth(1).click()
    await page.get_by_role("button", name="Copy the position").click()
    await expect(page.locator(".position__said")).to_have_text("Copied")
    copied = await page.evaluate("navigator.clipboard.readText()")
    latitude, longitude = map(float, copied.split(", "))
    shown = await page.locator(".position__text").text_content() or ""
    assert abs(latitude - float(shown.split("°")[0])) < 0.01
    assert longitude > 0


async def test_who_may_not_read_the_past_is_told_and_still_sees_the_present(fleet: OpenVisit) -> None:
    opened = await fleet()
    page = opened.page
    await page.route(TRACK, refuse)
    await page.locator(".row").nth(1).click()
    await expect(page.locator(".failure")).to_contain_text("may not read where ambulances were")
    await expect(page.locator(".failure button")).to_have_count(0)
    await expect(page.locator(".gauges")).to_be_visible()
    await opened.shoot("track-refused-light")


async def refuse(route: Route) -> None:
    """Answer as the hub does to an account that has lost the right since the page was loaded."""
    problem = {"type": "about:blank", "title": "Forbidden", "status": 403, "code": "forbidden", "detail": ""}
    await route.fulfill(status=403, content_type="application/problem+json", json=problem)


async def test_a_hub_that_is_away_is_asked_again_when_it_is_back_and_only_for_what_is_missing(
    fleet: OpenVisit, past: Past
) -> None:
    opened = await fleet()
    page = opened.page
    reads = Reads(page)
    await choose(opened, 1)
    with opened.demo.hub_killed():
        await expect(page.locator(".pill[data-phase=live]")).to_have_count(0)
        await page.locator(".row").nth(3).click()
        await expect(page.locator(".failure")).to_contain_text("cannot be reached")
        await expect(page.locator(".failure").get_by_role("button", name="Try again")).to_be_visible()
        await opened.shoot("track-unreachable-light")
        await page.locator(".row").nth(1).click()
        await expect(page.locator(".figures")).to_be_visible()
    await expect(page.locator(".pill[data-phase=live]")).to_be_visible(timeout=40_000)
    await expect(page.locator(".failure")).to_have_count(0)
    await see_track(page)
    assert reads.spans[-1][0] > reads.spans[0][1], "what was known before is not read again"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_has_the_track_in_its_sheet(fleet: OpenVisit, past: Past, scheme: str) -> None:
    opened = await fleet(**PHONE, color_scheme=scheme, reduced_motion="reduce")
    page = opened.page
    await page.locator(".row").nth(1).tap()
    await see_track(page)
    await page.get_by_role("button", name="Show the track").tap()
    await page.wait_for_function(f"() => ({PAINTED})() > 1500")
    await opened.shoot(f"phone-track-{scheme}")
    await page.get_by_role("button", name="Make the list larger").tap()
    await page.get_by_role("button", name="Trips and stops").tap()
    await expect(page.locator(".trip").first).to_be_visible()
    await page.locator(".trip").first.scroll_into_view_if_needed()
    await opened.shoot(f"phone-trips-{scheme}")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
