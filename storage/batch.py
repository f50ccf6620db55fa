"""What is waiting to be stored: runs of contiguous samples, and the batches that are cut from their queue. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple, Protocol

from storage.copy_encoding import Row, Table

_EPOCH = date(1970, 1, 1)
_DAY_US = 86_400_000_000


class DeadLetter(NamedTuple):
    """A sample that can never be stored; times in microseconds since 1970."""

    stream_id: int
    seq: int
    received_at: int
    code: str
    detail: str
    body: bytes
    last_seq: int | None = None  # of a frame of motion: its last sample


class SkippedRange(NamedTuple):
    """A hole that the device declared, both ends inclusive."""

    stream_id: int
    first_seq: int
    last_seq: int
    reason: str
    received_at: int


class AlarmRow(NamedTuple):
    """A call for help that rode on a sample; times in microseconds since 1970."""

    device_id: int
    alarm_id: str
    kind: str
    ambulance_id: int
    stream_id: int
    seq: int
    raised_at: int
    received_at: int
    late: bool
    latitude: float | None  # None: it is not known where
    longitude: float | None


class RepetitionRow(NamedTuple):
    """A repetition that was counted as it happened; times in microseconds since 1970."""

    stream_id: int
    joint: str
    number: int
    first_seq: int
    last_seq: int
    started_at: int
    peak_at: int
    ended_at: int
    peak_angle: float
    range_deg: float
    hold_s: float
    out_s: float
    back_s: float
    smoothness: float
    valid: bool


class CounterState(NamedTuple):
    """How the counters of a stream stood after a sample."""

    stream_id: int
    live_seq: int
    live_state: bytes


class StreamOwner(Protocol):
    """Who appends to a stream, and is told what became of it; called from the writer, must not raise or block."""

    @property
    def stream_id(self) -> int:
        """The stream's number."""

    @property
    def fence(self) -> int:
        """The fence that the owner holds."""

    def committed(self, last_seq: int) -> None:
        """Everything up to `last_seq` is durable."""

    def superseded(self) -> None:
        """Somebody else owns the stream now; what was appended here and not committed is dropped."""

    def set_back(self) -> None:
        """The database knows less of the stream than it had promised: it was restored. What was appended is dropped."""

    def refused(self, letter: DeadLetter) -> None:
        """PostgreSQL refused one sample for ever; told before the `committed` that covers it."""


@dataclass(slots=True)
class Run:
    """Contiguous samples of one stream, appended by one owner."""

    owner: StreamOwner
    table: Table
    first: int
    last: int
    rows: list[Row] = field(default_factory=list)  # fewer than last - first + 1 where samples were refused or skipped
    dead: Sequence[DeadLetter] = ()  # these are rare: an empty list for each of a million would be felt
    skips: Sequence[SkippedRange] = ()
    alarms: Sequence[AlarmRow] = ()
    repetitions: Sequence[RepetitionRow] = ()
    counters: CounterState | None = None  # the newest
    dropped: bool = False  # its owner lost the stream while it waited: it is not stored
    size_bytes: int = 0  # of the rows on their way to PostgreSQL, once it is queued

    def weight(self) -> int:
        """Return how many database rows this run costs beside its mark."""
        return len(self.rows) + len(self.dead) + len(self.skips) + len(self.alarms)

    def clear(self) -> None:
        """Let go of everything that it holds."""
        self.rows.clear()
        self.dead = self.skips = self.alarms = self.repetitions = ()
        self.counters = None

    def extend(self, later: Run) -> None:
        """Take in the run that follows directly."""
        self.last = later.last
        self.rows += later.rows
        if later.dead or later.skips or later.alarms or later.repetitions:
            self.dead = [*self.dead, *later.dead]
            self.skips = [*self.skips, *later.skips]
            self.alarms = [*self.alarms, *later.alarms]
            self.repetitions = [*self.repetitions, *later.repetitions]
        self.counters = later.counters or self.counters
        self.size_bytes += later.size_bytes


class Batch:
    """The runs of one transaction: at most one for each stream and owner."""

    def __init__(self, runs: Iterable[Run]) -> None:
        self.runs: dict[tuple[int, int], Run] = {(run.owner.stream_id, run.owner.fence): run for run in runs}

    def rows_of(self, runs: Iterable[Run]) -> dict[Table, list[Row]]:
        """Gather the rows of some runs, table by table, in the order in which they will be sent."""
        tables: dict[Table, list[Row]] = {}
        for run in runs:
            if run.rows:
                tables.setdefault(run.table, []).extend(run.rows)
        return tables

    def days(self) -> set[date]:
        """Return the days (UTC) on which the rows were received: the partitions that they need."""
        keys = (run.table.key(row) for run in self.runs.values() for row in run.rows)
        return {_EPOCH + timedelta(days=number) for number in {key.received_at // _DAY_US for key in keys}}

    def condemn(self, row: Row, letter: DeadLetter) -> None:
        """Replace one row, which PostgreSQL refused, by its dead letter."""
        for run in self.runs.values():
            # By identity: a connection that came back sends the samples again that its predecessor has in this batch.
            kept = [other for other in run.rows if other is not row]
            if len(kept) < len(run.rows):
                run.rows = kept
                run.dead = [*run.dead, letter]
                run.owner.refused(letter)
                return


class RunQueue:
    """The queue in front of one writer. Its bound is the sum of the credits handed out to devices."""

    def __init__(self, *, run_rows_max: int) -> None:
        self._run_rows_max = run_rows_max  # a run stops growing here, so that a batch can be cut between runs
        self._runs: deque[Run] = deque()
        self._waiting: dict[StreamOwner, list[Run]] = {}  # the runs of each owner; no empty lists; the last may grow
        self._owners: dict[int, StreamOwner] = {}  # by stream: who appended last, while anything of it waits
        self.rows = 0  # what waits, in database rows
        self.bytes = 0  # the same as COPY bytes

    def __bool__(self) -> bool:
        return bool(self._runs)  # those that were dropped too, until they are passed over

    def append(self, run: Run) -> None:
        """Add a run behind everything its owner appended before.

        What a former owner of the stream appended can never be stored, and is dropped: a device that comes back again
        and again while nothing is stored sends the same samples each time.
        """
        owner = run.owner
        former = self._owners.get(owner.stream_id)
        if former is not owner:
            if former is not None and former.fence < owner.fence:
                self._drop(former)
            self._owners[owner.stream_id] = owner
        run.size_bytes = run.table.size_bytes(run.rows)
        self.rows += run.weight()
        self.bytes += run.size_bytes
        waiting = self._waiting.get(owner)
        if waiting is None:
            waiting = self._waiting[owner] = []
        elif waiting[-1].last + 1 == run.first and waiting[-1].weight() < self._run_rows_max:
            waiting[-1].extend(run)
            return
        self._runs.append(run)
        waiting.append(run)

    def take(self, *, rows_max: int, bytes_max: int) -> Batch:
        """Cut the next batch: whole runs in order, within both bounds, and never two of one owner."""
        taken: list[Run] = []
        owners: set[tuple[int, int]] = set()
        rows = size = 0
        while self._runs:
            run = self._runs[0]
            if run.dropped:
                self._runs.popleft()
                continue
            key = (run.owner.stream_id, run.owner.fence)
            weight = run.weight()
            if taken and (key in owners or rows + weight > rows_max or size + run.size_bytes > bytes_max):
                break
            self._forget_first(run.owner)
            owners.add(key)
            taken.append(run)
            rows += weight
            size += run.size_bytes
        self.rows -= rows
        self.bytes -= size
        return Batch(taken)

    def _forget_first(self, owner: StreamOwner) -> None:
        self._runs.popleft()
        waiting = self._waiting[owner]
        del waiting[0]
        if not waiting:
            del self._waiting[owner]
            if self._owners.get(owner.stream_id) is owner:
                del self._owners[owner.stream_id]

    def _drop(self, owner: StreamOwner) -> None:
        for run in self._waiting.pop(owner, ()):
            self.rows -= run.weight()
            self.bytes -= run.size_bytes
            run.dropped = True
            run.clear()
        owner.superseded()
