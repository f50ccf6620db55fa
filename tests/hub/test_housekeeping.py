"""Days of telemetry are there when samples need them, whatever the clock said when they came."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

from hub.clock import Clock
from hub.housekeeping import TURN, Housekeeping, RetentionRules
from storage.pool import Database
from storage.turns import turn
from tests.storage.world import Connection

NOON = datetime(2031, 3, 3, 12, tzinfo=UTC)
FAR = date(2036, 7, 1)  # where the clock stood before it was set
EXISTS = "SELECT to_regclass($1) IS NOT NULL"


class NoonClock(Clock):
    """Stands still."""

    def now(self) -> datetime:
        return NOON


async def test_a_day_that_only_a_wrong_clock_knew_is_made(owner_pool: Database, superuser: Connection) -> None:
    housekeeping = Housekeeping(owner_pool, NoonClock(), RetentionRules(ahead_days=1))
    await housekeeping.ensure_partitions({FAR})
    for day in ("20310302", "20310303", "20310304", "20360701"):
        assert await superuser.fetchval(EXISTS, f"ambulance_positions_{day}")


async def test_events_are_kept_for_as_long_as_a_viewer_may_be_away(owner_pool: Database, superuser: Connection) -> None:
    for days in (3, 2, 1, 0):
        at = NOON - timedelta(days=days, seconds=-1)
        await superuser.execute("SELECT append_channel_event('alarms', $1, 'raised', '{}')", at)
    await Housekeeping(owner_pool, NoonClock(), RetentionRules(events_days=2)).retire()
    kept = await superuser.fetch('SELECT "offset" FROM channel_events ORDER BY 1')
    assert [row["offset"] for row in kept] == [2, 3, 4]


async def test_what_one_hub_removes_the_others_leave_to_it(owner_pool: Database, superuser: Connection) -> None:
    one, other = (Housekeeping(owner_pool, NoonClock(), RetentionRules()) for _ in range(2))
    async with turn(owner_pool, TURN):
        assert not await one.retire()
    assert await one.retire()
    assert await other.retire()
    assert True in await asyncio.gather(*(each.retire() for each in (one, other, one, other)))
    assert await superuser.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0
