"""What the hub does not have yet: samples on their way to the disk, and the spool behind them."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Sequence
from itertools import islice

from arogya.client.counters import Counters
from arogya.client.spool import Spool
from arogya.client.spool_file import SpoolError
from arogya.client.window import Kept, Run

logger = logging.getLogger(__name__)

PENDING_ROWS_MAX = 10_000  # samples waiting for the disk; above it the oldest is dropped and counted
COMMIT_ROWS_MAX = 1_000  # samples in one transaction of the spool
RETRY_S = 1.0  # after the disk refused
TAIL_ROWS = 512  # newest samples kept in memory too, so that a live device never reads its disk
FLUSH_ROWS = 5_000  # acked rows that may stay on the disk until something is appended

Waiting = tuple[bytes, "asyncio.Future[int] | None"]


class Backlog:
    """The spool as the event loop sees it: nothing here waits for the network, and no disk access blocks the loop.

    Commits are grouped: while one is being written, the samples that arrive form the next.
    """

    def __init__(self, spool: Spool, counters: Counters) -> None:
        self.changed = asyncio.Event()  # there may be something new to send; cleared by the connection
        self.drained = asyncio.Event()  # everything offered is acked
        self.drained.set()
        self._spool = spool
        self._counters = counters
        self._pending: deque[Waiting] = deque()
        self._arrived = asyncio.Event()  # there is something pending, or the end has come
        self._closing = False
        self._committing = False
        # The newest samples and the seq of the last: of the loop alone, because asking the spool may wait for a commit.
        self._tail: deque[bytes] = deque(maxlen=TAIL_ROWS)
        self._tail_last = spool.kept.last
        self._flushed = spool.acked  # the ack that the disk knows of
        self._note()

    @property
    def log_id(self) -> str:
        """Return the log's name."""
        return self._spool.log_id

    @property
    def kept(self) -> Kept:
        """Return what is stored now."""
        return self._spool.kept

    @property
    def acked(self) -> int:
        """Return the seq up to which the hub has everything."""
        return self._spool.acked

    def offer(self, body: bytes) -> None:
        """Take a sample without waiting for anything."""
        self._take((body, None))

    async def put(self, body: bytes) -> int:
        """Take a sample and wait until it is committed; returns its seq, raises `SpoolError`."""
        committed: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._take((body, committed))
        return await committed

    def _take(self, waiting: Waiting) -> None:
        if self._closing:
            raise SpoolError("the client is closed")
        if len(self._pending) >= PENDING_ROWS_MAX:
            self._fail([self._pending.popleft()], "the disk is too slow")
            self._counters.dropped += 1
        self._pending.append(waiting)
        self.drained.clear()
        self._arrived.set()

    async def commit_until_closed(self) -> None:
        """Write what arrives until `close` was called and everything is written."""
        while not self._closing or self._pending:
            await self._arrived.wait()
            self._arrived.clear()
            while self._pending:
                await self._commit()
            if self._spool.acked - self._flushed > FLUSH_ROWS:
                await self._append([])

    async def _commit(self) -> None:
        count = min(len(self._pending), COMMIT_ROWS_MAX)
        # Taken out first: a commit whose end nobody waited for must not be written a second time.
        batch = [self._pending.popleft() for _ in range(count)]
        self._committing = True
        try:
            first = await self._append([body for body, _ in batch])
        except sqlite3.Error as error:
            await self._put_back(batch, error)
            return
        finally:
            self._committing = False
        for seq, (_, committed) in enumerate(batch, first):
            if committed is not None and not committed.done():
                committed.set_result(seq)
        self._note()

    async def _append(self, bodies: Sequence[bytes]) -> int:
        acked = self._spool.acked
        first = await asyncio.to_thread(self._spool.append, bodies)
        self._flushed = acked
        self._tail.extend(bodies)
        self._tail_last = first + len(bodies) - 1
        return first

    async def _put_back(self, batch: list[Waiting], error: sqlite3.Error) -> None:
        """Keep what nobody waits for; whoever waits is told, and has the sample still in hand."""
        logger.warning("the spool can not be written: %s", error)
        self._fail(batch, str(error))
        offered = [waiting for waiting in batch if waiting[1] is None]
        self._pending.extendleft(reversed(offered))
        if self._closing:
            self._counters.dropped += len(self._pending)
            self._fail(self._pending, str(error))
            self._pending.clear()
        else:
            await asyncio.sleep(RETRY_S)

    def _fail(self, batch: Sequence[Waiting], why: str) -> None:
        for _, committed in batch:
            if committed is not None and not committed.done():
                committed.set_exception(SpoolError(why))

    def peek(self, run: Run) -> list[bytes] | None:
        """Return these samples if memory has them all, without disk access; else None."""
        start = len(self._tail) - (self._tail_last - run.first + 1)
        if start < 0 or run.first + run.samples - 1 > self._tail_last:
            return None
        return list(islice(self._tail, start, start + run.samples))

    async def read(self, run: Run) -> tuple[int, list[bytes]]:
        """Return (seq, bodies) as `Spool.read` does, from memory where it has them."""
        bodies = self.peek(run)
        if bodies is not None:
            return run.first, bodies
        return await asyncio.to_thread(self._spool.read, run)

    def resume(self, acked: int) -> None:
        """Take the mark that the hub gave at the welcome, which may be lower than before."""
        self._spool.set_acked(acked)
        self._note()

    def accept(self, acked: int) -> None:
        """Take an ack."""
        self._spool.set_acked(acked)
        if acked - self._flushed > FLUSH_ROWS:
            self._arrived.set()
        self._note()

    async def renew(self) -> None:
        """Go on as a new log; see `Spool.renew`."""
        await asyncio.to_thread(self._spool.renew)
        self._flushed = 0
        self._tail.clear()
        self._tail_last = self._spool.kept.last
        self._note()

    def _note(self) -> None:
        if self._pending or self._committing or self._spool.acked < self._spool.kept.last:
            self.drained.clear()
        else:
            self.drained.set()
        self.changed.set()

    def stop(self) -> None:
        """Take no more samples; `commit_until_closed` returns once the rest is written."""
        self._closing = True
        self._arrived.set()

    async def close(self) -> None:
        """Release the file; call after `commit_until_closed` has returned."""
        try:
            await asyncio.to_thread(self._spool.close)
        except sqlite3.Error as error:
            logger.warning("the spool could not be closed cleanly: %s", error)
