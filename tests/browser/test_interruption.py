"""What a dispatcher sees while the hub is dead, and afterwards."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenVisit

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
        await expect(page.locator(".badge--offline").first).to_contain_text("Offline · 6:")
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
