"""The API's page in a browser: its own style is let in by its policy, and nothing is wider than a telephone."""

from __future__ import annotations

import os

import pytest
from playwright.async_api import async_playwright

from handlers.openapi.served import PAGE_PATH
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.handlers.rig import running

GROUND = {"light": "rgb(233, 237, 241)", "dark": "rgb(10, 15, 21)"}


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
async def test_it_is_styled_and_fits_without_a_script(database: str, width: int, scheme: str) -> None:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    async with running(database) as hub, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        page = await browser.new_page(
            viewport={"width": width, "height": 844},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        await page.goto(f"{hub.url}{PAGE_PATH}#post_appointments")
        ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        wide = await page.evaluate("document.documentElement.scrollWidth")
        seen = await page.evaluate("document.querySelector('#post_appointments').getBoundingClientRect().top")
        await browser.close()
    assert ground == GROUND[scheme]
    assert wide == width
    assert 0 <= seen < 200, "the address leads to the operation"
    assert [text for text in said if "favicon" not in text] == []
