"""What a hub does by the hour: partitions ahead, and behind them what is older than its retention."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import structlog

from hub.clock import Clock
from storage import expiry, partitions
from storage.errors import StorageError
from storage.pool import Database
from storage.turns import turn

PERIOD_S = 3_600.0
RETRY_S = 10.0
TURN = "housekeeping"
_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """How long what is not a record is kept, and how far ahead the days of telemetry are made."""

    positions_days: int = 90
    motion_days: int = 365
    dead_letters_days: int = 30
    sessions_days: int = 90  # ended sign-ins
    events_days: int = 7  # events of live channels: for how long a viewer may be away
    ahead_days: int = 7


class Housekeeping:
    """Runs on every hub; what one of them is removing, the others leave to it."""

    def __init__(self, db: Database, clock: Clock, rules: RetentionRules) -> None:
        self._db = db  # role arogya_owner
        self._clock = clock
        self._rules = rules

    async def run(self) -> None:
        """Keep house once an hour until cancelled; what fails is tried again soon."""
        while True:
            try:
                await self.ensure_partitions()
                await self.retire()
                await asyncio.sleep(PERIOD_S)
            except StorageError as error:
                _LOG.warning("housekeeping failed", reason=type(error).__name__)
                await asyncio.sleep(RETRY_S)

    async def ensure_partitions(self, days: Iterable[date] = ()) -> None:
        """Make the days that are missing: those ahead, and `days` of samples that came before the clock was set."""
        await partitions.ensure(self._db, self._clock.now().date(), self._rules.ahead_days)
        for day in days:
            await partitions.ensure(self._db, day, 0)

    async def retire(self) -> bool:
        """Drop the days that are over, and the rows that nobody asks for any more; False: another hub is doing so."""
        now, rules = self._clock.now(), self._rules
        today = now.date()
        async with turn(self._db, TURN) as mine:
            if mine is None:
                return False
            await expiry.remove_dead_letters(mine, now - timedelta(days=rules.dead_letters_days))
            await expiry.remove_sessions(mine, now - timedelta(days=rules.sessions_days))
            await expiry.remove_tickets(mine, now)
            await expiry.remove_workstations(mine, now)
            await expiry.remove_keys(mine, now)
            await expiry.remove_events(mine, now - timedelta(days=rules.events_days))
            await partitions.retire(mine, "ambulance_positions", today - timedelta(days=rules.positions_days))
            await partitions.retire(mine, "motion_frames", today - timedelta(days=rules.motion_days))
        return True
