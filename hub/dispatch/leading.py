"""Which hub does some work, the timers of dispatch above all: one at a time, and one that has slept writes nothing."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from contextlib import suppress

import structlog

from hub.metrics import Metrics
from storage.dispatch import leases
from storage.dispatch.leases import Lease
from storage.errors import StorageError
from storage.pool import Database, Transaction

WORK = "dispatch"
LASTS_S = 3.0
RENEW_S = 1.0
ASK_S = 0.5  # between two questions whether the work is free
_LOG = structlog.get_logger(__name__)


class Deposed(Exception):
    """Another hub does the work now: this one has lost it, whatever it still wants to write."""


class Leader:
    """Does some work while this hub has the lease for it, and stands by otherwise."""

    def __init__(self, db: Database, holder: str, metrics: Metrics, *, work: str = WORK) -> None:
        self._db = db  # role arogya_app
        self._holder = holder  # for people
        self._gauge = metrics.dispatch_leading if work == WORK else metrics.leading.labels(work)
        self._work = work
        self._lease: Lease | None = None  # while this hub works, as far as it knows

    @property
    def is_leading(self) -> bool:
        """Whether this hub does the work, as far as it knows."""
        return self._lease is not None

    async def gate(self, transaction: Transaction) -> None:
        """Let a transaction of the work go on; nobody takes over before it ends. Raises `Deposed`."""
        if self._lease is None or not await leases.is_held(transaction, self._lease):
            raise Deposed

    async def take(self) -> bool:
        """Take the lease if nobody has it; tell whether this hub does the work from now on. Raises `StorageError`."""
        self._lease = await leases.take(self._db, self._work, self._holder, lasts_s=LASTS_S)
        return self._lease is not None

    async def run(self, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Do the work whenever it is this hub's turn, until cancelled; `work` goes on until it is stopped."""
        while True:
            with suppress(StorageError):
                if await self.take():
                    try:
                        await self._lead(work)
                    finally:
                        await self._release()
            await asyncio.sleep(ASK_S * random.uniform(0.8, 1.2))  # noqa: S311 - spreads the hubs

    async def _lead(self, work: Callable[[], Coroutine[None, None, None]]) -> None:
        lease = self._lease
        assert lease is not None  # noqa: S101 - it has just been taken
        self._gauge.set(1)
        _LOG.info("this hub does the work of one hub", work=self._work, fence=lease.fence)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._keep(lease))
                tasks.create_task(work())
        except* Deposed:
            self._lease = None
            _LOG.warning("another hub does the work of one hub now", work=self._work, fence=lease.fence)

    async def _keep(self, lease: Lease) -> None:
        """Renew the lease; while PostgreSQL is away nobody can take it, and nothing can be written by it either."""
        while True:
            await asyncio.sleep(RENEW_S)
            with suppress(StorageError):
                if not await leases.renew(self._db, lease, lasts_s=LASTS_S):
                    raise Deposed

    async def _release(self) -> None:
        """Let another hub work at once, where this one stops."""
        self._gauge.set(0)
        lease, self._lease = self._lease, None
        if lease is not None:
            with suppress(StorageError, TimeoutError):
                async with asyncio.timeout(RENEW_S):
                    await leases.release(self._db, lease)
