"""The sealer: links what was committed to the audit log into the chain of seals, once a second, one hub at a time."""

from __future__ import annotations

import asyncio

import structlog

from hub.audit import chain
from hub.clock import Clock
from hub.metrics import Metrics
from storage import audit_seals
from storage.audit_seals import Seal
from storage.errors import Conflict, StorageError
from storage.pool import Database, HeldConnection
from storage.turns import turn

PERIOD_S = 1.0
RETRY_S = 5.0
SAID_S = 3_600.0
ENTRIES_MAX = 1_000  # of one seal: a few ms of the event loop
TURN = "audit seals"
_LOG = structlog.get_logger(__name__)


class AuditSealer:
    """Runs on every hub; while one of them seals, the others leave it to that one.

    Ids of the log commit out of order, so what waits is a table of its own and not everything above a mark. A hub that
    dies leaves either a whole seal or none. If two ever sealed at once, the second one's seal would not fit the chain.
    """

    def __init__(self, db: Database, clock: Clock, metrics: Metrics) -> None:
        self._db = db  # role arogya_app
        self._clock = clock
        self._metrics = metrics
        self._said_at_s = float("-inf")  # when the head of the chain was last written to the hub's log, monotonic

    async def run(self) -> None:
        """Seal once a second until cancelled; what fails is tried again soon."""
        while True:
            try:
                await self.seal()
                await asyncio.sleep(PERIOD_S)
            except StorageError as error:
                _LOG.warning("the audit log waits for its seals", reason=type(error).__name__)
                await asyncio.sleep(RETRY_S)

    async def seal(self) -> bool:
        """Seal everything that waits; False: another hub is doing so. Raises `StorageError`."""
        if not await audit_seals.anything_waits(self._db):
            return True
        async with turn(self._db, TURN) as mine:
            if mine is None:
                return False
            head = await audit_seals.head(mine)
            while (after := await self._seal_batch(mine, head)) is not None:
                head = after
                if len(after.entry_ids) < ENTRIES_MAX:
                    break
        if head is not None:
            self._say(head)
        return True

    async def _seal_batch(self, db: HeldConnection, head: Seal | None) -> Seal | None:
        lines = await audit_seals.waiting(db, ENTRIES_MAX)
        if not lines:
            return None
        seal = chain.seal(lines, after=head, sealed_at=self._clock.now_us())
        try:
            await audit_seals.append(db, seal)
        except Conflict:
            return None  # the chain went on without us: the next round begins at its new head
        self._metrics.audit_sealed.inc(len(lines))
        return seal

    def _say(self, head: Seal) -> None:
        """Write where the chain stands to the hub's log once an hour: a copy of that shows when seals are removed."""
        now_s = self._clock.monotonic_s()
        if now_s - self._said_at_s >= SAID_S:
            self._said_at_s = now_s
            _LOG.info("the audit log is sealed", head=f"{head.id}:{head.hash.hex()}")
