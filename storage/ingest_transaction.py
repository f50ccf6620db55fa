"""The one transaction that stores telemetry: advance the marks, COPY the rows of the streams that moved, commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import asyncpg

from storage.batch import AlarmRow, Batch, CounterState, DeadLetter, RepetitionRow, Run, SkippedRange
from storage.copy_encoding import Row, Table
from storage.errors import Poison, translated
from storage.sql import Query, load

_QUERIES = load("ingest")
_BODY_BYTES_MAX = 1_024  # of a refused row: enough to see what it was
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Key = tuple[int, int]  # stream and fence


class Marks(NamedTuple):
    """What a transaction found and did."""

    stored: frozenset[Key]  # these moved, and are durable once it has committed
    known: dict[int, tuple[int, int]]  # for the others: the fence and the mark that the stream has now


class PoisonRow(Exception):
    """PostgreSQL refused exactly this row for what it holds."""

    def __init__(self, table: Table, row: Row, poison: Poison) -> None:
        super().__init__(poison.code)
        key = table.key(row)
        self.row = row
        self.letter = DeadLetter(
            key.stream_id,
            key.seq,
            key.received_at,
            code="refused_by_database",
            detail=poison.constraint or poison.code,
            body=repr(row).encode()[:_BODY_BYTES_MAX],
            last_seq=key.last_seq,
        )


async def store(
    connection: asyncpg.Connection[asyncpg.Record],
    batch: Batch,
    *,
    doubtful: bool,
    before_commit: Callable[[], None] | None = None,
) -> Marks:
    """Store a batch once, whatever became of an earlier try, and return when it is committed.

    `doubtful` says that an earlier try may have committed without our hearing of it; then this commit is made to wait
    for a synchronous standby too. Raises `PoisonRow`, or a `StorageError` after which the connection must not be used.
    """
    with translated():
        await connection.execute("BEGIN")
        stored = await _advance(connection, batch)
        known: dict[int, tuple[int, int]] = {}
        if missing := [key[0] for key in batch.runs if key not in stored]:
            known = {
                row["id"]: (row["fence"], row["last_seq"])
                for row in await _fetch(connection, "read_marks", ids=missing)
            }
        runs = [run for key, run in batch.runs.items() if key in stored]
        for table, rows in batch.rows_of(runs).items():
            await _copy(connection, table, rows)
        await _insert_rare(connection, runs)
        if doubtful:
            await _fetch(connection, "confirm_durability")
        if before_commit:
            before_commit()
        await connection.execute("COMMIT")
    return Marks(stored, known)


async def end_backend(connection: asyncpg.Connection[asyncpg.Record], pid: int) -> None:
    """End a backend of ours that we stopped listening to; raises `StorageError`."""
    with translated():
        async with connection.transaction():
            await _fetch(connection, "leave_role")
            await _fetch(connection, "end_backend", pid=pid)


async def _advance(connection: asyncpg.Connection[asyncpg.Record], batch: Batch) -> frozenset[Key]:
    runs = batch.runs
    moved = await _fetch(
        connection,
        "advance_marks",
        ids=[key[0] for key in runs],
        fences=[key[1] for key in runs],
        firsts=[run.first for run in runs.values()],
        lasts=[run.last for run in runs.values()],
    )
    return frozenset((row["id"], row["fence"]) for row in moved)


async def _copy(connection: asyncpg.Connection[asyncpg.Record], table: Table, rows: list[Row]) -> None:
    try:
        with translated():
            await connection.copy_to_table(
                table.name,
                source=table.encode(rows),  # type: ignore[arg-type]  # a buffer goes out whole; the stubs leave it out
                columns=table.columns,
                format="binary",
            )
    except Poison as poison:
        await connection.execute("ROLLBACK")
        if poison.line is None or not 1 <= poison.line <= len(rows):
            raise
        raise PoisonRow(table, rows[poison.line - 1], poison) from poison


async def _insert_rare(connection: asyncpg.Connection[asyncpg.Record], runs: Iterable[Run]) -> None:
    dead: list[DeadLetter] = []
    skips: list[SkippedRange] = []
    alarms: list[AlarmRow] = []
    repetitions: list[RepetitionRow] = []
    counters: list[CounterState] = []
    for run in runs:
        dead += run.dead
        skips += run.skips
        alarms += run.alarms
        repetitions += run.repetitions
        if run.counters is not None:
            counters.append(run.counters)
    if dead:
        await _insert_dead_letters(connection, dead)
    if skips:
        await _insert_skips(connection, skips)
    if alarms:
        await _insert_alarms(connection, alarms)
    if repetitions:
        await _insert_repetitions(connection, repetitions)
    if counters:
        streams, seqs, states = zip(*counters, strict=True)
        await _fetch(connection, "keep_counters", stream_ids=streams, live_seqs=seqs, live_states=states)


async def _insert_dead_letters(connection: asyncpg.Connection[asyncpg.Record], dead: list[DeadLetter]) -> None:
    streams, seqs, times, codes, details, bodies, _ = zip(*dead, strict=True)
    await _fetch(
        connection,
        "insert_dead_letters",
        stream_ids=streams,
        seqs=seqs,
        received_at=_instants(times),
        codes=codes,
        details=details,
        bodies=bodies,
    )


async def _insert_skips(connection: asyncpg.Connection[asyncpg.Record], skips: list[SkippedRange]) -> None:
    streams, firsts, lasts, reasons, times = zip(*skips, strict=True)
    await _fetch(
        connection,
        "insert_skips",
        stream_ids=streams,
        firsts=firsts,
        lasts=lasts,
        reasons=reasons,
        received_at=_instants(times),
    )


async def _insert_repetitions(connection: asyncpg.Connection[asyncpg.Record], rows: list[RepetitionRow]) -> None:
    values = dict(zip(RepetitionRow._fields, zip(*rows, strict=True), strict=True))
    await _fetch(connection, "insert_repetitions", **values)


async def _insert_alarms(connection: asyncpg.Connection[asyncpg.Record], alarms: list[AlarmRow]) -> None:
    await _fetch(
        connection,
        "insert_alarms",
        device_ids=[alarm.device_id for alarm in alarms],
        alarm_ids=[alarm.alarm_id for alarm in alarms],
        kinds=[alarm.kind for alarm in alarms],
        ambulance_ids=[alarm.ambulance_id for alarm in alarms],
        stream_ids=[alarm.stream_id for alarm in alarms],
        seqs=[alarm.seq for alarm in alarms],
        raised_at=_instants(alarm.raised_at for alarm in alarms),
        received_at=_instants(alarm.received_at for alarm in alarms),
        lates=[alarm.late for alarm in alarms],
        latitudes=[alarm.latitude for alarm in alarms],
        longitudes=[alarm.longitude for alarm in alarms],
    )


async def _fetch(connection: asyncpg.Connection[asyncpg.Record], name: str, **values: object) -> list[asyncpg.Record]:
    query: Query = getattr(_QUERIES, name)
    rows: list[asyncpg.Record] = await connection.fetch(query.sql, *(values[key] for key in query.parameters))
    return rows


def _instants(times_us: Iterable[int]) -> list[datetime]:
    return [_EPOCH + timedelta(microseconds=time_us) for time_us in times_us]
