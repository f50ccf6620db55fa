"""One has the lease, and whoever had it before can write nothing more."""

from __future__ import annotations

import asyncio

from storage.dispatch import leases
from storage.dispatch.leases import Lease
from storage.pool import Database
from storage.sql import Query
from tests.storage.world import Connection

LASTS_S = 3_600.0  # no test waits for it
EXPIRE = "UPDATE leases SET expires_at = now() - interval '1 s'"


async def taken(db: Database, holder: str) -> Lease:
    lease = await leases.take(db, "sweeping", holder, lasts_s=LASTS_S)
    assert lease is not None
    return lease


async def counts(db: Database, lease: Lease) -> bool:
    async with db.transaction() as transaction:
        return await leases.is_held(transaction, lease)


async def test_a_lease_has_one_holder(app_pool: Database) -> None:
    mine = await taken(app_pool, "me")
    assert await leases.take(app_pool, "sweeping", "you", lasts_s=LASTS_S) is None
    assert await leases.take(app_pool, "mopping", "you", lasts_s=LASTS_S) is not None
    assert await counts(app_pool, mine)


async def test_who_takes_over_has_a_higher_fence_and_the_former_holder_nothing(
    app_pool: Database, superuser: Connection
) -> None:
    mine = await taken(app_pool, "me")
    await superuser.execute(EXPIRE)
    assert await counts(app_pool, mine)  # it ran out, and nobody else works
    yours = await taken(app_pool, "you")
    assert yours.fence > mine.fence
    assert not await counts(app_pool, mine)
    assert not await leases.renew(app_pool, mine, lasts_s=LASTS_S)
    await leases.release(app_pool, mine)
    assert await leases.renew(app_pool, yours, lasts_s=LASTS_S)
    assert await counts(app_pool, yours)


async def test_a_released_lease_is_free_at_once(app_pool: Database) -> None:
    await leases.release(app_pool, await taken(app_pool, "me"))
    assert (await taken(app_pool, "you")).fence == 2


async def test_of_many_who_want_it_one_gets_it(app_pool: Database, superuser: Connection) -> None:
    await taken(app_pool, "me")
    await superuser.execute(EXPIRE)
    wanted = await asyncio.gather(*(leases.take(app_pool, "sweeping", f"hub {n}", lasts_s=LASTS_S) for n in range(20)))
    assert [lease.fence for lease in wanted if lease is not None] == [2]


async def test_who_takes_over_waits_for_a_transaction_of_the_former_holder(
    app_pool: Database, superuser: Connection
) -> None:
    mine = await taken(app_pool, "me")
    async with asyncio.TaskGroup() as tasks:
        async with app_pool.transaction() as transaction:
            assert await leases.is_held(transaction, mine)
            # It may not be changed even by an expiry while the transaction lasts, so this waits too.
            expiring = tasks.create_task(superuser.execute(EXPIRE))
            await _waits(app_pool)
            assert not expiring.done()
        await expiring
        assert (await taken(app_pool, "you")).fence == 2


async def _waits(db: Database) -> None:
    """Wait until somebody waits for a lock."""
    query = Query("SELECT count(*) AS n FROM pg_locks WHERE NOT granted", name="waiting")
    async with asyncio.timeout(5):
        while not (await db.fetch(query))[0]["n"]:  # noqa: ASYNC110 - the condition lies in PostgreSQL
            await asyncio.sleep(0.01)
