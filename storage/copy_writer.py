"""The ingest writer: one queue, one flusher, one connection; a batch is retried in place until its fate is known."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import asyncpg

from storage.batch import Batch, Run, RunQueue
from storage.errors import MissingPartition, StorageError, Unavailable
from storage.ingest_transaction import Marks, PoisonRow, end_backend, store

Connect = Callable[[], Awaitable["asyncpg.Connection[asyncpg.Record]"]]


@dataclass(frozen=True, slots=True)
class FlushRules:
    """When a batch is cut, and how large it may be."""

    flush_s: float = 0.05  # the longest that a lone sample waits
    flush_bytes: int = 256 * 1024  # enough to flush at once
    flush_rows: int = 8_000  # enough to flush at once
    batch_bytes_max: int = 500 * 1024  # above 512 KiB asyncpg does not honour a COPY's timeout
    run_rows_max: int = 1_000  # where one stream's run is cut
    timeout_s: float = 10.0  # for a whole transaction; then the connection is given up
    retry_s: float = 0.1  # the first pause after a failure; doubled up to `retry_max_s`
    retry_max_s: float = 1.0


class BatchReport(NamedTuple):
    """What became of one batch."""

    rows: int  # stored now, or by an earlier try
    samples: dict[str, int]  # that they hold, by the kind of their streams
    dead_letters: int  # refused by PostgreSQL
    failures: int  # tries that ended in nothing
    seconds: float  # from the first try to the end


class CopyWriter:
    """Stores what is appended and tells each owner; `run` must be running, and owns the connection."""

    def __init__(
        self,
        connect: Connect,
        rules: FlushRules,
        *,
        on_settled: Callable[[BatchReport], None],
        repair_partitions: Callable[[set[date]], Awaitable[None]],
        after_commit: Callable[[], None] | None = None,
    ) -> None:
        self._connect = connect
        self._rules = rules
        self._on_settled = on_settled  # called once a batch, after its owners were told
        self._repair_partitions = repair_partitions  # given the days that the batch needs
        self._after_commit = after_commit  # a point at which tests let the process die
        self._queue = RunQueue(run_rows_max=rules.run_rows_max)
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._pid: int | None = None  # the backend of the connection
        self._lost_pid: int | None = None  # the backend of a connection that was given up, until it is surely gone
        self._waiting_since = 0.0  # loop time at which the oldest sample of the queue arrived, about
        self._something = asyncio.Event()  # set while the queue holds anything
        self._enough = asyncio.Event()  # set when a batch should not wait any longer
        self._closing = False
        self.failures = 0  # tries that ended in nothing since the start
        self.failing_since: float | None = None  # loop time of the first failure of the batch at hand

    @property
    def waiting_rows(self) -> int:
        """How many rows wait for a transaction."""
        return self._queue.rows

    def append(self, run: Run) -> None:
        """Queue a run for the next batch; the owner hears of its fate from `run`."""
        if not self._queue:
            self._waiting_since = asyncio.get_running_loop().time()
            self._something.set()
        self._queue.append(run)
        if self._queue.bytes >= self._rules.flush_bytes or self._queue.rows >= self._rules.flush_rows:
            self._enough.set()

    def close(self) -> None:
        """Let `run` return once everything that was appended is settled."""
        self._closing = True
        self._something.set()
        self._enough.set()

    async def run(self) -> None:
        """Flush until closed and empty."""
        try:
            while True:
                await self._something.wait()
                if not self._queue:
                    if self._closing:
                        return
                    self._something.clear()
                    continue
                await self._linger()
                batch = self._queue.take(rows_max=self._rules.flush_rows, bytes_max=self._rules.batch_bytes_max)
                self._waiting_since = asyncio.get_running_loop().time()  # of what is left, or comes meanwhile
                if batch.runs:
                    await self._settle(batch)
        finally:
            self._give_up_connection()

    async def _linger(self) -> None:
        """Let the batch grow until its oldest sample has waited `flush_s`, or until it is large enough."""
        if self._closing or self._queue.rows >= self._rules.flush_rows or self._queue.bytes >= self._rules.flush_bytes:
            return
        self._enough.clear()
        try:
            async with asyncio.timeout_at(self._waiting_since + self._rules.flush_s):
                await self._enough.wait()
        except TimeoutError:
            return

    async def _settle(self, batch: Batch) -> None:
        """Try until every run of the batch is stored, superseded or dead."""
        loop = asyncio.get_running_loop()
        doubtful = False
        pause_s = self._rules.retry_s
        started, failures, dead = loop.time(), self.failures, 0
        while True:
            try:
                marks = await self._attempt(batch, doubtful=doubtful)
                break
            except PoisonRow as poison:
                batch.condemn(poison.row, poison.letter)
                dead += 1
                continue
            except MissingPartition:
                self._give_up_connection()
                await self._repair(batch)
            except StorageError:
                doubtful = True
                self._give_up_connection()
            self.failures += 1
            self.failing_since = self.failing_since or loop.time()
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, self._rules.retry_max_s)
        self.failing_since = None
        if self._after_commit:
            self._after_commit()
        rows, samples = self._tell(batch, marks)
        self._on_settled(BatchReport(rows, samples, dead, self.failures - failures, loop.time() - started))

    async def _attempt(self, batch: Batch, *, doubtful: bool) -> Marks:
        try:
            async with asyncio.timeout(self._rules.timeout_s):
                if self._connection is None or self._connection.is_closed():
                    self._connection = await self._connect()
                    self._pid = self._connection.get_server_pid()
                    await self._end_lost_backend(self._connection)
                return await store(self._connection, batch, doubtful=doubtful)
        except TimeoutError:
            raise Unavailable("the transaction took too long") from None

    async def _end_lost_backend(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        """End the backend that we stopped listening to.

        Its marks are locked until it ends, so what we read afterwards is the truth; ending it only makes that soon.
        """
        if self._lost_pid is not None:
            await end_backend(connection, self._lost_pid)
            self._lost_pid = None

    def _give_up_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._lost_pid = self._pid
            connection.terminate()

    async def _repair(self, batch: Batch) -> None:
        try:
            await self._repair_partitions(batch.days())
        except StorageError:
            return  # the batch is tried again, and asks for the repair again

    def _tell(self, batch: Batch, marks: Marks) -> tuple[int, dict[str, int]]:
        """Tell each owner the fate of its run; returns how many rows are stored, and samples of each kind."""
        rows, samples = 0, dict[str, int]()
        for key, run in batch.runs.items():
            fence, mark = marks.known.get(key[0], (0, 0))
            if key in marks.stored or (fence == key[1] and mark >= run.last):
                run.owner.committed(run.last)
                rows += len(run.rows)
                samples[run.table.kind] = samples.get(run.table.kind, 0) + run.table.samples(run.rows)
            elif fence > key[1]:
                run.owner.superseded()
            else:
                run.owner.set_back()
        return rows, samples
