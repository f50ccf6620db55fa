"""Order, columns, the pin, following, help and the link to a view, with the mouse and without."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenVisit
from tests.browser.visit import PHONE, Visit

pytestmark = pytest.mark.timeout(120)


async def plates(page: Page) -> list[str]:
    """Return the plates in view, in the order in which they stand."""
    rows: list[list[object]] = await page.locator(".row").evaluate_all(
        "(rows) => rows.map((row) => [Number(row.ariaPosInSet), row.querySelector('.row__plate').textContent])"
    )
    return [str(plate) for _, plate in sorted(rows, key=lambda row: int(str(row[0])))]


async def followed_is_in_the_middle(opened: Visit) -> bool:
    """Say whether the ring of the selected one stands in the middle half of the map."""
    found: bool = await opened.page.evaluate(
        """() => {
          const canvas = document.querySelector(".leaflet-fleet-pane canvas");
          const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
          copy.drawImage(canvas, 0, 0);
          const accent = getComputedStyle(document.documentElement).getPropertyValue("--accent");
          const [red, green, blue] = accent.match(/[0-9a-f]{2}/g).map((pair) => parseInt(pair, 16));
          const { data, width } = copy.getImageData(0, 0, canvas.width, canvas.height);
          let [count, x, y] = [0, 0, 0];
          for (let at = 0; at < data.length; at += 4) {
            if (data[at] !== red || data[at + 1] !== green || data[at + 2] !== blue) continue;
            count += 1; x += (at / 4) % width; y += Math.floor(at / 4 / width);
          }
          const box = canvas.getBoundingClientRect();
          const map = document.querySelector(".map").getBoundingClientRect();
          const left = (box.left + (x / count / canvas.width) * box.width - map.left) / map.width;
          const top = (box.top + (y / count / canvas.height) * box.height - map.top) / map.height;
          return count > 50 && Math.abs(left - 0.5) < 0.3 && Math.abs(top - 0.5) < 0.3;
        }"""
    )
    return found


async def test_a_column_sorts_and_sorts_the_other_way_round(fleet: OpenVisit) -> None:
    opened = await fleet()
    page = opened.page
    head = page.get_by_role("button", name=re.compile("^Plate"))
    await head.click()
    await expect(head).to_have_attribute("aria-pressed", "true")
    ascending = await plates(page)
    assert ascending == sorted(ascending)
    await head.click()
    await expect(head).to_contain_text("from Z to A")
    await expect(page.locator("[aria-posinset='1'] .row__plate")).not_to_have_text(ascending[0])
    descending = await plates(page)
    assert descending == sorted(descending, reverse=True)


async def test_a_view_is_kept_and_its_link_shows_the_same_to_others(fleet: OpenVisit) -> None:
    opened = await fleet()
    page = opened.page
    await page.get_by_role("button", name=re.compile("^Speed")).click()
    await page.get_by_role("button", name=re.compile(r"^Available")).click()
    await page.get_by_role("searchbox").fill("10")
    await page.get_by_role("button", name="View").click()
    await page.get_by_role("switch", name="Driver").uncheck()
    await page.get_by_role("switch", name="Wide table").check()
    await opened.shoot("view-menu-light")
    await expect(page).to_have_url(re.compile(r"#find=10&hide=available&sort=speed&columns=speed&wide$"))
    link = page.url
    other = await fleet(color_scheme="dark")
    await other.page.goto("about:blank")
    await other.page.goto(link)  # where all are free, and so none is shown
    await expect(other.page.get_by_role("searchbox")).to_have_value("10")
    await expect(other.page.get_by_role("button", name=re.compile("^Available"))).to_have_attribute(
        "aria-pressed", "false"
    )
    await expect(other.page.locator(".fleet--wide")).to_be_visible()
    await other.shoot("view-wide-dark")
    await page.goto("about:blank")
    await page.goto(opened.demo.url)
    await expect(page.get_by_role("searchbox")).to_have_value("10")
    await page.get_by_role("button", name="View").click()
    await page.get_by_role("button", name="Reset view").click()
    await expect(page.get_by_role("searchbox")).to_have_value("")
    await expect(page).to_have_url(re.compile(r"/$"))


async def test_following_stays_with_an_ambulance_until_the_map_is_dragged(fleet: OpenVisit) -> None:
    opened = await fleet()
    page = opened.page
    await page.locator(".list").focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    chip = page.locator(".follow")
    await expect(chip).to_contain_text("Following")
    await page.wait_for_timeout(600)  # the camera's way
    assert await followed_is_in_the_middle(opened)
    await opened.shoot("following-light")
    box = await page.locator(".map").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 300, box["y"] + 300)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 900, box["y"] + 320, steps=4)
    await page.mouse.up()
    await expect(chip).to_contain_text("Follow again")
    await chip.click()
    await expect(chip).to_contain_text("Following")
    await page.wait_for_timeout(900)
    assert await followed_is_in_the_middle(opened)
    await page.keyboard.press("f")
    await expect(chip).to_have_attribute("aria-pressed", "false")


async def test_a_pin_tells_who_is_nearest_with_the_mouse_and_with_a_key(fleet: OpenVisit) -> None:
    opened = await fleet(color_scheme="dark")
    page = opened.page
    await page.locator(".map").click(button="right", position={"x": 400, "y": 300})
    nearest = page.locator(".nearest li")
    await expect(nearest).to_have_count(5)
    shown = await page.locator(".nearest__distance").all_text_contents()
    metres = [float(text.split()[0]) * (1000 if "km" in text else 1) for text in shown]
    assert metres == sorted(metres)
    await opened.shoot("nearest-dark")
    plate = await nearest.first.locator("b").text_content()
    await nearest.first.get_by_role("button").click()
    await expect(page.locator(".details h2")).to_have_text(plate or "")
    await page.keyboard.press("Escape")
    await expect(page.locator(".details")).to_have_count(0)
    await expect(page.locator(".nearest")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator(".nearest")).to_have_count(0)
    await page.keyboard.press("n")
    await expect(nearest).to_have_count(5)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_help_teaches_the_keys_and_escape_closes_what_was_opened_last(fleet: OpenVisit, scheme: str) -> None:
    opened = await fleet(color_scheme=scheme)
    page = opened.page
    await page.locator(".row").first.click()
    await page.keyboard.press("?")
    help_sheet = page.get_by_role("dialog", name="Keys and marks")
    await expect(help_sheet).to_contain_text("No signal")
    await opened.shoot(f"help-{scheme}")
    await page.keyboard.press("Escape")
    await expect(help_sheet).to_have_count(0)
    await expect(page.locator(".details")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator(".details")).to_have_count(0)


async def test_only_what_the_map_shows_is_asked_for_and_said(fleet: OpenVisit) -> None:
    opened = await fleet()
    page = opened.page
    whole = await opened.count_ambulances()
    await page.locator(".row").first.click()
    await page.keyboard.press("Escape")
    for _ in range(4):
        await page.get_by_role("button", name="Zoom in").click()
        await page.wait_for_timeout(350)
    await page.get_by_role("button", name="View").click()
    await page.get_by_role("switch", name="Only what the map shows").check()
    await expect(page.locator(".partial")).to_be_visible()
    await page.wait_for_function("(whole) => Number(document.querySelector('.sum b').textContent) < whole", arg=whole)
    await expect(page.locator(".sum").first).to_contain_text("in view")
    await page.keyboard.press("Escape")
    await opened.shoot("only-in-view-light")
    await page.get_by_role("button", name="Whole fleet").first.click()
    await page.wait_for_function("(whole) => Number(document.querySelector('.sum b').textContent) === whole", arg=whole)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_keeps_the_map_free_of_legend_and_menus(fleet: OpenVisit, scheme: str) -> None:
    opened = await fleet(color_scheme=scheme, **PHONE)
    page = opened.page
    await page.get_by_role("button", name="Legend").tap()
    card, side = await page.locator(".legend__card").bounding_box(), await page.locator(".side").bounding_box()
    assert card is not None and side is not None and card["y"] >= side["y"] - 80
    await opened.shoot(f"phone-legend-{scheme}")
    await page.get_by_role("button", name="Close the legend").tap()
    await page.get_by_role("button", name="View").tap()
    await opened.shoot(f"phone-view-{scheme}")
    await page.keyboard.press("Escape")
    await expect(page.locator(".popover__card")).to_have_count(0)
    await page.locator(".row").first.tap()
    await page.locator(".follow").tap()
    await expect(page.locator(".follow")).to_contain_text("Following")
    await opened.shoot(f"phone-following-{scheme}")


async def test_the_delay_is_shown_and_explained(fleet: OpenVisit) -> None:
    opened = await fleet()
    page = opened.page
    await expect(page.locator(".pill__delay")).to_contain_text(re.compile(r"\d+ ms|\d\.\d s"))
    await page.get_by_role("button", name=re.compile("How live")).click()
    await expect(page.locator(".lateness")).to_contain_text("19 of 20 within")
    await opened.shoot("lateness-light")
