"""An activation link: its holder chooses a password and signs in with it."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenVisit
from tests.browser.demo import Demo, new_link

pytestmark = pytest.mark.timeout(120)

PASSWORD = "रात की ड्यूटी 🚑"
COMMON = "Password2026!!"


async def choose(page: Page, password: str) -> None:
    await page.get_by_label("New password").fill(password)
    await page.get_by_label("New password").press("Enter")


async def test_a_new_administrator_chooses_a_password_and_signs_in_with_it(visit: OpenVisit, demo: Demo) -> None:
    opened = await visit()
    page = opened.page
    link = new_link(demo, "create", "asha+hub@example.org", "--name", "Asha")
    await page.goto(link)
    await expect(page.get_by_label("New password")).to_be_focused()
    assert page.url == f"{demo.url}/"
    await opened.shoot("activation-light")
    await choose(page, PASSWORD)
    await expect(page.get_by_role("status")).to_contain_text("password is set")
    await expect(page.get_by_label("Email")).to_have_value("asha+hub@example.org")
    await expect(page.get_by_label("Password", exact=True)).to_be_focused()
    assert "activate" not in await page.evaluate("JSON.stringify([localStorage, sessionStorage, history.state])")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await opened.see_fleet()
    assert opened.complaints == []


async def test_a_phone_shows_which_rule_a_password_breaks_and_the_link_still_counts(
    visit: OpenVisit, demo: Demo
) -> None:
    opened = await visit(viewport={"width": 375, "height": 700}, color_scheme="dark", has_touch=True)
    page = opened.page
    await page.goto(new_link(demo, "create", "binu@example.org", "--name", "Binu"))
    await choose(page, "eleven char")
    await expect(page.get_by_role("alert")).to_contain_text("1 more")
    await expect(page.locator(".rule--broken")).to_contain_text("12 to 128 characters")
    await page.get_by_label("New password").fill("twelve chars")
    await expect(page.get_by_role("alert")).to_have_count(0)
    await expect(page.locator(".rule--met")).to_contain_text("12 to 128 characters")
    await choose(page, COMMON)
    await expect(page.locator(".rule--broken")).to_contain_text("common")
    await page.get_by_role("button", name="Show password").click()
    await expect(page.get_by_label("New password")).to_have_attribute("type", "text")
    assert await page.get_by_label("New password").input_value() == COMMON
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await opened.shoot("activation-phone-dark")
    await choose(page, PASSWORD)
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_a_link_that_a_newer_one_replaced_says_how_to_get_another(visit: OpenVisit, demo: Demo) -> None:
    opened = await visit()
    page = opened.page
    older = new_link(demo, "create", "chitra@example.org", "--name", "Chitra")
    new_link(demo, "link", "chitra@example.org")
    await page.goto(older)
    await choose(page, PASSWORD)
    await expect(page.get_by_role("heading", name="does not work any more")).to_be_focused()
    await expect(page.get_by_text("arogya admin link chitra@example.org")).to_be_visible()
    await opened.shoot("activation-dead-light")
    await page.get_by_role("button", name="Go to the sign-in").click()
    await expect(page.get_by_label("Email")).to_be_visible()


async def test_a_link_that_is_opened_over_the_fleet_is_taken_up(fleet: OpenVisit, demo: Demo) -> None:
    opened = await fleet()
    await opened.page.evaluate("location.hash = '#activate=nothing'")
    await expect(opened.page.get_by_role("heading", name="Choose your password")).to_be_visible()
    await expect(opened.page).to_have_url(re.compile(r"/$"))
