"""A demonstration with two hub processes behind the one address: pages cannot tell, even when one of them dies."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Page, StorageState, expect

from tests.browser.conftest import CHROMIUM, OpenVisit
from tests.browser.demo import Demo, running_demo
from tests.browser.visit import Visit

pytestmark = pytest.mark.timeout(240)
PAGES_MOST = 4  # a user may have five connections
BACK_MS = 15_000
# Whether every ambulance has a position that is younger than so many seconds by the hub's clock.
ALL_FRESH = """(seconds) => {
  const fixes = [...arogya.live.fleet.fixes.values()];
  const now = arogya.live.clock.nowUs(Date.now());
  return fixes.length >= 10 && fixes.every((fix) => now - fix.fixAtUs < seconds * 1e6);
}"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demonstration with two hubs."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    options = ("--workers", "2", "--no-calls", "--no-patients")
    with running_demo(tmp_path_factory.mktemp("two") / "state", *options) as running:
        yield running


async def nodes(demo: Demo) -> dict[int, dict[str, Any]]:
    """Return what each hub says about itself, by its process id."""
    command = [sys.executable, "-m", "arogya", "nodes", "--json", "--state", str(demo.state)]
    said = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=True)
    return {node["pid"]: node for node in json.loads(said.stdout)["nodes"] if node["state"] == "serving"}


async def both(demo: Demo, *, without: int = 0) -> set[int]:
    """Return the process ids of both hubs, once there are two, and not that one: who died is listed for a while."""
    async with asyncio.timeout(30):
        while True:
            found = set(await nodes(demo))
            if len(found) == 2 and without not in found:
                return found
            await asyncio.sleep(0.2)


async def viewers(demo: Demo, most: int) -> dict[int, int]:
    """Return how many viewers each hub has, once they know of that many."""
    async with asyncio.timeout(20):
        while True:
            found = {pid: node["viewers"] for pid, node in (await nodes(demo)).items()}
            if sum(found.values()) == most:
                return found
            await asyncio.sleep(0.2)


async def open_on_both(fleet: OpenVisit, demo: Demo) -> list[Visit]:
    """Open pages until each hub has one."""
    opened: list[Visit] = []
    while len(opened) < PAGES_MOST:
        opened.append(await fleet())
        if len(opened) > 1 and min((await viewers(demo, len(opened))).values()) > 0:
            return opened
        if len(opened) == PAGES_MOST:  # the kernel chose one of them again and again
            await opened.pop(0).context.close()
            await viewers(demo, len(opened))
    return opened


async def see_everything_move(page: Page, deadline_ms: int = BACK_MS) -> None:
    """Wait until every ambulance is where it was some seconds ago at most."""
    await page.wait_for_function(ALL_FRESH, arg=4, timeout=deadline_ms)


async def test_every_page_shows_the_ambulances_of_both_hubs(
    fleet: OpenVisit, demo: Demo, signed_in_states: list[StorageState]
) -> None:
    opened = await open_on_both(fleet, demo)
    devices = [node["devices"] for node in (await nodes(demo)).values()]
    assert len(devices) == 2
    assert min(devices) > 0, "the fleet's tablets are on both"
    counts = {await visit.count_ambulances() for visit in opened}
    assert len(counts) == 1
    assert counts.pop() == sum(devices)
    for visit in opened:
        await see_everything_move(visit.page)
        before = await visit.find_available()
        await visit.wait_until_moved(before)
    await opened[0].shoot("two-workers")


async def test_a_page_whose_hub_is_killed_goes_on_with_the_other(fleet: OpenVisit, demo: Demo) -> None:
    opened = await fleet()
    page = opened.page
    (its,) = [pid for pid, count in (await viewers(demo, 1)).items() if count == 1]
    count = await opened.count_ambulances()
    before = await opened.find_available()
    os.kill(its, signal.SIGKILL)
    await expect(page.locator(".pill[data-currency=current]")).to_have_count(0)
    await expect(page.locator(".pill[data-currency=current]")).to_be_visible(timeout=BACK_MS)
    await see_everything_move(page)
    await opened.wait_until_moved(before)
    assert await opened.count_ambulances() == count
    await expect(page.locator(".banner")).to_have_count(0)
    await both(demo, without=its)
