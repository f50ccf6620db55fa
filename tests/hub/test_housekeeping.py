"""Days of telemetry are there when samples need them, whatever the clock said when they came."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hub.clock import Clock
from hub.housekeeping import Housekeeping, RetentionRules
from storage.pool import Database
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
