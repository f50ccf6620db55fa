"""Calls for help on the fleet page: seen by everybody at once, taken care of by one."""

from __future__ import annotations

import itertools
import time
import uuid

import pytest
from playwright.async_api import expect

from arogya.client import Alarm, DeviceClient, Fix
from tests.browser.conftest import OpenVisit
from tests.browser.demo import Demo
from tests.browser.tablet import Enrolled, enrol
from tests.browser.visit import PHONE

pytestmark = pytest.mark.timeout(180)

PLATES = (f"SOS-{number}" for number in itertools.count(1))


@pytest.fixture
def enrolled(demo: Demo) -> Enrolled:
    """A tablet in an ambulance of this test's own."""
    return enrol(demo, next(PLATES))


async def call_for_help(demo: Demo, enrolled: Enrolled, *, ago_s: int = 0) -> None:
    """Send a position, and then one with an alarm that is so much older."""
    now_us = time.time_ns() // 1000
    alarm = Alarm("sos", str(uuid.uuid4()))
    async with DeviceClient(demo.url, enrolled.secret) as device:
        await device.send(Fix(now_us, 18.5204, 73.8567, speed=0.0))
        await device.send(Fix(now_us - ago_s * 1_000_000, 18.5204, 73.8567, speed=0.0, alarm=alarm))
        await device.drained(20)


async def test_a_call_is_seen_by_two_dispatchers_and_taken_care_of_with_two_keys(
    demo: Demo, fleet: OpenVisit, enrolled: Enrolled
) -> None:
    one, other = await fleet(), await fleet(color_scheme="dark")
    await expect(one.page.locator(".alarms")).to_have_count(0)
    await call_for_help(demo, enrolled)
    for opened in (one, other):
        await expect(opened.page.locator(".alarm__plate")).to_have_text(enrolled.plate, timeout=5_000)
        await expect(opened.page.locator("p[role=alert]")).to_have_text(f"Call for help: {enrolled.plate}")
        await expect(opened.page.locator(".alarm__late")).to_have_count(0)
        assert (await opened.page.title()).startswith("(1 SOS) ")
    await one.shoot("alarm-light")
    await other.shoot("alarm-dark")
    await one.page.get_by_role("button", name="Show on map").click()
    await expect(one.page.locator(".details h2")).to_have_text(enrolled.plate)
    await other.page.keyboard.press("a")  # goes there
    await expect(other.page.locator(".alarm")).to_be_focused()
    await other.page.keyboard.press("a")  # and takes care of it
    for opened in (one, other):
        settled = opened.page.locator(".alarm--settled")
        await expect(settled).to_contain_text(enrolled.plate)
        await expect(settled).to_contain_text("takes care of it, since")
        await expect(opened.page.locator(".alarm:not(.alarm--settled)")).to_have_count(0)
        assert not (await opened.page.title()).startswith("(")
    await one.shoot("alarm-settled-light")
    assert one.complaints == other.complaints == []


async def test_a_call_that_came_late_says_so_and_is_there_after_loading(
    demo: Demo, fleet: OpenVisit, enrolled: Enrolled
) -> None:
    await call_for_help(demo, enrolled, ago_s=600)
    opened = await fleet(**PHONE)
    page = opened.page
    await expect(page.locator(".alarm__late")).to_have_text("arrived late")
    await expect(page.locator(".alarm__when")).to_contain_text("10 min ago")
    await opened.shoot("alarm-phone-light")
    await page.get_by_role("button", name="Make the list larger").tap()
    await expect(page.locator(".alarm__acknowledge")).to_be_in_viewport()  # above the sheet
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await page.locator(".alarm__acknowledge").tap()
    await expect(page.locator(".alarm--settled")).to_be_visible()


async def test_a_call_while_the_hub_was_away_is_seen_when_it_is_back(
    demo: Demo, fleet: OpenVisit, enrolled: Enrolled
) -> None:
    opened = await fleet()
    async with DeviceClient(demo.url, enrolled.secret) as device:
        await device.send(Fix(time.time_ns() // 1000, 18.52, 73.85))
        await device.drained(20)
        with demo.hub_killed():
            await expect(opened.page.locator(".pill[data-phase=live]")).to_have_count(0)
            alarm = Alarm("sos", str(uuid.uuid4()))
            await device.send(Fix(time.time_ns() // 1000, 18.52, 73.85, alarm=alarm))
        await device.drained(40)
    await expect(opened.page.locator(".alarm__plate")).to_have_text(enrolled.plate, timeout=40_000)
    await opened.page.locator(".alarm__acknowledge").click()
    await expect(opened.page.locator(".alarm--settled")).to_be_visible()


async def test_what_could_not_be_acknowledged_is_said_and_stays_open(
    demo: Demo, fleet: OpenVisit, enrolled: Enrolled
) -> None:
    opened = await fleet()
    await call_for_help(demo, enrolled)
    button = opened.page.locator(".alarm__acknowledge")
    await expect(button).to_be_visible()
    await opened.page.route("**/acknowledge", lambda route: route.abort())
    await button.click()
    await expect(opened.page.locator(".alarm__error")).to_contain_text("The hub cannot be reached")
    await opened.page.unroute("**/acknowledge")
    await button.click()
    await expect(opened.page.locator(".alarm--settled")).to_be_visible()


async def test_the_sound_is_off_until_it_is_wanted_and_that_is_remembered(
    demo: Demo, fleet: OpenVisit, enrolled: Enrolled
) -> None:
    opened = await fleet()
    page = opened.page
    await call_for_help(demo, enrolled)
    sound = page.locator(".alarms__sound")
    await expect(sound).to_have_text("Sound off")
    await sound.click()
    await expect(sound).to_have_text("Sound on")
    await page.reload()
    await expect(sound).to_contain_text("Sound on")
    await page.locator("body").click(position={"x": 5, "y": 5})
    await expect(sound).to_have_text("Sound on")
    await page.locator(".alarm__acknowledge").click()
    await expect(page.locator(".alarm--settled")).to_be_visible()
