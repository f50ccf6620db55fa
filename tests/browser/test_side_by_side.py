"""Two browsers under load: one is suspended and has its network cut, and both show the same in the end."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple

import pytest
from playwright.async_api import Browser, Page, expect

from bench import provision, viewer_accounts
from bench.browser import CHROMIUM, Crowd, chromium
from bench.hub import HubUnderTest, hub_under_test
from bench.page import open_fleet
from bench.provision import Fleet
from bench.worker import Worker, working
from tests.browser.visit import SHOTS

pytestmark = pytest.mark.timeout(300)

FIXES = """() => [...arogya.live.fleet.fixes.values()]
  .map((fix) => [fix.id, fix.latitude, fix.longitude, fix.fixAtUs]).sort((one, other) => one[0] - other[0])"""
# Whether the newest position on the page is younger than a second by the hub's clock, and the page says so itself.
RIGHT = """() => {
  const newest = Math.max(...[...arogya.live.fleet.fixes.values()].map((fix) => fix.fixAtUs));
  const live = document.querySelector(".pill").dataset.currency === "current";
  return live && arogya.live.clock.nowUs(Date.now()) - newest < 1e6;
}"""
RIGHT_WITHIN_S = 1.0


class Load(NamedTuple):
    """How much, and for how long one of them is away."""

    tablets: int
    away_s: float
    grace: float  # how much slower a machine may be that does everything at once


@pytest.fixture(scope="module")
def load(request: pytest.FixtureRequest) -> Load:
    """The documented load with --full-load, else a small one."""
    return Load(5_000, 60.0, 3.0) if request.config.getoption("--full-load") else Load(300, 10.0, 3.0)


@pytest.fixture(scope="module")
def hub() -> Iterator[HubUnderTest]:
    """A hub as it is served, with a database of its own."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    with hub_under_test(None, None, {}) as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium of the test's own."""
    SHOTS.mkdir(exist_ok=True)
    async with chromium() as browser:
        yield browser


def drive(hub: HubUnderTest, fleet: Fleet, seconds: float) -> dict[str, Any]:
    """Return a job for tablets that send once a second each."""
    job: dict[str, Any] = {"host": hub.host, "port": hub.port, "secrets": fleet.secrets, "frame": 1, "window_frames": 0}
    return job | {"rate_hz": 1.0, "warmup_s": 0.0, "seconds": seconds}


async def watch(browser: Browser, hub: HubUnderTest, tablets: Worker) -> list[Page]:
    """Open the fleet in two browsers that know nothing of one another."""
    (email,), password = await viewer_accounts.make_dispatchers(hub.dsn, 1)
    pages = []
    for _ in range(2):
        context = await browser.new_context(viewport={"width": 1000, "height": 700})
        pages.append(await context.new_page())
        await open_fleet(pages[-1], Crowd(hub.url, email, password, [], tablets))
    return pages


async def test_both_show_the_same_after_one_was_suspended_and_cut_off(
    hub: HubUnderTest, browser: Browser, load: Load
) -> None:
    fleet = await provision.make_fleet(hub.dsn, load.tablets)
    with working("tablets", drive(hub, fleet, load.away_s * 2 + 25)) as tablets:
        tablets.expect("measuring")
        steady, other = await watch(browser, hub, tablets)
        await other.wait_for_function(RIGHT)
        session = await other.context.new_cdp_session(other)
        await session.send("Page.setWebLifecycleState", {"state": "frozen"})
        await steady.wait_for_timeout(load.away_s * 1000)
        await session.send("Page.setWebLifecycleState", {"state": "active"})
        await right_again(other, load)
        await other.context.set_offline(True)
        await expect(other.locator(".banner")).to_contain_text("Last picture from")
        await steady.wait_for_timeout(load.away_s * 1000)
        await other.screenshot(path=SHOTS / "side-by-side-cut.png")
        await other.context.set_offline(False)
        await right_again(other, load)
        await expect(other.locator(".banner")).to_have_count(0)
        tablets.expect("measured")
        tally = tablets.report()
    assert tally["lost_connections"] == 0
    await other.wait_for_timeout(1000)  # several ticks after the last ack
    await compare(hub, fleet, steady, other)


async def right_again(page: Page, load: Load) -> None:
    """Wait until the page is right, and fail when that took too long."""
    started = time.monotonic()
    await page.wait_for_function(RIGHT, polling=50)
    assert time.monotonic() - started < RIGHT_WITHIN_S * load.grace


async def compare(hub: HubUnderTest, fleet: Fleet, steady: Page, other: Page) -> None:
    """Compare the pictures with each other and with the database."""
    one, two = await steady.evaluate(FIXES), await other.evaluate(FIXES)
    assert len(one) == len(fleet.ids)
    assert one == two
    stored = await provision.newest_fixes(hub.dsn, fleet.ids)
    for id_, latitude, longitude, _ in one:
        row = stored[id_]
        assert (round(row[1], 5), round(row[2], 5)) == (round(latitude, 5), round(longitude, 5))
