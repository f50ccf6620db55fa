"""A phone's browser as a tablet: whatever happens to the page, the hub or the network, each sample is stored once."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PATIENCE_MS
from tests.browser.demo import Demo
from tests.browser.tablet import BrowserTablet, Enrolled, Stored, bundle, enrol, serve

pytestmark = pytest.mark.timeout(180)

PLATES = (f"TEST-{number}" for number in itertools.count(1))

# A browser that grants room for so many samples: Chromium's own quota can be set, and is not kept to, by its debugger.
LITTLE_ROOM = """(rows) => {
  let oldest = 1;
  const { put, delete: remove } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...values) {
    if (this.name === "samples" && values[0].seq - oldest >= rows) throw new DOMException("full", "QuotaExceededError");
    return put.apply(this, values);
  };
  IDBObjectStore.prototype.delete = function (range) {
    if (this.name === "samples") oldest = range.upper;
    return remove.call(this, range);
  };
}"""

OpenTablet = Callable[..., Awaitable[BrowserTablet]]


@pytest.fixture(scope="session")
def script(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The client, bundled once."""
    return bundle(tmp_path_factory.mktemp("bundle"))


@pytest.fixture
def enrolled(demo: Demo) -> Enrolled:
    """A device of this test's own."""
    return enrol(demo, next(PLATES))


@pytest.fixture
def stored(demo: Demo, enrolled: Enrolled) -> Stored:
    """The database's view of that device."""
    return Stored(demo, enrolled)


@pytest.fixture
async def phone(browser: Browser, demo: Demo, script: str) -> AsyncIterator[BrowserContext]:
    """A browser whose storage is its own."""
    # What Playwright serves itself does not count as local, the hub does.
    context = await browser.new_context(permissions=["local-network-access"])
    context.set_default_timeout(PATIENCE_MS)
    await serve(context, demo, script)
    yield context
    await context.close()


@pytest.fixture
async def tablet(phone: BrowserContext, demo: Demo, enrolled: Enrolled) -> AsyncIterator[OpenTablet]:
    """Opens a page that streams; nothing may be left unhandled in it."""
    errors: list[str] = []

    async def open_tablet(**spool: Any) -> BrowserTablet:
        page = await phone.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        opened = BrowserTablet(page, demo, enrolled, spool=spool)
        await opened.open()
        return opened

    yield open_tablet
    assert errors == []


async def crash(page: Page) -> None:
    """Kill the page's process; the command for it is never answered."""
    session = await page.context.new_cdp_session(page)
    async with page.expect_event("crash"):
        command = asyncio.create_task(session.send("Page.crash"))
    command.cancel()


async def test_fixes_are_stored_and_the_client_knows_it(tablet: OpenTablet, stored: Stored) -> None:
    opened = await tablet()
    await opened.store(0, 250)
    await opened.drained()
    assert await stored.logs() == [list(range(250))]
    assert await opened.page.evaluate("() => [device.unacked, device.counters.acked, device.dropped]") == [0, 250, 0]


async def test_a_backlog_survives_a_reload_and_the_death_of_the_hub(
    demo: Demo, tablet: OpenTablet, stored: Stored
) -> None:
    opened = await tablet()
    await opened.store(0, 100)
    with demo.hub_killed():
        await opened.phase("waiting")
        await opened.store(100, 3_000)
        await opened.open()  # the page is loaded anew
        await opened.store(3_000, 6_000)
    await opened.phase("streaming")
    await opened.page.wait_for_function("() => device.counters.acked > 500")
    await opened.open()  # and again while the backlog drains
    await opened.store(6_000, 6_100)
    await opened.drained()
    assert await stored.logs() == [list(range(6_100))]


async def test_a_hub_that_dies_again_and_again_costs_nothing(demo: Demo, tablet: OpenTablet, stored: Stored) -> None:
    opened = await tablet()
    for death in range(3):
        await opened.phase("streaming", within_s=60)
        await opened.offer(death * 1_000, (death + 1) * 1_000)
        with demo.hub_killed():
            await opened.phase("waiting")
    await opened.drained()
    assert await stored.logs() == [list(range(3_000))]


async def test_a_page_that_crashes_leaves_everything_that_was_stored(
    demo: Demo, tablet: OpenTablet, stored: Stored
) -> None:
    opened = await tablet()
    with demo.hub_killed():
        await opened.phase("waiting")
        await opened.store(0, 2_000)
        await crash(opened.page)
    again = await tablet()
    await again.drained()
    assert await stored.logs() == [list(range(2_000))]


async def test_two_tabs_never_run_one_spool_together(demo: Demo, tablet: OpenTablet, stored: Stored) -> None:
    first = await tablet()
    await first.store(0, 500)
    second = await tablet()
    await second.phase("standby")
    await second.offer(500, 600)  # waits in memory
    await first.drained()
    assert await stored.logs() == [list(range(500))]
    await first.page.close()
    await second.phase("streaming")
    await second.drained()
    assert await stored.logs() == [list(range(600))]
    assert await second.page.evaluate("() => phases") == ["opening", "standby", "connecting", "streaming"]


async def test_without_a_network_it_spools_and_comes_back_by_itself(tablet: OpenTablet, stored: Stored) -> None:
    opened = await tablet()
    await opened.store(0, 10)
    await opened.drained()
    await opened.page.context.set_offline(True)
    await opened.store(10, 700)
    await opened.page.context.set_offline(False)
    await opened.drained()
    assert await stored.logs() == [list(range(700))]


async def test_a_frozen_hub_is_noticed_and_left(demo: Demo, tablet: OpenTablet, stored: Stored) -> None:
    opened = await tablet()
    await opened.phase("streaming")
    with demo.hub_frozen():
        await opened.store(0, 100)
        await opened.phase("waiting")
        assert "nothing was heard" in await opened.page.evaluate("() => device.current.detail")
    await opened.drained()
    assert await stored.logs() == [list(range(100))]


async def test_the_oldest_leave_a_full_spool_and_the_hub_is_told(
    demo: Demo, tablet: OpenTablet, stored: Stored
) -> None:
    opened = await tablet(rowsMax=500)
    await opened.store(0, 100)
    await opened.drained()
    with demo.hub_killed():
        await opened.phase("waiting")
        await opened.store(100, 400)
        await opened.store(400, 800)
        await opened.open()  # the bound holds over a reload
        await opened.store(800, 900)
    await opened.drained()
    assert await stored.logs() == [[*range(100), *range(400, 900)]]
    skips = await stored.query(
        "SELECT k.* FROM stream_skips k JOIN streams s ON s.id = k.stream_id WHERE s.device_id = $1"
    )
    assert [skip["reason"] for skip in skips] == ["spool_full"]


async def test_a_browser_without_room_drops_the_oldest_instead_of_the_newest(
    demo: Demo, tablet: OpenTablet, stored: Stored
) -> None:
    opened = await tablet()
    await opened.page.evaluate(LITTLE_ROOM, 2_000)
    with demo.hub_killed():
        await opened.phase("waiting")
        await opened.offer(0, 3_000)
        await opened.page.wait_for_function("() => device.lastSeq === 3000")
    await opened.drained()
    [log] = await stored.logs()
    assert log == list(range(log[0], 3_000))
    assert 1_000 <= log[0] < 2_000


async def test_a_wiped_spool_begins_a_new_log(tablet: OpenTablet, stored: Stored) -> None:
    opened = await tablet()
    await opened.store(0, 50)
    await opened.drained()
    name = f"spool-{opened.enrolled.device_id}"
    wiped = "(name) => new Promise((done) => { indexedDB.deleteDatabase(name).onsuccess = done; }).then(() => true)"
    assert await opened.page.evaluate(wiped, name)  # under the running client
    await opened.page.evaluate("() => offer(50, 60)")
    await opened.page.wait_for_function("() => device.lastSeq === 10")
    await opened.drained()
    assert await stored.logs() == [list(range(50)), list(range(50, 60))]


async def test_a_call_for_help_and_a_report_arrive_once_and_are_known_to_have_arrived(
    demo: Demo, tablet: OpenTablet, stored: Stored
) -> None:
    opened = await tablet()
    await opened.store(0, 5)
    await opened.drained()
    with demo.hub_killed():
        await opened.phase("waiting")
        alarm_id = await opened.page.evaluate("() => device.alarm()")
        assert await opened.page.evaluate("() => device.alarm()") == alarm_id  # one call until it has arrived
        await opened.page.evaluate("() => void device.report('duty', { status: 'out_of_service' })")
        await opened.store(5, 8)
        await opened.open()
        await opened.page.wait_for_function("() => device.current.alarm?.delivered === false")
        await opened.store(8, 10)
    await opened.page.wait_for_function("() => device.current.alarm?.delivered === true", timeout=40_000)
    await opened.store(10, 12)
    await opened.drained()
    alarms = await stored.query("SELECT * FROM alarms WHERE device_id = $1")
    assert len(alarms) == 1
    await opened.page.wait_for_function("() => device.reports.length === 0")
    reports = await stored.query("SELECT kind, status FROM crew_reports WHERE device_id = $1 ORDER BY happened_at")
    assert [tuple(report) for report in reports] == [("sos", "done"), ("duty", "done")]
    assert await stored.logs() == [[0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 9, 10, 11]]


async def test_a_sample_off_the_earth_is_refused_alone_and_reported(tablet: OpenTablet, stored: Stored) -> None:
    opened = await tablet()
    await opened.page.evaluate("() => device.send({ recordedAtUs: 1, latitude: 91, longitude: 0 })")
    await opened.store(1, 4)
    await opened.drained()
    assert await stored.logs() == [[1, 2, 3]]
    [refused] = await opened.page.evaluate("() => refusals")
    assert (refused["seq"], refused["code"]) == (1, "invalid_value")


async def test_a_command_is_carried_out_once(tablet: OpenTablet, stored: Stored) -> None:
    opened = await tablet()
    await opened.phase("streaming")
    await stored.query(
        "INSERT INTO device_commands (device_id, kind, body) VALUES ($1, 'reporting', '{\"interval_s\": 5}')"
    )
    await opened.page.wait_for_function("() => commands.length > 0")
    [command] = await opened.page.evaluate("() => commands")
    assert (command["kind"], command["body"]) == ("reporting", {"interval_s": 5})
    await expect(opened.page).to_have_title("Tablet")
