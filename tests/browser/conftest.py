"""Debian's Chromium in front of a real demonstration."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, StorageState, async_playwright, expect

from tests.browser.demo import Demo, running_demo
from tests.browser.past import Past, remember
from tests.browser.visit import SHOTS, Visit

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--disable-gpu", "--disable-background-networking", "--no-first-run"]

# The machine may be busy with other tests: a deadline is for what never comes.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)

OpenVisit = Callable[..., Awaitable[Visit]]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One demonstration for the tests of a module: some leave ambulances behind, alarms, and a session too many.

    Nobody calls: what is not about dispatching needs ambulances that stay where they are in the list.
    """
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    with running_demo(tmp_path_factory.mktemp("demo") / "state", "--no-calls", "--no-patients") as running:
        yield running


@pytest.fixture(scope="module")
def past(demo: Demo) -> Past:
    """What every ambulance did in the six hours before the demonstration began."""
    return remember(demo, hours=6, step_s=5)


@pytest.fixture
async def browser(demo: Demo) -> AsyncIterator[Browser]:
    """A Chromium of the test's own."""
    SHOTS.mkdir(exist_ok=True)
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        await browser.close()


@pytest.fixture
async def visit(browser: Browser, demo: Demo) -> AsyncIterator[OpenVisit]:
    """Opens a page in a fresh context (Playwright's options); nothing may be left on its console at the end."""
    visits: list[Visit] = []
    async with AsyncExitStack() as stack:

        async def open_visit(**options: Any) -> Visit:
            options.setdefault("viewport", {"width": 1440, "height": 900})
            context = await browser.new_context(**options)
            stack.push_async_callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            opened = Visit(context, await context.new_page(), demo)
            visits.append(opened)
            return opened

        yield open_visit
        assert [visit.complaints_beyond_network() for visit in visits] == [[] for _ in visits]


@pytest.fixture(scope="module")
def signed_in_states() -> list[StorageState]:
    """The one session that the tests of a module share, once there is one: sign-ins are rate-limited."""
    return []


@pytest.fixture
async def fleet(visit: OpenVisit, signed_in_states: list[StorageState]) -> OpenVisit:
    """Opens the fleet page of a dispatcher who has signed in before."""

    async def open_fleet(*, clock: bool = False, **options: Any) -> Visit:
        if not signed_in_states:
            first = await visit()
            await first.sign_in()
            await first.see_fleet()
            signed_in_states.append(await first.context.storage_state())
            await first.page.close()
        opened = await visit(storage_state=signed_in_states[0], **options)
        if clock:
            await opened.page.clock.install()
        await opened.page.goto(opened.demo.url)
        await opened.see_fleet()
        return opened

    return open_fleet
