"""What has reached its people, written down a little later and many at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from uuid import UUID

import structlog

from hub.clock import Clock
from storage import inbox
from storage.errors import StorageError
from storage.pool import Database

GATHER_S = 0.1
RETRY_S = 1.0
BATCH_ROWS = 200  # each of them tells two people: the transaction is short all the same
WAITING_MAX = 10_000
_LOG = structlog.get_logger(__name__)


class Deliveries:
    """Takes ids without waiting; `run` must be running.

    What is forgotten, because the hub ends or too many wait, is noted when its receiver lists it or reads it.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db  # role arogya_app
        self._clock = clock
        self._waiting: dict[str, dict[UUID, None]] = {"message": {}, "notification": {}}  # by kind, in order
        self._something = asyncio.Event()

    def note(self, kind: str, *ids: UUID) -> None:
        """Take note of messages or notifications (`message`, `notification`) that reach their receiver."""
        waiting = self._waiting[kind]
        waiting.update(dict.fromkeys(ids))
        while len(waiting) > WAITING_MAX:
            del waiting[next(iter(waiting))]
        if waiting:
            self._something.set()

    async def run(self) -> None:
        """Write down what was noted until cancelled."""
        while True:
            await self._something.wait()
            self._something.clear()
            await asyncio.sleep(GATHER_S)
            try:
                for kind in self._waiting:
                    await self._write(kind)
            except StorageError as error:
                _LOG.warning("deliveries wait", reason=type(error).__name__)
                self._something.set()
                await asyncio.sleep(RETRY_S)

    async def _write(self, kind: str) -> None:
        waiting = self._waiting[kind]
        while waiting:
            batch = list(waiting)[:BATCH_ROWS]
            await self._deliver(kind, batch)
            for id_ in batch:
                waiting.pop(id_, None)

    async def _deliver(self, kind: str, ids: Iterable[UUID]) -> None:
        deliver = inbox.deliver_messages if kind == "message" else inbox.deliver_notifications
        await deliver(self._db, ids, self._clock.now())
