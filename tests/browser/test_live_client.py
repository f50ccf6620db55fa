"""What the page's live client promises of a connection, in a real browser and against the real hub."""

from __future__ import annotations

import time

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenVisit

pytestmark = pytest.mark.timeout(120)

NOTICED_S = 5.0
SLACK_S = 3.0  # the machine may be busy with other tests


async def test_a_frozen_hub_is_not_shown_as_live_for_longer_than_five_seconds(fleet: OpenVisit) -> None:
    opened = await fleet()
    live = opened.page.locator(".pill[data-phase=live]")
    count = await opened.count_ambulances()
    with opened.demo.hub_frozen():
        began = time.monotonic()
        await expect(live).to_have_count(0)
        assert time.monotonic() - began < NOTICED_S + SLACK_S
        assert await opened.count_ambulances() == count
    await expect(live).to_be_visible(timeout=40_000)
    assert await opened.count_ambulances() == count


async def test_a_hub_that_falls_silent_for_a_moment_costs_no_connection(fleet: OpenVisit) -> None:
    opened = await fleet()
    sockets: list[str] = []
    opened.page.on("websocket", lambda socket: sockets.append(socket.url))
    with opened.demo.hub_frozen():
        await opened.page.wait_for_timeout(1_500)
    await opened.page.wait_for_timeout(4_000)
    assert sockets == []
    await expect(opened.page.locator(".pill[data-phase=live]")).to_be_visible()
