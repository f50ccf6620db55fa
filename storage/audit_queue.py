"""The queue of what was read: audit entries that wait a moment, so that many of them are one COPY.

A write's entry is part of the write's own transaction (`audit.record`). A read has no transaction to be part of; its
entry is queued before it is answered, and is stored within `flush_s`. What cannot be written down is not read: with
`entries_max` waiting, readers wait for PostgreSQL, and where that is away, or slower for longer than `patience_s`, they
are refused.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime

import structlog

from storage.audit import COPIED, Entry, copied
from storage.errors import Full, Poison, StorageError
from storage.pool import Database

RETRY_S = 0.25
_LOG = structlog.get_logger(__name__)
_Row = tuple[object, ...]


class AuditQueue:
    """Takes entries without waiting; `run` must be running, and stores them in their order."""

    def __init__(
        self,
        db: Database,
        *,
        entries_max: int = 20_000,
        flush_s: float = 0.05,
        batch_rows_max: int = 1_000,
        patience_s: float = 3.0,
    ) -> None:
        self.written = 0  # entries that are stored
        self.refused = 0  # reads that were turned away
        self.failures = 0  # tries of a batch that ended in nothing
        self._db = db  # role arogya_app
        self._entries_max = entries_max
        self._flush_s = flush_s  # the longest that a lone entry waits
        self._patience_s = patience_s  # how long a read waits for room
        self._batch_rows_max = batch_rows_max  # some 300 KiB: above 512 KiB asyncpg does not honour a COPY's timeout
        self._waiting: deque[_Row] = deque()  # in order; the batch at hand is still among them until it is stored
        self._something = asyncio.Event()  # set while anything waits
        self._enough = asyncio.Event()  # set when a batch should not wait any longer
        self._room = asyncio.Event()  # set when some were stored
        self._empty = asyncio.Event()  # set while nothing waits
        self._empty.set()

    def __len__(self) -> int:
        return len(self._waiting)

    async def add(self, entries: Iterable[Entry]) -> None:
        """Queue the entries of one read, all of them or none; raises `Full` when they do not fit for too long."""
        now = datetime.now(UTC)
        rows = [copied(entry, now) for entry in entries]
        if len(self._waiting) + len(rows) > self._entries_max:
            await self._await_room(len(rows))
        if rows:
            self._waiting.extend(rows)
            self._empty.clear()
            self._something.set()
            if len(self._waiting) >= self._batch_rows_max:
                self._enough.set()

    async def _await_room(self, count: int) -> None:
        try:
            async with asyncio.timeout(self._patience_s):
                while len(self._waiting) + count > self._entries_max:
                    self._room.clear()
                    await self._room.wait()
        except TimeoutError as error:
            self.refused += 1
            raise Full("too many reads wait for the audit log") from error

    async def run(self) -> None:
        """Store what is queued until cancelled; while PostgreSQL is away it is kept, and goes on by itself."""
        while True:
            await self._something.wait()
            await self._linger()
            try:
                await self._store_batch()
            except StorageError as error:
                self.failures += 1
                _LOG.warning("reads wait for the audit log", reason=type(error).__name__, waiting=len(self._waiting))
                await asyncio.sleep(RETRY_S)

    async def drain(self, timeout_s: float) -> None:
        """Store all that waits without lingering, for this long at most; nothing may be added meanwhile."""
        self._flush_s = 0.0
        self._enough.set()
        try:
            async with asyncio.timeout(timeout_s):
                await self._empty.wait()
        except TimeoutError:
            _LOG.error("reads were not written to the audit log", entries=len(self._waiting))

    async def _linger(self) -> None:
        """Let the batch grow for a moment, unless it is large enough already."""
        if self._flush_s == 0.0 or len(self._waiting) >= self._batch_rows_max:
            return
        self._enough.clear()
        try:
            async with asyncio.timeout(self._flush_s):
                await self._enough.wait()
        except TimeoutError:
            return

    async def _store_batch(self) -> None:
        """Store the oldest entries; raises `StorageError`.

        A try whose end is unknown is made again: an entry may stand in the log twice, and is never missing.
        """
        batch = [self._waiting[place] for place in range(min(len(self._waiting), self._batch_rows_max))]
        try:
            await self._copy(batch)
        except Poison:
            await self._store_each(batch)
        for _ in batch:
            self._waiting.popleft()
        self._room.set()
        if not self._waiting:
            self._something.clear()
            self._empty.set()

    async def _store_each(self, batch: list[_Row]) -> None:
        """Store one by one what PostgreSQL does not take together: one bad value must not hold up the others."""
        for row in batch:
            try:
                await self._copy([row])
            except Poison as error:
                _LOG.error("an entry cannot be stored in the audit log", reason=str(error))

    async def _copy(self, rows: list[_Row]) -> None:
        async with self._db.hold() as held:
            await held.copy("audit_log", COPIED, rows)
        self.written += len(rows)
