"""The frame around the pages: who is shown which, where they begin, and how they get about."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenVisit
from tests.browser.inside import States, enter
from tests.browser.visit import PHONE

pytestmark = pytest.mark.timeout(120)

BEGINNINGS = {
    "reception": ("/people", "People", {"People", "Visits", "Doctors", "Facilities", "Inbox", "Profile"}),
    "doctor": ("/people", "People", {"People", "Visits", "Doctors", "Facilities", "Inbox", "Profile"}),
    "patient": (
        "/appointments",
        "My visits",
        {"Visits", "Exercise", "Doctors", "Facilities", "Inbox", "My record", "Profile"},
    ),
}


@pytest.fixture(scope="module")
def states() -> States:
    """Who has signed in already."""
    return {}


async def ways(page: Page) -> set[str]:
    return set(await page.locator(".rail .way__label").all_text_contents())


@pytest.mark.parametrize("who", BEGINNINGS)
async def test_everybody_begins_where_their_work_is(visit: OpenVisit, states: States, who: str) -> None:
    path, title, shown = BEGINNINGS[who]
    opened = await enter(visit, states, who, "/")
    page = opened.page
    await expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert page.url == opened.demo.url + path
    assert await page.title() == f"{title} · Arogya Hub"
    assert shown <= await ways(page)
    assert not await ways(page) & {"Fleet", "Audit"}
    await opened.shoot(f"begins-{who}-light")


async def test_links_lead_on_without_another_document_and_back_leads_back(visit: OpenVisit, states: States) -> None:
    opened = await enter(visit, states, "admin", "/people")
    page = opened.page
    await page.evaluate("document.stays = true")
    await page.get_by_role("link", name="Facilities").click()
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Facilities")
    await page.get_by_role("link", name="Arogya General Hospital").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Arogya General Hospital")
    await page.go_back()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Facilities")
    await page.keyboard.press("g")
    await page.keyboard.press("a")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Audit log")
    assert await page.evaluate("document.stays") is True


async def test_an_address_that_is_not_for_the_account_says_so_and_leads_home(visit: OpenVisit, states: States) -> None:
    opened = await enter(visit, states, "patient", "/audit")
    page = opened.page
    await expect(page.get_by_role("heading", level=2)).to_contain_text("not for your account")
    await page.get_by_role("link", name="Where I begin").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("My visits")


async def test_on_a_phone_the_menu_is_a_drawer_that_closes_behind_whoever_goes(
    visit: OpenVisit, states: States
) -> None:
    opened = await enter(visit, states, "reception", "/people", color_scheme="dark", **PHONE)
    page = opened.page
    await expect(page.locator(".rail")).to_be_hidden()
    await page.get_by_role("button", name="Pages").click()
    drawer = page.get_by_role("dialog", name="Pages")
    await expect(drawer.get_by_role("link", name="People")).to_have_attribute("aria-current", "page")
    await opened.shoot("menu-phone-dark")
    await drawer.get_by_role("link", name="Doctors").click()
    await expect(drawer).to_have_count(0)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Doctors")
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_help_tells_the_keys_of_the_page_and_gives_the_focus_back(visit: OpenVisit, states: States) -> None:
    opened = await enter(visit, states, "reception", "/people")
    page = opened.page
    search = page.get_by_role("searchbox")
    await page.keyboard.press("/")
    await expect(search).to_be_focused()
    await page.get_by_role("button", name="Keys and marks").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Go to Doctors")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_role("button", name="Keys and marks")).to_be_focused()
    await page.keyboard.press("g")
    await page.keyboard.press("d")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Doctors")


async def test_a_session_that_ends_is_renewed_over_any_page(visit: OpenVisit, states: States) -> None:
    opened = await enter(visit, states, "facility", "/facilities")
    del states["facility"]  # it ends here
    page = opened.page
    await page.get_by_role("searchbox").fill("lake")
    await expect(page.locator(".table tbody tr")).to_have_count(1)
    headers = {"X-Hub-CSRF": "1", "Origin": opened.demo.url}
    assert (await opened.context.request.delete(f"{opened.demo.url}/api/v1/sessions/current", headers=headers)).ok
    await page.locator(".table__sort").first.click()
    await expect(page.get_by_role("dialog", name="Your session has ended")).to_be_visible()
    await page.get_by_label("Password", exact=True).fill(opened.demo.password)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator(".table tbody tr")).to_have_count(1)
    await expect(page.get_by_role("searchbox")).to_have_value("lake")
