"""Claiming streams, and what is known of them afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from storage import marks
from storage.errors import Unavailable
from storage.marks import Claim, Mark
from storage.pool import INGEST, INGEST_SETTINGS, Database
from tests.storage import world
from tests.storage.world import Connection

LOG = "0123456789abcdef" * 2


async def test_a_new_log_is_a_new_stream_of_the_ambulance_of_its_tablet(
    superuser: Connection, ingest_pool: Database
) -> None:
    ambulance = await world.ambulance(superuser)
    tablet = await world.tablet(superuser, ambulance)
    first = await marks.claim(ingest_pool, tablet, LOG, "fixes")
    assert first is not None
    assert first == Claim(first.stream, fence=1, acked=0, ambulance_id=ambulance)
    other = await marks.claim(ingest_pool, tablet, "f" * 32, "fixes")
    assert other is not None
    assert other.stream != first.stream


async def test_claiming_again_raises_the_fence_and_tells_the_mark(superuser: Connection, ingest_pool: Database) -> None:
    tablet = await world.tablet(superuser, await world.ambulance(superuser))
    first = await marks.claim(ingest_pool, tablet, LOG, "fixes")
    assert first is not None
    await superuser.execute("UPDATE streams SET last_seq = 41")
    again = await marks.claim(ingest_pool, tablet, LOG, "fixes")
    assert again == first._replace(fence=2, acked=41)
    assert await marks.read_marks(ingest_pool, [first.stream, 10**9]) == {first.stream: Mark(2, 41)}
    assert await marks.fenced(ingest_pool, [first.stream, 10**9], [1, 1]) == {first.stream: True, 10**9: False}
    assert await marks.fenced(ingest_pool, [first.stream], [2]) == {}
    assert await marks.fenced(ingest_pool, [first.stream], [3]) == {first.stream: False}  # of a restored database


async def test_racing_claims_get_different_fences_of_one_stream(superuser: Connection, ingest_pool: Database) -> None:
    tablet = await world.tablet(superuser, await world.ambulance(superuser))
    claims = await asyncio.gather(*(marks.claim(ingest_pool, tablet, LOG, "fixes") for _ in range(8)))
    assert sorted(claim.fence for claim in claims if claim) == list(range(1, 9))
    assert len({claim.stream for claim in claims if claim}) == 1


async def test_a_claim_waits_for_the_batch_that_is_committing(
    superuser: Connection, ingest_pool: Database, database: str
) -> None:
    tablet = await world.tablet(superuser, await world.ambulance(superuser))
    await marks.claim(ingest_pool, tablet, LOG, "fixes")
    hasty = await Database.open(
        database, role=INGEST, size=1, command_timeout_s=5, settings={**INGEST_SETTINGS, "lock_timeout": "100ms"}
    )
    async with superuser.transaction():
        await superuser.execute("UPDATE streams SET last_seq = 50")
        with pytest.raises(Unavailable):
            await marks.claim(hasty, tablet, LOG, "fixes")
    claim = await marks.claim(hasty, tablet, LOG, "fixes")
    assert claim is not None
    assert (claim.fence, claim.acked) == (2, 50)
    await hasty.close()


async def test_a_tablet_that_moved_sends_for_its_new_ambulance(superuser: Connection, ingest_pool: Database) -> None:
    tablet = await world.tablet(superuser, await world.ambulance(superuser))
    await marks.claim(ingest_pool, tablet, LOG, "fixes")
    elsewhere = await world.ambulance(superuser)
    await superuser.execute("UPDATE devices SET ambulance_id = $1", elsewhere)
    claim = await marks.claim(ingest_pool, tablet, LOG, "fixes")
    assert claim is not None
    assert claim.ambulance_id == elsewhere


async def test_a_device_that_may_not_send_gets_no_stream(superuser: Connection, ingest_pool: Database) -> None:
    loose = await world.tablet(superuser, None)
    revoked = await world.tablet(superuser, await world.ambulance(superuser))
    await superuser.execute("UPDATE devices SET revoked_at = now() WHERE id = $1", revoked)
    sensor = await world.insert(superuser, "devices", kind="physio", name="Knee sensor")
    for device in (loose, revoked, sensor, 10**9):
        assert await marks.claim(ingest_pool, device, LOG, "fixes") is None
    assert await superuser.fetchval("SELECT count(*) FROM streams") == 0


async def test_a_log_stays_of_the_kind_it_was_opened_as(superuser: Connection, ingest_pool: Database) -> None:
    session = await world.physio_session(superuser)
    sensor = await world.insert(superuser, "devices", kind="physio", name="Knee sensor")
    motion = await marks.claim(ingest_pool, sensor, LOG, "motion", session, ["right_knee_flexion"])
    assert motion is not None
    assert motion.ambulance_id is None
    assert await marks.claim(ingest_pool, sensor, LOG, "motion", session, ["left_knee_flexion"]) is None
    assert await marks.claim(ingest_pool, sensor, LOG, "fixes") is None
    assert await marks.claim(ingest_pool, sensor, LOG, "motion", session, ["right_knee_flexion"]) is not None


async def test_a_stream_that_is_being_written_holds_up_nobody_else(
    superuser: Connection, ingest_pool: Database
) -> None:
    tablets = [await world.tablet(superuser, await world.ambulance(superuser)) for _ in range(5)]
    for tablet in tablets:
        await marks.claim(ingest_pool, tablet, LOG, "fixes")
    async with asyncio.TaskGroup() as tasks:
        async with superuser.transaction():
            await superuser.execute("UPDATE streams SET last_seq = 7 WHERE device_id = $1", tablets[2])
            claims = [tasks.create_task(marks.claim(ingest_pool, tablet, LOG, "fixes")) for tablet in tablets]
            others = [claim for claim, tablet in zip(claims, tablets, strict=True) if tablet != tablets[2]]
            await asyncio.wait_for(asyncio.wait(others), 1)
            fences = [claim.fence for each in others if (claim := each.result())]
            assert fences == [2, 2, 2, 2]
            assert not claims[2].done()
    late = claims[2].result()
    assert late is not None
    assert (late.fence, late.acked) == (2, 7)


async def test_claims_of_two_hubs_at_once_raise_every_fence_twice(
    superuser: Connection, ingest_pool: Database, open_pool: Callable[[str], Awaitable[Database]]
) -> None:
    other_hub = await open_pool(INGEST)
    tablets = [await world.tablet(superuser, await world.ambulance(superuser)) for _ in range(50)]
    claims = await asyncio.gather(
        *(marks.claim(pool, tablet, LOG, "fixes") for tablet in tablets for pool in (ingest_pool, other_hub))
    )
    assert sorted(claim.fence for claim in claims if claim) == [1] * 50 + [2] * 50
    assert await superuser.fetchval("SELECT count(*) FROM streams WHERE fence = 2") == 50
