"""A sealer dies in the middle of its work; the next one goes on where it was."""

from __future__ import annotations

import asyncio
import random
import sys

from storage.pool import Database
from tests.hub.audit.world import sealer, verified
from tests.storage.world import Connection

KILLS = 4


async def test_a_sealer_killed_again_and_again_leaves_a_whole_chain(
    database: str, app_pool: Database, reader: Database, superuser: Connection, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311  (replayable)
    for _ in range(KILLS):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.hub.audit.sealing", database, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        await asyncio.wait_for(process.stdout.readline(), 30)
        await asyncio.sleep(chance.uniform(0.1, 0.5))
        process.kill()
        await process.wait()
    async with asyncio.timeout(10):  # a dead process keeps its turn for as long as PostgreSQL believes in it
        while not await sealer(app_pool).seal():  # noqa: ASYNC110 - the condition lies in PostgreSQL
            await asyncio.sleep(0.05)
    verdict = await verified(reader, late_s=0)
    assert verdict.faults == []
    assert verdict.entries == await superuser.fetchval("SELECT count(*) FROM audit_log")
    assert verdict.seals > KILLS
