"""Holds the journals of the devices against the database: acked ⊆ stored ⊆ sent, and nothing twice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import asyncpg

from tests.faults.rig.journal import Journal, StreamJournal

Row = Mapping[str, object]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SHOWN_MAX = 5  # differences named in a verdict, of each kind

# Journals know positions as the device sent them; the database must give back exactly these.
STORED = """
SELECT s.log_id, p.seq, p.recorded_at, p.latitude, p.longitude, p.ambulance_id
FROM ambulance_positions p JOIN streams s ON s.id = p.stream_id WHERE s.log_id = ANY($1)
"""
DEAD = "SELECT s.log_id, d.seq FROM dead_letters d JOIN streams s ON s.id = d.stream_id WHERE s.log_id = ANY($1)"


@dataclass
class Verdict:
    """What the join of journals and database found; every list but the counts must be empty."""

    lost: list[str] = field(default_factory=list)  # acked, and neither stored nor refused
    twice: list[str] = field(default_factory=list)  # more than one row for a sample
    unknown: list[str] = field(default_factory=list)  # stored, never sent
    altered: list[str] = field(default_factory=list)  # stored with another body than was first sent
    miscounted: list[str] = field(default_factory=list)  # of motion: repetitions that are there too often, or missing
    held: int = 0  # sent, and not stored, refused or skipped: still the device's
    stored: int = 0
    dead: int = 0
    counted: int = 0  # repetitions

    def faultless(self) -> bool:
        """Tell whether no promise was broken."""
        return not (self.lost or self.twice or self.unknown or self.altered or self.miscounted)

    def __str__(self) -> str:
        kinds = {"lost": self.lost, "twice": self.twice, "unknown": self.unknown, "altered": self.altered}
        kinds |= {"miscounted": self.miscounted}
        parts = [f"{len(found)} {kind}: {', '.join(found[:SHOWN_MAX])}" for kind, found in kinds.items() if found]
        return "; ".join([*parts, f"{self.held} held, {self.stored} stored, {self.dead} dead"])


async def check(dsn: str, journal: Journal) -> Verdict:
    """Read everything that the streams of the journal stored and compare it."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            stored = await connection.fetch(STORED, list(journal.streams))
            dead = await connection.fetch(DEAD, list(journal.streams))
    finally:
        await connection.close()
    verdict = Verdict(stored=len(stored), dead=len(dead))
    rows: dict[str, dict[int, Row]] = {log_id: {} for log_id in journal.streams}
    for row in stored:
        if row["seq"] in rows[row["log_id"]]:
            verdict.twice.append(f"{row['log_id'][:6]}/{row['seq']}")
        rows[row["log_id"]][row["seq"]] = dict(row)
    gone: dict[str, set[int]] = {log_id: set() for log_id in journal.streams}
    for row in dead:
        gone[row["log_id"]].add(row["seq"])
    for log_id, stream in journal.streams.items():
        judge(verdict, log_id[:6], stream, rows[log_id], gone[log_id])
    return verdict


def judge(verdict: Verdict, name: str, stream: StreamJournal, rows: Mapping[int, Row], dead: set[int]) -> None:
    """Add what one stream's journal and rows say about each other."""
    skipped = {seq for first, last in stream.skipped for seq in range(first, last + 1)}
    accounted = rows.keys() | dead | skipped
    verdict.lost += [f"{name}/{seq}" for seq in range(1, stream.acked + 1) if seq not in accounted]
    verdict.unknown += [f"{name}/{seq}" for seq in rows if seq not in stream.sent]
    verdict.held += sum(seq not in accounted for seq in stream.sent)
    for seq, row in rows.items():
        fix = stream.sent.get(seq)
        if fix is None:
            continue
        recorded_at = EPOCH + timedelta(microseconds=fix.recorded_at)
        found = (row["recorded_at"], row["latitude"], row["longitude"], row["ambulance_id"])
        if found != (recorded_at, fix.latitude, fix.longitude, stream.ambulance_id):
            verdict.altered.append(f"{name}/{seq}")


async def wait_until(
    condition: Callable[[], bool | Awaitable[bool]], within_s: float, what: str | Callable[[], str]
) -> float:
    """Wait for a condition, plain or awaited, and return how long it took; fails after `within_s`, and says what."""
    started = time.monotonic()
    while True:
        held = condition()
        if held if isinstance(held, bool) else await held:
            return time.monotonic() - started
        late = time.monotonic() - started >= within_s
        assert not late, f"not within {within_s} s: {what if isinstance(what, str) else what()}"
        await asyncio.sleep(0.02)
