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

PERIOD_S = 3_600.0
RETRY_S = 10.0
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
    """Runs on every hub; the database sees to it that they do not get in each other's way."""

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

    async def retire(self) -> None:
        """Drop the days that are over, and the rows that nobody asks for any more."""
        now = self._clock.now()
        await expiry.remove_dead_letters(self._db, now - timedelta(days=self._rules.dead_letters_days))
        await expiry.remove_sessions(self._db, now - timedelta(days=self._rules.sessions_days))
        await expiry.remove_tickets(self._db, now)
        await expiry.remove_events(self._db, now - timedelta(days=self._rules.events_days))
        today = now.date()
        await partitions.retire(self._db, "ambulance_positions", today - timedelta(days=self._rules.positions_days))
        await partitions.retire(self._db, "motion_frames", today - timedelta(days=self._rules.motion_days))
