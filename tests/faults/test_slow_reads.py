"""Reads that take for ever use up their pool: who comes then is told so soon, and devices do not notice."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import NamedTuple

import aiohttp
import asyncpg
import pytest

from storage.pool import READER
from tests.faults.conftest import PlayScene, StartHub
from tests.faults.rig.journal import percentile
from tests.faults.rig.scene import Load

SLOW = 20  # reads at once that sleep in PostgreSQL
ACK_P99_S = 0.5
REFUSED_S = 2.0  # until a read that finds no connection is told so
HANGS_S = 10.0  # beyond it, somebody waits for ever: longer than any statement may take
PATH = "/api/v1/facilities"


class Read(NamedTuple):
    """One answer."""

    status: int
    taken_s: float
    retry_after: str | None


@pytest.mark.timeout(180)
async def test_reads_that_sleep_are_bounded_and_ingest_goes_on(
    start_hub: StartHub, play: PlayScene, fault_database: str, load: Load
) -> None:
    """F8."""
    hub = await start_hub()
    scene = await play(hub)
    token = scene.viewers[0].access_token
    async with aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=HANGS_S), headers={"Authorization": f"Bearer {token}"}
    ) as http:
        assert (await read(http, hub.url)).status == 200
        await make_reads_sleep(fault_database)
        begun_s = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            sleepers = [tasks.create_task(read_until(http, hub.url, begun_s + load.of(6, 20))) for _ in range(SLOW)]
            await asyncio.sleep(1)  # until every connection of the pool is taken
            others = [await read(http, hub.url) for _ in range(3)]
        ended_s = time.monotonic()
        answers = [answer for sleeper in sleepers for answer in sleeper.result()] + others
        await wake_reads(fault_database)
        async with asyncio.timeout(5):  # reads come back
            while (await read(http, hub.url)).status != 200:  # noqa: ASYNC110 - nobody tells when
                await asyncio.sleep(0.1)
    assert {answer.status for answer in answers} == {503}, Counter(answer.status for answer in answers)
    assert all(answer.retry_after for answer in answers)
    refused = sorted(answer.taken_s for answer in answers)
    assert len(refused) > SLOW, "one connection after the other was waited for"
    waited = [taken_s for taken_s in refused if taken_s < hub.settings.database.command_timeout_s - 0.5]
    assert len(waited) >= len(refused) / 2, "most find no connection at all"
    assert max(waited) <= REFUSED_S
    assert max(refused) <= hub.settings.database.command_timeout_s + REFUSED_S, "a statement outlived its deadline"
    acks_s = scene.journal.latencies_between(begun_s, ended_s)
    print(f"{len(answers)} reads refused, slowest of the waiting {max(waited):.2f} s;"  # noqa: T201
          f" acks p99 {percentile(acks_s, 0.99):.3f} s")  # fmt: skip
    assert percentile(acks_s, 0.99) < ACK_P99_S
    assert scene.journal.losses == []
    await scene.judge()


async def read(http: aiohttp.ClientSession, url: str) -> Read:
    """Ask for a list; raises TimeoutError for a hub that hangs."""
    started_s = time.monotonic()
    async with http.get(f"{url}{PATH}") as reply:
        await reply.read()
        return Read(reply.status, time.monotonic() - started_s, reply.headers.get("Retry-After"))


async def read_until(http: aiohttp.ClientSession, url: str, deadline_s: float) -> list[Read]:
    """Ask again and again."""
    answers = []
    while time.monotonic() < deadline_s:
        answers.append(await read(http, url))
    return answers


async def make_reads_sleep(dsn: str) -> None:
    """Let every read of the list sleep in PostgreSQL: the table becomes a view that waits."""
    await _execute(
        dsn,
        "ALTER TABLE facilities RENAME TO facilities_awake",
        "CREATE VIEW facilities AS SELECT f.* FROM facilities_awake f, (SELECT pg_sleep(60)) asleep",
        f"GRANT SELECT ON facilities TO {READER}",
    )


async def wake_reads(dsn: str) -> None:
    """Make the table a table again."""
    await _execute(
        dsn,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%FROM facilities%'"
        " AND pid <> pg_backend_pid() AND datname = current_database()",
        "DROP VIEW facilities",
        "ALTER TABLE facilities_awake RENAME TO facilities",
    )


async def _execute(dsn: str, *statements: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
