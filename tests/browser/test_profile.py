"""One's own account: making it, its password, and where it is signed in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Route, expect

from tests.browser.conftest import OpenVisit
from tests.browser.demo import Demo, running_demo
from tests.browser.visit import PHONE, Visit

pytestmark = pytest.mark.timeout(180)

PASSWORD = "रात की ड्यूटी 🚑"
NEWER = "four rivers meet here"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demonstration without ambulances, which nobody looks at here."""
    with running_demo(tmp_path_factory.mktemp("demo") / "state", "--no-fleet") as running:
        yield running


async def open_profile(opened: Visit) -> None:
    await opened.page.get_by_role("link", name="Profile", exact=True).click()
    await expect(opened.page.get_by_role("heading", name="My profile")).to_be_visible()


async def test_a_patient_registers_on_a_phone_and_is_in(visit: OpenVisit) -> None:
    opened = await visit(**PHONE, color_scheme="dark")
    page = opened.page
    await page.goto(opened.demo.url)
    await page.get_by_role("button", name="Register as a patient").click()
    await expect(page.get_by_label("Your name")).to_be_focused()
    await page.get_by_label("Your name").fill("Meera Rao")
    await page.get_by_label("Email").fill("patient@arogya.example")
    await page.get_by_label("New password").fill(PASSWORD)
    await page.get_by_text("More about you").click()
    await page.get_by_label("Date of birth").fill("1990-02-28")
    await page.get_by_label("Blood type").select_option("O+")
    await opened.shoot("register-phone-dark")
    await page.get_by_role("button", name="Register").click()
    await expect(page.get_by_role("alert")).to_contain_text("an account with this address already")
    await page.get_by_label("Email").fill("meera@example.org")
    await page.get_by_role("button", name="Register").click()
    await page.get_by_role("button", name="Pages").click()
    await expect(page.get_by_role("dialog", name="Pages")).to_contain_text("Meera Rao")


async def test_a_forgotten_password_says_whom_to_ask_and_nothing_about_the_account(visit: OpenVisit) -> None:
    opened = await visit()
    page = opened.page
    await page.goto(opened.demo.url)
    await page.get_by_role("button", name="Forgot").click()
    await page.get_by_label("Email").fill("nobody@example.org")
    await page.get_by_role("button", name="Ask for a link").click()
    await expect(page.get_by_role("heading", name="Look into your mail")).to_be_focused()
    await expect(page.locator("main")).to_contain_text("ask the person who invited you")
    await opened.shoot("forgot-light")


async def test_a_changed_password_keeps_this_page_signed_in_and_ends_the_others(visit: OpenVisit) -> None:
    opened, other = await visit(), await visit()
    page = opened.page
    for one in (opened, other):
        await one.sign_in("doctor@arogya.example")
        await open_profile(one)
    await opened.page.reload()
    sessions = page.get_by_role("list", name="Sessions").get_by_role("listitem")
    await expect(sessions).to_have_count(2)
    await opened.shoot("profile-light")
    await page.get_by_label("Present password").fill("not the password")
    await page.get_by_label("New password").fill(NEWER)
    await page.get_by_role("button", name="Change password").click()
    await expect(page.get_by_role("alert")).to_contain_text("not your present password")
    await page.get_by_label("Present password").fill(opened.demo.password)
    await page.get_by_role("button", name="Change password").click()
    await expect(page.get_by_role("status").filter(has_text="Your password is changed")).to_be_visible()
    await expect(sessions).to_have_count(1)
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(other.page.get_by_role("dialog", name="Your session has ended")).to_be_visible()
    await other.page.get_by_role("dialog").get_by_label("Password", exact=True).fill(NEWER)
    await other.page.keyboard.press("Enter")
    await expect(other.page.get_by_role("dialog")).to_have_count(0)


async def test_a_session_is_ended_from_another_browser(visit: OpenVisit) -> None:
    opened, other = await visit(color_scheme="dark"), await visit(user_agent="Mozilla/5.0 (Android 16) Firefox/150.0")
    for one in (other, opened):
        await one.sign_in("facility@arogya.example")
        await open_profile(one)
    page = opened.page
    await opened.shoot("profile-dark")
    await page.get_by_role("button", name="Sign out Firefox on Android").click()
    await expect(page.get_by_role("list", name="Sessions").get_by_role("listitem")).to_have_count(1)
    await expect(other.page.get_by_role("dialog", name="Your session has ended")).to_be_visible()


async def test_name_and_phone_are_changed_and_stay_so(visit: OpenVisit) -> None:
    opened = await visit(**PHONE)
    page = opened.page
    await opened.sign_in("reception@arogya.example")
    await page.get_by_role("button", name="Pages").wait_for()
    await page.goto(f"{opened.demo.url}/profile")
    about = page.get_by_label("About me")
    await about.get_by_label("Name").fill("Radha Rao")
    await about.get_by_label("Phone").fill("+91 98765 43210")
    await opened.shoot("profile-phone-light")
    await about.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    await expect(page.get_by_label("Phone")).to_have_value("+91 98765 43210")
    await page.get_by_role("button", name="Pages").click()
    await expect(page.get_by_role("dialog", name="Pages")).to_contain_text("Radha Rao")


async def _end_soon(route: Route) -> None:
    """Answer as the hub does, but with a session that ends in ten minutes."""
    answer = await route.fetch()
    body = await answer.json()
    body["session"]["expires_at"] = (datetime.now(UTC) + timedelta(minutes=10)).isoformat()
    await route.fulfill(response=answer, json=body)


async def test_half_an_hour_before_its_end_a_session_is_renewed_over_the_page(visit: OpenVisit) -> None:
    opened = await visit()
    page = opened.page
    await page.route("**/api/v1/sessions/current", _end_soon)
    await opened.sign_in("patient@arogya.example")
    await page.get_by_role("link", name="Profile", exact=True).wait_for()
    await page.reload()
    await expect(page.get_by_text("Your session ends at")).to_be_visible()
    await page.get_by_role("button", name="Sign in again now").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await opened.shoot("renewal-early-light")
    await page.get_by_role("dialog").get_by_label("Password", exact=True).fill(opened.demo.password)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_text("Your session ends at")).to_have_count(0)
