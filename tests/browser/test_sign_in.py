"""The way in, and the way out."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenVisit
from tests.browser.visit import Visit

pytestmark = pytest.mark.timeout(120)


async def test_a_newcomer_signs_in_and_sees_the_fleet_with_a_quiet_console(visit: OpenVisit) -> None:
    opened = await visit()
    await opened.page.goto(opened.demo.url)
    await expect(opened.page.get_by_label("Email")).to_be_focused()
    await opened.shoot("sign-in-light")
    await opened.sign_in()
    await opened.see_fleet()
    assert opened.complaints == []
    cookies = await opened.context.cookies()
    assert all(cookie["httpOnly"] and cookie["sameSite"] == "Strict" for cookie in cookies)


async def test_a_wrong_password_is_said_in_words_and_can_be_looked_at(visit: OpenVisit) -> None:
    opened = await visit(color_scheme="dark")
    await opened.sign_in("reception@arogya.example", "not the password")
    page = opened.page
    await expect(page.get_by_role("alert")).to_contain_text("do not match")
    await expect(page.get_by_label("Password", exact=True)).to_be_focused()
    await page.get_by_role("button", name="Show password").click()
    assert await page.get_by_label("Password", exact=True).input_value() == "not the password"
    await expect(page.get_by_label("Password", exact=True)).to_have_attribute("type", "text")
    await opened.shoot("sign-in-wrong-dark")


async def test_an_account_without_a_fleet_begins_elsewhere_and_can_leave(visit: OpenVisit) -> None:
    opened = await visit(color_scheme="dark")
    await opened.sign_in("patient@arogya.example")
    page = opened.page
    await expect(page.get_by_role("heading", level=1)).to_have_text("My visits")
    await expect(page.get_by_role("link", name="Fleet")).to_have_count(0)
    await expect(page.locator(".map")).to_have_count(0)
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_signing_out_leads_back_and_stays_out(visit: OpenVisit) -> None:
    opened = await visit()
    page = opened.page
    await opened.sign_in("supervisor@arogya.example")
    await opened.see_fleet()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await page.reload()
    await expect(page.get_by_label("Email")).to_have_value("supervisor@arogya.example")


async def end_session(opened: Visit) -> None:
    headers = {"X-Hub-CSRF": "1", "Origin": opened.demo.url}
    answer = await opened.context.request.delete(f"{opened.demo.url}/api/v1/sessions/current", headers=headers)
    assert answer.status == 204


async def test_a_session_that_is_ended_elsewhere_can_be_renewed_over_the_last_picture(visit: OpenVisit) -> None:
    opened = await visit()
    page = opened.page
    await opened.sign_in("supervisor@arogya.example")
    await opened.see_fleet()
    await page.locator(".row").first.click()
    count = await opened.count_ambulances()
    await end_session(opened)
    await expect(page.get_by_role("dialog", name="Your session has ended")).to_be_visible()
    assert await opened.count_ambulances() == count
    await expect(page.locator(".banner")).to_contain_text("sign in again")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await opened.shoot("renewal-light")
    await page.get_by_label("Password", exact=True).fill("not the password")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("do not match")
    await page.get_by_label("Password", exact=True).fill(opened.demo.password)
    await page.keyboard.press("Enter")
    await expect(page.locator(".pill[data-currency=current]")).to_be_visible()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator(".details")).to_be_visible()


async def test_whoever_does_not_renew_the_session_leaves_no_picture_behind(visit: OpenVisit) -> None:
    opened = await visit()
    await opened.sign_in("supervisor@arogya.example")
    await opened.see_fleet()
    await end_session(opened)
    await opened.page.get_by_role("button", name="Leave").click()
    await expect(opened.page.get_by_role("status")).to_contain_text("session has ended")
    await expect(opened.page.locator(".map")).to_have_count(0)
