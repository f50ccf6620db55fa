"""The fleet page in a real browser, on a fleet that moves."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenVisit
from tests.browser.visit import PHONE

pytestmark = pytest.mark.timeout(120)


async def rows(page: Page) -> list[str]:
    """Return the plates that are in the list now."""
    return await page.locator(".row__plate").all_text_contents()


async def test_every_ambulance_is_listed_marked_and_moving(fleet: OpenVisit) -> None:
    opened = await fleet()
    page = opened.page
    listed = await opened.context.request.get(f"{opened.demo.url}/api/v1/ambulances?limit=200")
    plates = sorted(item["plate_number"] for item in (await listed.json())["items"])
    assert len(plates) >= 10
    assert await opened.count_ambulances() == len(plates)
    seen: set[str] = set()
    while len(seen) < len(plates):  # the list holds only what is in view: scroll through it
        before = len(seen)
        seen.update(await rows(page))
        await page.locator(".list").evaluate("(list) => { list.scrollTop += list.clientHeight / 2; }")
        await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        seen.update(await rows(page))
        assert len(seen) > before or len(seen) == len(plates), f"missing {set(plates) - seen}"
    assert sorted(seen) == plates
    first = await opened.find_available()
    assert first["count"] > 40 * len(plates) / 2, "too few markers are drawn"
    await opened.wait_until_moved(first)
    await opened.shoot("fleet-light")
    assert opened.complaints == []


async def test_choosing_in_the_list_pans_and_tells_everything(fleet: OpenVisit) -> None:
    opened = await fleet(color_scheme="dark")
    page = opened.page
    row = page.locator(".row").nth(2)
    plate = await row.locator(".row__plate").text_content()
    await row.click()
    details = page.locator(".details")
    await expect(details.locator("h2")).to_have_text(plate or "")
    for word in ("km/h", "heading", "age of fix", "Driver", "Position", "Accuracy"):
        await expect(details).to_contain_text(word)
    await expect(row).to_have_attribute("aria-selected", "true")
    before = await details.locator("dd").nth(1).text_content()
    await expect(details.locator("dd").nth(1)).not_to_have_text(before or "")
    await page.get_by_role("button", name="Legend").click()
    await expect(page.locator(".legend__card li")).to_have_count(12)
    await opened.shoot("fleet-selected-dark")


async def test_a_marker_can_be_picked_on_the_map(fleet: OpenVisit) -> None:
    opened = await fleet()
    page = opened.page
    await page.locator(".row").first.click()
    plate = await page.locator(".details h2").text_content()
    await page.get_by_role("button", name="Close details").click()
    await expect(page.locator(".details")).to_have_count(0)
    # the list brought it to the middle, which it leaves slowly
    box = await page.locator(".map").bounding_box()
    assert box is not None
    found = ""
    for _ in range(5):
        await page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        if await page.locator(".details").count():
            found = await page.locator(".details h2").text_content() or ""
            break
        await page.locator(".row").first.click()
        await page.get_by_role("button", name="Close details").click()
    assert found == plate


async def test_the_keyboard_reaches_everything(fleet: OpenVisit) -> None:
    opened = await fleet()
    page = opened.page
    await page.keyboard.press("/")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await page.keyboard.type("1003")
    await expect(page.locator(".row")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(page.locator(".row")).not_to_have_count(1)
    await page.keyboard.type("zzz")
    await expect(page.get_by_text("No ambulance matches")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.locator(".list").focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    second = page.locator(".row").nth(1)
    await expect(second).to_have_attribute("aria-selected", "true")
    assert await page.locator(".list").get_attribute("aria-activedescendant") == await second.get_attribute("id")
    await page.keyboard.press("Escape")
    await expect(page.locator(".details")).to_have_count(0)
    outline = "(list) => getComputedStyle(list).outlineStyle"
    assert await page.locator(".list").evaluate(outline) == "solid"


async def test_enter_in_the_search_selects_the_first_that_matches(fleet: OpenVisit) -> None:
    opened = await fleet()
    page = opened.page
    await page.keyboard.press("/")
    await page.keyboard.press("Enter")
    await expect(page.locator(".details")).to_have_count(0)
    await page.keyboard.type("1003")
    await page.keyboard.press("Enter")
    await expect(page.locator(".details h2")).to_contain_text("1003")


async def test_a_status_can_be_hidden_in_list_and_map(fleet: OpenVisit) -> None:
    opened = await fleet()
    page = opened.page
    chip = page.get_by_role("button", name=re.compile(r"^Available"))
    await chip.click()
    await expect(chip).to_have_attribute("aria-pressed", "false")
    await page.wait_for_function(
        "() => [...document.querySelectorAll('.row__sub')].every((row) => !row.textContent.startsWith('Available'))"
    )
    await page.wait_for_timeout(100)  # one frame of the map
    assert (await opened.find_available())["count"] == 0
    await chip.click()
    await expect(page.locator(".row").first).to_be_visible()


async def test_the_theme_follows_the_system_until_somebody_chooses(fleet: OpenVisit) -> None:
    opened = await fleet(color_scheme="dark")
    page = opened.page
    root = page.locator("html")
    await expect(root).to_have_attribute("data-theme", "dark")
    await opened.shoot("fleet-dark")
    await page.get_by_role("button", name="Use the light theme").click()
    await expect(root).to_have_attribute("data-theme", "light")
    await page.reload()
    await expect(root).to_have_attribute("data-theme", "light")
    await page.get_by_role("button", name="Use the dark theme").click()
    await page.emulate_media(color_scheme="light")
    await expect(root).to_have_attribute("data-theme", "light")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_has_map_and_list_and_no_sideways_scrolling(fleet: OpenVisit, scheme: str) -> None:
    opened = await fleet(**PHONE, color_scheme=scheme)
    page = opened.page
    await opened.shoot(f"phone-{scheme}")
    await page.locator(".row").nth(1).tap()
    await expect(page.locator(".details")).to_be_visible()
    await opened.shoot(f"phone-selected-{scheme}")
    await page.get_by_role("button", name="Close details").tap()
    small = await page.locator(".side").bounding_box()
    await page.get_by_role("button", name="Make the list larger").tap()
    await expect(page.locator(".fleet")).to_have_attribute("data-sheet", "full")
    await page.wait_for_function(
        "(height) => document.querySelector('.side').clientHeight > height", arg=small and small["height"]
    )
    for width in (320, 390):
        await page.set_viewport_size({"width": width, "height": 700})
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
