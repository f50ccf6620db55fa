"""A person who is signed in already and opens one of the pages; and what is put into the database for them to see."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
from playwright.async_api import StorageState

from tests.browser.demo import Demo
from tests.browser.visit import Visit

OpenVisit = Callable[..., Awaitable[Visit]]
States = dict[str, StorageState]  # by login: sign-ins are rate-limited


async def enter(visit: OpenVisit, states: States, who: str, path: str, **options: Any) -> Visit:
    """Open `path` as the demo login `who`, who signs in only the first time."""
    if who not in states:
        first = await visit()
        await first.sign_in(f"{who}@arogya.example")
        await first.page.locator(".way[aria-current=page], .fleet").first.wait_for(state="attached")
        states[who] = await first.context.storage_state()
        await first.page.close()
    opened = await visit(storage_state=states[who], **options)
    await opened.page.goto(opened.demo.url + path)
    await opened.page.locator("h1").first.wait_for(state="attached")
    return opened


async def execute(demo: Demo, sql: str, *values: object) -> list[asyncpg.Record]:
    """Run a statement in the demonstration's database, as its owner."""
    running = json.loads(await asyncio.to_thread((demo.state / "running.json").read_text))
    connection = await asyncpg.connect(running["dsn"])
    try:
        return list(await connection.fetch(sql, *values))
    finally:
        await connection.close()
