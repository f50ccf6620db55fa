"""The way in, and the way out."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenVisit

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


async def test_an_account_without_a_fleet_is_told_so(visit: OpenVisit) -> None:
    opened = await visit()
    await opened.sign_in("patient@arogya.example")
    await expect(opened.page.get_by_text("No fleet for this account")).to_be_visible()


async def test_signing_out_leads_back_and_stays_out(visit: OpenVisit) -> None:
    opened = await visit()
    page = opened.page
    await opened.sign_in("supervisor@arogya.example")
    await opened.see_fleet()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await page.reload()
    await expect(page.get_by_label("Email")).to_have_value("supervisor@arogya.example")


async def test_a_session_that_is_ended_elsewhere_leads_back_to_the_sign_in_with_a_note(visit: OpenVisit) -> None:
    opened = await visit()
    await opened.sign_in("supervisor@arogya.example")
    await opened.see_fleet()
    headers = {"X-Hub-CSRF": "1", "Origin": opened.demo.url}
    answer = await opened.context.request.delete(f"{opened.demo.url}/api/v1/sessions/current", headers=headers)
    assert answer.status == 204
    await expect(opened.page.get_by_role("status")).to_contain_text("session has ended")
