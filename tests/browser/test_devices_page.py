"""Devices in the pages: added with a code that is shown once, claimed with it, moved, and revoked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenVisit
from tests.browser.demo import Demo, running_demo
from tests.browser.visit import PHONE, Visit

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demonstration whose ambulances stand still: their tablets never connect."""
    with running_demo(tmp_path_factory.mktemp("demo") / "state", "--no-fleet") as running:
        yield running


async def claim(opened: Visit, code: str) -> int:
    """Do what a device does with a code; returns the status."""
    answer = await opened.context.request.post(f"{opened.demo.url}/api/v1/devices/claim", data={"code": code})
    return answer.status


async def test_a_device_is_added_claimed_moved_and_revoked(visit: OpenVisit) -> None:
    opened = await visit()
    page = opened.page
    await opened.sign_in("admin@arogya.example")
    await page.get_by_role("link", name="Devices").click()
    await page.get_by_role("button", name="Add a device").click()
    await page.get_by_label("Name", exact=True).fill("Spare tablet")
    await page.get_by_role("combobox", name="Ambulance (can be said later)").fill("1003")
    await page.get_by_role("option", name="MH-12-AH-1003").click()
    await opened.shoot("device-add-light")
    await page.get_by_role("button", name="Add and show its code").click()
    dialog = page.get_by_role("dialog", name="Spare tablet is added")
    await expect(dialog.get_by_role("img", name="QR code")).to_be_visible()
    code = await dialog.locator("code").text_content() or ""
    await opened.shoot("device-code-light")
    await dialog.get_by_role("button", name="The device has it").click()
    row = page.get_by_role("row", name="Spare tablet")
    await expect(row).to_contain_text("Waits for its code")
    await expect(row).to_contain_text("MH-12-AH-1003")
    statuses = [await claim(opened, code.lower().replace("-", " ")), await claim(opened, code)]
    assert statuses == [201, 404]
    await page.reload()
    await expect(row).to_contain_text("Set up, never seen")

    await row.get_by_role("button", name="Spare tablet").click()
    device = page.get_by_role("dialog", name="Spare tablet", exact=True)
    await device.get_by_label("In the ambulance", exact=True).fill("1004")
    await device.get_by_role("option", name="MH-12-AH-1004").click()
    await device.get_by_role("button", name="Save: In the ambulance").click()
    await expect(device).to_contain_text("MH-12-AH-1004")
    await opened.shoot("device-light")
    await device.get_by_role("button", name="Change its secret").click()
    await page.get_by_role("button", name="Make a code").click()
    await expect(page.get_by_role("dialog", name="New secret")).to_contain_text("goes on working")
    await page.get_by_role("button", name="The device has it").click()
    await row.get_by_role("button", name="Spare tablet").click()
    await device.get_by_role("button", name="Revoke").click()
    await page.get_by_role("dialog", name="Revoke Spare tablet?").get_by_role("button", name="Revoke").click()
    await expect(device).to_contain_text("It may not connect any more")
    await page.keyboard.press("Escape")
    await expect(row).to_contain_text("Revoked")
    await page.get_by_label("In use or revoked").select_option("In use")
    await expect(row).to_have_count(0)


async def test_a_phone_shows_devices_and_what_one_measures(visit: OpenVisit) -> None:
    opened = await visit(**PHONE, color_scheme="dark")
    page = opened.page
    await opened.sign_in("admin@arogya.example")
    await page.get_by_role("button", name="Pages").wait_for()
    await page.goto(f"{opened.demo.url}/devices")
    await expect(page.get_by_role("row", name="Knee sensor 1")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await opened.shoot("devices-phone-dark")
    await page.get_by_role("button", name="Knee sensor 1").click()
    await expect(page.get_by_role("dialog", name="Knee sensor 1")).to_contain_text("Right knee flexion")
    await opened.shoot("device-phone-dark")


async def test_a_phone_with_an_app_of_its_own_is_added_by_a_link(visit: OpenVisit) -> None:
    opened = await visit()
    page = opened.page
    await opened.sign_in("admin@arogya.example")
    await page.get_by_role("link", name="Devices").click()
    await page.get_by_role("button", name="Add a device").click()
    await page.get_by_label("The app on it").select_option("traccar")
    await page.get_by_label("Name", exact=True).fill("Crew phone")
    await page.get_by_role("combobox", name="Ambulance (can be said later)").fill("1003")
    await page.get_by_role("option", name="MH-12-AH-1003").click()
    await page.get_by_role("button", name="Add and show its link").click()
    dialog = page.get_by_role("dialog", name="Crew phone is added")
    await expect(dialog.get_by_role("img", name="QR code")).to_be_visible()
    server = await dialog.locator("code").text_content() or ""
    await opened.shoot("device-link-light")
    await dialog.get_by_role("button", name="The phone has it").click()
    address = f"{opened.demo.url}/track/{server.partition('/track/')[2]}"
    answer = await opened.context.request.post(f"{address}?lat=18.52&lon=73.85")
    assert answer.status == 200
    await page.reload()
    row = page.get_by_role("row", name="Crew phone")
    await expect(row).to_contain_text("Connected")
    await expect(row).to_contain_text("Tracker with Traccar Client")
    await row.get_by_role("button", name="Crew phone").click()
    device = page.get_by_role("dialog", name="Crew phone", exact=True)
    await expect(device.get_by_role("button", name="New claim code")).to_have_count(0)
    await device.get_by_role("button", name="New link").click()
    await page.get_by_role("button", name="Make a link").click()
    again = page.get_by_role("dialog", name="New secret for Crew phone")
    await expect(again).to_contain_text("The present secret goes on working until the device has used this link")
