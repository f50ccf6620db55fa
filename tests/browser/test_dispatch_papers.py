"""The papers of dispatching: corrected times, calls from paper, the report, the call sheet; and the board by phone."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenVisit
from tests.browser.demo import Demo, running_demo
from tests.browser.inside import States, enter, execute
from tests.browser.visit import PHONE, Visit

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demonstration without ambulances that move."""
    with running_demo(tmp_path_factory.mktemp("demo") / "state", "--no-fleet") as running:
        yield running


@pytest.fixture(scope="module")
def states() -> States:
    """The sessions that the tests share."""
    return {}


async def open_board(visit: OpenVisit, states: States, who: str = "supervisor", **options: object) -> Visit:
    """Open the board in a browser that knows one clock only, and wait until it is there."""
    opened = await enter(visit, states, who, "/dispatch", timezone_id="UTC", **options)
    await opened.page.locator(".dispatch[data-ready=true]").wait_for()
    return opened


def local(moment: datetime) -> str:
    """Return a moment as the form's fields take it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


async def enter_paper_call(page: Page, complaint: str, began: datetime) -> None:
    """Enter a call from paper whose stages are a minute apart, without the time at the scene."""
    await page.keyboard.press("b")
    window = page.get_by_role("dialog", name="Call from paper")
    names = ("Call received", "Unit notified", "Accepted", "On the way", "To the hospital", "At the hospital")
    for minutes, name in enumerate((*names, "Back in service")):
        await window.get_by_label(name).fill(local(began + timedelta(minutes=minutes)))
    await window.get_by_label("Unit", exact=True).fill("MH-12")
    await window.locator(".reference__list [role=option]").first.click()
    await window.get_by_label("Caller").fill("Ravi Kale")
    await window.get_by_label("What happened").fill(complaint)
    await window.get_by_label("How to find it").fill("Mill Street 4")
    await window.get_by_role("button", name="Enter the call").click()
    await expect(window).to_have_count(0)


async def test_a_call_from_paper_is_marked_corrected_reported_and_printed(
    demo: Demo, visit: OpenVisit, states: States
) -> None:
    opened = await open_board(visit, states)
    page = opened.page
    began = (datetime.now(UTC) - timedelta(minutes=10)).replace(microsecond=0)
    await enter_paper_call(page, "Burnt hand", began)
    row = page.locator(".call-row", has_text="Burnt hand")
    await expect(row).to_contain_text("From paper")
    await row.click()
    await expect(page.locator(".stage-times [data-stage=on_scene]")).to_contain_text("passed over")
    await page.get_by_role("button", name="Correct times").click()
    window = page.get_by_role("dialog", name="Times of")
    await window.get_by_label("At the scene").fill(local(began + timedelta(minutes=3, seconds=30)))
    await window.get_by_label("Why").fill("It stands on the back of the sheet")
    await window.get_by_role("button", name="Correct").click()
    await expect(page.locator(".stage-times [data-stage=on_scene] time")).to_be_visible()
    await page.evaluate("() => { window.printed = 0; window.print = () => { window.printed += 1; }; }")
    await page.keyboard.press("p")
    await page.wait_for_function("() => window.printed === 1")
    await page.emulate_media(media="print")
    sheet = page.locator(".call-sheet")
    await expect(sheet).to_contain_text("Burnt hand")
    await expect(page.locator(".board-side")).to_be_hidden()
    await opened.shoot("dispatch-sheet")
    await page.emulate_media(media="screen")
    await page.evaluate("dispatchEvent(new Event('afterprint'))")
    await expect(sheet).to_have_count(0)
    [kept] = await execute(demo, "SELECT back_entered FROM ambulance_requests WHERE complaint = 'Burnt hand'")
    assert kept["back_entered"]


async def test_the_shift_report_tells_intervals_and_is_a_file_too(
    demo: Demo, visit: OpenVisit, states: States, tmp_path: Path
) -> None:
    page = (await open_board(visit, states)).page
    began = (datetime.now(UTC) - timedelta(days=40)).replace(microsecond=0)  # before the demonstration's own calls
    await enter_paper_call(page, "Twisted ankle", began)
    await page.goto(f"{demo.url}/dispatch/report")
    await page.get_by_label("From").fill(local(began - timedelta(minutes=1)))
    await page.get_by_label("To", exact=False).last.fill(local(began + timedelta(minutes=1)))
    transport = page.locator("tr[data-interval=transport][data-priority='1']")
    await expect(transport.locator("[data-of=p50]")).to_have_text("1:00")
    await expect(transport.locator("[data-of=p90]")).to_have_text("1:00")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="CSV").click()
    file = tmp_path / "report.csv"
    await (await download.value).save_as(file)
    lines = {line["complaint"]: line for line in csv.DictReader(io.StringIO(file.read_text()))}
    assert lines["Twisted ankle"]["from_paper"] == "true"
    assert lines["Twisted ankle"]["on_scene (eTimes.06)"] == ""


async def test_one_shift_tells_the_next(visit: OpenVisit, states: States) -> None:
    page = (await open_board(visit, states)).page
    await page.keyboard.press("h")
    await page.get_by_label("What the next shift has to know").fill("The bridge at Mill Street is closed.")
    await page.get_by_role("button", name="Leave the note").click()
    other = (await open_board(visit, states, "dispatcher")).page
    await other.keyboard.press("h")
    await expect(other.locator(".handover li").first).to_contain_text("The bridge at Mill Street is closed.")


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_everything_is_there_on_a_phone(visit: OpenVisit, states: States, theme: str) -> None:
    opened = await open_board(visit, states, "dispatcher", **PHONE, color_scheme=theme)
    page = opened.page
    for name in ("Units", "Messages", "Map", "Queue"):
        await page.get_by_role("tab", name=name).click()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await opened.shoot(f"dispatch-phone-{theme}")
    await page.locator(".board-take").tap()
    await page.get_by_role("button", name="Pick on the map").click()
    await page.locator(".board-picking").wait_for()
    await page.locator(".map").tap(position={"x": 190, "y": 200})
    await expect(page.locator(".place-search__at")).to_contain_text("° N")
    await opened.shoot(f"dispatch-take-phone-{theme}")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await page.get_by_role("button", name="Throw away").click()
    await page.get_by_label("Close the form").click()
    await page.goto(f"{opened.demo.url}/dispatch/report")
    await page.locator(".report-table, .empty").first.wait_for()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
