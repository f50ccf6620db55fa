"""A hub's part in the audit log: the queue of what is read, the sealer, and the metrics of both."""

from __future__ import annotations

import asyncio

import structlog

from hub.audit import meter
from hub.audit.sealer import AuditSealer
from hub.clock import Clock
from hub.metrics import Metrics
from storage.audit_queue import AuditQueue
from storage.errors import StorageError
from storage.pool import Database

_LOG = structlog.get_logger(__name__)


class AuditTrail:
    """Owned by `run`; `drain` comes before that is cancelled, when everything has been answered."""

    def __init__(self, db: Database, clock: Clock, metrics: Metrics) -> None:
        self.queue = AuditQueue(db)
        self.sealer = AuditSealer(db, clock, metrics)
        self._metrics = metrics

    async def run(self) -> None:
        """Store, seal and count until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.queue.run())
            tasks.create_task(self.sealer.run())
            tasks.create_task(meter.observe(self.queue, self._metrics))

    async def drain(self, timeout_s: float) -> None:
        """Store what still waits, and seal it, so that a stopped hub leaves a log that is whole."""
        await self.queue.drain(timeout_s)
        try:
            async with asyncio.timeout(timeout_s):
                await self.sealer.seal()
        except (StorageError, TimeoutError):
            _LOG.warning("the audit log was not sealed to its end; the next hub does so")
