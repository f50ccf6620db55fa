"""Every committed entry gets a seal, whoever seals, in whatever order it was committed."""

from __future__ import annotations

import asyncio

from hub.audit import chain
from hub.audit.sealer import TURN
from storage import audit_seals
from storage.errors import Conflict
from storage.pool import Database
from storage.turns import turn
from tests.hub.audit.world import sealer, verified, write
from tests.storage.world import Connection


async def test_what_is_written_is_sealed(app_pool: Database, reader: Database) -> None:
    await write(app_pool, 3)
    assert await sealer(app_pool).seal()
    await write(app_pool, 2)
    assert await sealer(app_pool).seal()
    verdict = await verified(reader)
    assert (verdict.seals, verdict.entries, verdict.faults) == (2, 5, [])
    assert not await audit_seals.anything_waits(reader)


async def test_nothing_to_seal_makes_no_seal(app_pool: Database, reader: Database) -> None:
    assert await sealer(app_pool).seal()
    assert await audit_seals.head(reader) is None
    assert (await verified(reader)).faults == []


async def test_an_entry_that_commits_late_is_sealed_all_the_same(
    app_pool: Database, reader: Database, superuser: Connection
) -> None:
    late = superuser.transaction()
    await late.start()
    await superuser.execute("INSERT INTO audit_log (actor_kind, action, entity) VALUES ('system', 'late', 'users')")
    await write(app_pool, 2)  # with higher ids
    await sealer(app_pool).seal()
    await late.commit()
    await sealer(app_pool).seal()
    found = await audit_seals.seals(reader, after=0, until=9, rows_max=9)
    assert len(found) == 2
    assert found[1].entry_ids[0] < found[0].entry_ids[0]
    assert (await verified(reader, late_s=0)).faults == []


async def test_a_burst_is_sealed_in_batches(app_pool: Database, reader: Database, superuser: Connection) -> None:
    await superuser.execute(
        "INSERT INTO audit_log (actor_kind, action, entity) "
        "SELECT 'system', 'burst', 'users' FROM generate_series(1, 2500)"
    )
    await sealer(app_pool).seal()
    found = await audit_seals.seals(reader, after=0, until=9, rows_max=9)
    assert [len(one.entry_ids) for one in found] == [1_000, 1_000, 500]
    assert (await verified(reader, late_s=0)).faults == []


async def test_who_comes_while_another_hub_seals_leaves_it_to_that_one(app_pool: Database, reader: Database) -> None:
    await write(app_pool, 1)
    async with turn(app_pool, TURN):
        assert not await sealer(app_pool).seal()
    assert await audit_seals.anything_waits(reader)


async def test_two_sealers_that_race_make_one_chain(app_pool: Database, reader: Database) -> None:
    stop = asyncio.Event()

    async def keep_sealing() -> None:
        one = sealer(app_pool)
        while not stop.is_set():
            await one.seal()

    async with asyncio.TaskGroup() as tasks:
        for _ in range(2):
            tasks.create_task(keep_sealing())
        await write(app_pool, 60)
        stop.set()
    await sealer(app_pool).seal()
    verdict = await verified(reader, late_s=0)
    assert (verdict.entries, verdict.faults) == (60, [])


async def test_a_seal_that_does_not_fit_the_chain_any_more_changes_nothing(
    app_pool: Database, reader: Database
) -> None:
    await write(app_pool, 2)
    async with app_pool.hold() as held:
        lines = await audit_seals.waiting(held, 10)
        slow = chain.seal(lines, after=None, sealed_at=1)
        await sealer(app_pool).seal()
        await write(app_pool, 1)
        try:
            await audit_seals.append(held, slow._replace(entry_ids=[*slow.entry_ids, 3], digests=bytes(96)))
        except Conflict:
            pass
        else:
            raise AssertionError("the chain forked")
    assert await audit_seals.anything_waits(reader)  # the third entry still does
    await sealer(app_pool).seal()
    verdict = await verified(reader)
    assert (verdict.entries, verdict.faults) == (3, [])
