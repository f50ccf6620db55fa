"""The days of plans: what was due counts when they are over, and what is due is told when they begin.

One hub at a time does it. Everything else that moves progress with a plan is counted in the transaction of its cause.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import time
from typing import Final

from hub.clock import Clock
from hub.dispatch.leading import Leader
from storage.errors import StorageError
from storage.physio import progress
from storage.pool import Database

WORK: Final = "rehab"
PLANS_MAX: Final = 20  # in one transaction: each takes some ms, and nobody can count for it meanwhile


@dataclass(frozen=True, slots=True)
class RehabRules:
    """When what happens."""

    round_s: float = 20.0  # between two looks at the clocks of all patients
    due_from: time = time(8)  # of the patient's day: from then on they are told what is due
    due_until: time = time(21)  # and not at night, whenever the hub was started or the plan was made active


class Rehab:
    """Turns the days of all plans on the hub that has the lease for it."""

    def __init__(self, leader: Leader, db: Database, clock: Clock, rules: RehabRules) -> None:
        self._leader = leader
        self._db = db  # role arogya_app
        self._clock = clock
        self._rules = rules

    async def run(self) -> None:
        """Work whenever it is this hub's turn, until cancelled."""
        await self._leader.run(self._work)

    async def _work(self) -> None:
        while True:
            with suppress(StorageError):  # the database is away: next time
                await self.turn()
                await self.remind()
            await asyncio.sleep(self._rules.round_s)

    async def turn(self) -> int:
        """Let the days count that have begun; return for how many plans. Raises `StorageError` and `Deposed`."""
        turned = 0
        while True:
            now = self._clock.now()
            async with self._db.transaction() as transaction:
                await self._leader.gate(transaction)
                plans = await progress.list_turned(transaction, now, plans_max=PLANS_MAX)
                await progress.turn(transaction, plans, now)
            turned += len(plans)
            if len(plans) < PLANS_MAX:
                return turned

    async def remind(self) -> int:
        """Tell patients what is due today, once a plan and day; return how many. Raises as `turn`."""
        async with self._db.transaction() as transaction:
            await self._leader.gate(transaction)
            now, rules = self._clock.now(), self._rules
            return await progress.notify_due(transaction, now, from_time=rules.due_from, until_time=rules.due_until)
