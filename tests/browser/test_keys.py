"""The ways through the page that need no mouse."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenVisit

pytestmark = pytest.mark.timeout(120)


async def test_enter_in_the_search_chooses_the_first_and_once_more_follows_it(fleet: OpenVisit) -> None:
    opened = await fleet()
    page = opened.page
    plate = await page.locator("[aria-posinset='3'] .row__plate").text_content() or ""
    await page.keyboard.press("/")
    await page.keyboard.type(plate)
    await page.keyboard.press("Enter")
    await expect(page.locator(".details h2")).to_have_text(plate)
    await expect(page.locator(".follow")).not_to_contain_text("Following")
    await page.keyboard.press("Enter")
    await expect(page.locator(".follow")).to_contain_text("Following")


async def test_arrow_down_leads_from_the_search_into_the_list(fleet: OpenVisit) -> None:
    opened = await fleet()
    page = opened.page
    await page.keyboard.press("/")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("[aria-selected=true]")).to_have_attribute("aria-posinset", "1")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("[aria-selected=true]")).to_have_attribute("aria-posinset", "2")
    await page.keyboard.press("Enter")
    await expect(page.locator(".follow")).to_contain_text("Following")


async def test_escape_goes_from_the_past_back_to_live_before_it_closes_what_was_open_already(fleet: OpenVisit) -> None:
    opened = await fleet()
    page = opened.page
    await page.locator(".row").first.click()
    await page.keyboard.press("p")
    await expect(page.locator(".playback")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator(".playback")).to_have_count(0)
    await expect(page.locator(".details")).to_be_visible()


async def test_help_keeps_the_keys_of_the_page_to_itself(fleet: OpenVisit) -> None:
    opened = await fleet()
    page = opened.page
    await page.keyboard.press("?")
    await page.keyboard.press("p")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Keys and marks")).to_have_count(0)
    await expect(page.locator(".playback")).to_have_count(0)


async def test_the_labels_of_the_slider_cover_one_another_at_no_width(fleet: OpenVisit) -> None:
    opened = await fleet(viewport={"width": 800, "height": 500})
    page = opened.page
    await page.keyboard.press("p")
    for width in (800, 1000, 1080, 1200, 360):
        await page.set_viewport_size({"width": width, "height": 640})
        edges: list[list[float]] = await page.locator(".scrubber__tick").evaluate_all(
            """(ticks) => ticks.filter((tick) => getComputedStyle(tick).visibility === "visible")
                 .map((tick) => tick.getBoundingClientRect()).map(({ left, right }) => [left, right])"""
        )
        assert len(edges) > 1
        assert all(before[1] < after[0] for before, after in pairwise(edges)), (width, edges)
    await opened.shoot("playback-narrow-light")
