"""What a dispatcher sees while the hub is dead, and afterwards."""

from __future__ import annotations

import os
import signal

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenVisit
from tests.browser.visit import PHONE

pytestmark = pytest.mark.timeout(180)


async def test_the_last_picture_stays_with_its_age_and_comes_back_to_life_by_itself(fleet: OpenVisit) -> None:
    opened = await fleet(clock=True)
    page = opened.page
    count = await opened.count_ambulances()
    with opened.demo.hub_killed():
        await expect(page.locator(".banner")).to_contain_text("Last picture from")
        await expect(page.locator(".pill")).to_contain_text("Reconnecting")
        assert await opened.count_ambulances() == count
        assert (await opened.find_available())["count"] > 0
        await page.clock.fast_forward(100_000)
        await expect(page.locator(".badge--stale").first).to_contain_text("Stale · 1:")
        await expect(page.locator(".overdue")).to_contain_text(f"{count} stale")
        await expect(page.locator(".banner")).to_contain_text("Last picture from 1:")
        await opened.shoot("interrupted-stale-light")
        await page.clock.fast_forward(300_000)
        await expect(page.locator(".badge--lost").first).to_contain_text("No signal · 6:")
        await expect(page.locator(".banner")).to_contain_text("use the radio")
        await opened.shoot("interrupted-offline-light")
    await expect(page.locator(".pill[data-phase=live]")).to_be_visible(timeout=40_000)
    await expect(page.locator(".banner")).to_have_count(0)
    await expect(page.locator(".overdue")).to_have_count(0, timeout=40_000)
    assert await opened.count_ambulances() == count
    await opened.shoot("recovered-light")


async def test_a_short_death_is_over_in_seconds_and_the_fleet_moves_on(fleet: OpenVisit) -> None:
    opened = await fleet()
    page = opened.page
    await page.locator(".row").first.click()
    position = page.locator(".details dd").nth(1)
    with opened.demo.hub_killed():
        await expect(page.locator(".pill[data-phase=live]")).to_have_count(0)
        last = await position.text_content()
    await expect(page.locator(".pill[data-phase=live]")).to_be_visible(timeout=30_000)
    await expect(position).not_to_have_text(last or "", timeout=30_000)


async def test_a_hub_that_is_frozen_is_not_called_live(fleet: OpenVisit) -> None:
    opened = await fleet()
    page = opened.page
    await expect(page.locator(".pill[data-currency=current]")).to_be_visible()
    hub = opened.demo.hub_pid()
    os.kill(hub, signal.SIGSTOP)
    try:
        await expect(page.locator(".pill[data-currency=current]")).to_have_count(0, timeout=6_000)
        await expect(page.locator(".banner")).to_contain_text("Last picture from")
        await opened.shoot("frozen-light")
    finally:
        os.kill(hub, signal.SIGCONT)
    await expect(page.locator(".pill[data-currency=current]")).to_be_visible(timeout=40_000)
    await expect(page.locator(".banner")).to_have_count(0)


async def test_a_phone_without_a_network_keeps_its_buttons_free_and_moves_nothing(fleet: OpenVisit) -> None:
    opened = await fleet(**PHONE, color_scheme="dark")
    page = opened.page
    list_before = await page.locator(".list").bounding_box()
    await opened.context.set_offline(True)
    await expect(page.locator(".banner")).to_contain_text("Last picture from")
    banner = await page.locator(".banner").bounding_box()
    assert banner is not None
    for name in (".map-tools", ".legend", ".playback-open"):
        box = await page.locator(name).bounding_box()
        assert box is not None and box["y"] + box["height"] <= banner["y"], name
    assert await page.locator(".list").bounding_box() == list_before
    await opened.shoot("phone-lost-dark")
    await opened.context.set_offline(False)
    await expect(page.locator(".pill[data-currency=current]")).to_be_visible(timeout=5_000)
    await expect(page.locator(".banner")).to_have_count(0)
