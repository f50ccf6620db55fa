"""Five thousand ambulances that move once a second, on one page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from bench.browser import CHROMIUM, Crowd, chromium, crowd
from bench.page import open_fleet
from tests.browser.visit import SHOTS

pytestmark = pytest.mark.timeout(180)

MANY = 5_000


@pytest.fixture
async def hub(database: str) -> AsyncIterator[Crowd]:
    """A hub that moves them."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    async with crowd(database, MANY) as running:
        yield running


@pytest.fixture
async def page(hub: Crowd) -> AsyncIterator[Page]:
    """The fleet page in front of them, which has nothing to complain of."""
    SHOTS.mkdir(exist_ok=True)
    complaints: list[str] = []
    async with chromium() as browser:
        page = await browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme="dark")
        page.on("console", lambda message: complaints.append(message.text) if message.type != "log" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await open_fleet(page, hub)
        yield page
    assert complaints == []


async def test_a_crowd_is_counted_gathered_into_rings_and_gone_into(page: Page) -> None:
    await expect(page.locator(".sum").first).to_contain_text(str(MANY))
    await expect(page.locator(".sum--available")).to_contain_text("2816")
    await page.screenshot(path=SHOTS / "many-dark.png")
    box = await page.locator(".map").bounding_box()
    assert box is not None
    scale = page.locator(".leaflet-control-scale-line")
    before = await scale.text_content()
    for offset in range(0, 80, 16):  # a ring is somewhere around the middle
        await page.mouse.click(box["x"] + box["width"] / 2 + offset, box["y"] + box["height"] / 2 + offset)
        await page.wait_for_timeout(400)
        if await scale.text_content() != before:
            break
    await expect(scale).not_to_have_text(before or "")
    await expect(page.locator(".details")).to_have_count(0)
    await page.screenshot(path=SHOTS / "many-nearer-dark.png")


async def test_the_list_of_a_crowd_scrolls_from_end_to_end_with_a_handful_of_rows(page: Page) -> None:
    await page.get_by_role("button", name=re.compile("^Plate")).click()
    await page.locator(".list").focus()
    await page.keyboard.press("End")
    await expect(page.locator(".details h2")).to_have_text("MH-14-5000")
    await expect(page.locator("[aria-posinset='5000'] .row__plate")).to_have_text("MH-14-5000")
    assert await page.locator(".row").count() < 40
    await page.keyboard.press("Escape")
    await page.locator(".list").evaluate("(list) => { list.scrollTop = 0; }")
    await expect(page.locator("[aria-posinset='1'] .row__plate")).to_have_text("MH-14-0001")
    await page.get_by_role("searchbox").fill("mh14 4321")
    await expect(page.locator(".row")).to_have_count(1)
