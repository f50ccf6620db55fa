"""The wall display: nothing to operate, everything to see."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenVisit

pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_wall_has_counters_and_a_map_and_no_chrome(fleet: OpenVisit, scheme: str) -> None:
    opened = await fleet(color_scheme=scheme, viewport={"width": 1920, "height": 1080})
    page = opened.page
    await page.keyboard.press("w")
    await expect(page).to_have_url(re.compile("wall"))
    for gone in (".top", ".side", ".map-tools", ".legend"):
        await expect(page.locator(gone)).to_be_hidden()
    await expect(page.locator(".wall__live")).to_have_text("Live")
    total = sum(int(text) for text in await page.locator(".wall__counter b").all_text_contents())
    assert total >= 10
    await page.locator(".wall[data-idle=true]").wait_for()
    assert await page.locator(".map").evaluate("(map) => getComputedStyle(map).cursor") == "none"
    await opened.shoot(f"wall-{scheme}")
    await page.mouse.move(500, 500)
    await page.get_by_role("button", name="Leave the wall display").click()
    await expect(page.locator(".side")).to_be_visible()


async def test_a_wall_comes_from_its_address_and_says_across_the_screen_when_it_is_not_live(fleet: OpenVisit) -> None:
    opened = await fleet()
    page = opened.page
    await page.goto("about:blank")
    await page.goto(f"{opened.demo.url}/#wall")
    await expect(page.locator(".wall__live--current")).to_be_visible()
    await opened.context.set_offline(True)
    await expect(page.locator(".wall__live")).to_contain_text("old")
    await opened.shoot("wall-lost-light")
    await opened.context.set_offline(False)
    await expect(page.locator(".wall__live--current")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator(".side")).to_be_visible()
