"""What happens to sessions by themselves: the missed are given up, the idle are closed, the ended are counted.

One hub at a time does it, and each step is a transaction that only the hub with the lease can commit.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from hub.clock import Clock
from hub.dispatch.leading import Deposed, Leader
from hub.motion.recount import Recount
from hub.motion.sessions import LATE
from storage import audit
from storage.audit import Entry
from storage.errors import StorageError
from storage.physio import counting, sessions
from storage.physio.sessions import SessionRow
from storage.pool import Database, Transaction

WORK: Final = "physio"
ROWS_MAX: Final = 50  # sessions of a kind in one round
_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class KeepingRules:
    """When what happens."""

    idle_s: float = 600.0  # nothing is heard of a session for so long: it is closed
    settle_s: float = 2.0  # after its end, until what is on its way is stored: then it is counted
    round_s: float = 2.0  # between two looks for what has just ended
    patrol_s: float = 15.0  # between two looks for everything else
    again_s: float = 30.0  # a session is not counted more often for what comes late
    retry_s: float = 10.0  # after a count that failed
    broken_s: float = 600.0  # after one that failed for another reason than the database


class Keeper:
    """Keeps all sessions on the hub that has the lease for it."""

    def __init__(self, leader: Leader, db: Database, recount: Recount, clock: Clock, rules: KeepingRules) -> None:
        self._leader = leader
        self._db = db  # role arogya_app
        self._recount = recount
        self._clock = clock
        self._rules = rules
        self._failed: dict[UUID, float] = {}  # sessions whose count failed, until when they wait: monotonic s

    async def run(self) -> None:
        """Work whenever it is this hub's turn, until cancelled."""
        await self._leader.run(self._work)

    async def _work(self) -> None:
        patrolled_s = float("-inf")
        while True:
            try:
                await self.count_ended()
                if self._clock.monotonic_s() - patrolled_s >= self._rules.patrol_s:
                    await self.patrol()
                    patrolled_s = self._clock.monotonic_s()
            except StorageError as error:  # the database is away: next time
                _LOG.warning("sessions wait", reason=type(error).__name__)
            await asyncio.sleep(self._rules.round_s)

    async def patrol(self) -> None:
        """Give up what was missed, close what is idle, count again what came late; raises `StorageError`, `Deposed`."""
        now = self._clock.now()
        for session_id in await sessions.list_overdue(self._db, now, ROWS_MAX):
            await self._miss(session_id)
        for session_id in await sessions.list_idle(self._db, now, self._rules.idle_s, ROWS_MAX):
            await self._close(session_id)
        again = now - timedelta(seconds=self._rules.again_s)
        await self._count(await counting.list_late(self._db, now - LATE - timedelta(hours=1), again, ROWS_MAX))

    async def count_ended(self) -> None:
        """Count the sessions that have ended and are not counted yet; raises `StorageError` and `Deposed`."""
        before = self._clock.now() - timedelta(seconds=self._rules.settle_s)
        await self._count(await counting.list_uncounted(self._db, before, ROWS_MAX + len(self._failed)))

    async def _count(self, session_ids: list[UUID]) -> None:
        now_s = self._clock.monotonic_s()
        self._failed = {key: until for key, until in self._failed.items() if until > now_s}
        for session_id in session_ids:
            if session_id in self._failed:
                continue
            try:
                await self._recount.count(session_id, self._leader.gate)
            except Deposed:
                raise
            except StorageError as error:  # one that fails always does not keep the others from being counted
                _LOG.warning("a session is not counted", session=str(session_id), reason=type(error).__name__)
                self._failed[session_id] = now_s + self._rules.retry_s
            except Exception as error:  # noqa: BLE001 - the boundary of a session: what is wrong with one stops no hub
                _LOG.error("a session cannot be counted", session=str(session_id), reason=repr(error))
                self._failed[session_id] = now_s + self._rules.broken_s

    async def _miss(self, session_id: UUID) -> None:
        async with self._db.transaction() as transaction:
            session = await self._locked(transaction, session_id)
            if session is not None and await sessions.miss(transaction, session_id):
                await _note(transaction, session, "missed")

    async def _close(self, session_id: UUID) -> None:
        async with self._db.transaction() as transaction:
            session = await self._locked(transaction, session_id)
            if session is not None and await sessions.close(transaction, session_id, self._clock.now()):
                await _note(transaction, session, "completed")

    async def _locked(self, transaction: Transaction, session_id: UUID) -> SessionRow | None:
        await self._leader.gate(transaction)
        return await sessions.lock(transaction, session_id)


async def _note(transaction: Transaction, session: SessionRow, status: str) -> None:
    detail = {"changed": ["status"], "from": session.status, "to": status}
    entry = Entry("physio_sessions.U", "physio_sessions", str(session.id), patient_id=session.patient_id, detail=detail)
    await audit.record(transaction, entry)
