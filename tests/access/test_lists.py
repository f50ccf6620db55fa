"""Every list, walked through by everybody: a list is exactly what may be read, however it is asked for."""

from __future__ import annotations

import asyncio

import pytest

from tests.access.asking import API, Findings
from tests.access.list_cells import walk
from tests.access.oracle import Oracle
from tests.access.people import ASKING
from tests.access.read_cells import readable
from tests.access.stage import staged

WALKERS = 16
# Ambulances are a list of their own, which is not sorted, counted or filed.
BY_HAND = ("joint_motion_logs",)


@pytest.mark.timeout(300)  # seconds where nothing else runs
async def test_pages_counts_and_files_hold_exactly_what_each_may_read(database: str) -> None:
    async with staged(database) as stage:
        oracle, findings = Oracle(stage.world), Findings()
        walks = iter([(who, table) for table in readable(stage.world) if table not in BY_HAND for who in ASKING])

        async def some() -> None:
            for who, table in walks:
                await walk(stage, oracle, who, table, findings)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(WALKERS):
                tasks.create_task(some())
        findings.check()


async def test_nobody_learns_by_sorting_searching_or_filtering(database: str) -> None:
    async with staged(database) as stage:
        sorted_by = await stage.hub.call("GET", f"{API}/users?sort=created_at", token=stage.tokens["rc"])
        assert (sorted_by.status, sorted_by.code) == (403, "field_forbidden")
        for asked in ("search=MARK.doc.email", "search=MARK.sa.phone", "created_at_from=2000-01-01T00:00:00Z"):
            answer = await stage.hub.call("GET", f"{API}/users?{asked}", token=stage.tokens["rc"])
            own = {str(stage.world.named("users", "rc").id)}
            assert {item["id"] for item in answer.json["items"]} <= own, asked
        for asked in ("search=MARK.pat.address", "search=O%2B"):
            answer = await stage.hub.call("GET", f"{API}/patients?{asked}", token=stage.tokens["dp"])
            assert answer.json["items"] == [], asked
