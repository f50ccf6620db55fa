"""How long calls took: intervals and counts of a range, and the calls themselves one by one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from storage.pool import Database
from storage.sql import load

_QUERIES = load("dispatch_report")
_NONE = UUID(int=0)


class Scope(NamedTuple):
    """Which calls: those received in [since, until), to one destination or (None) to any."""

    since: datetime
    until: datetime
    facility_id: UUID | None


class IntervalRow(NamedTuple):
    """How long one part of the calls took, in seconds; priority None = all."""

    priority: int | None
    name: str
    n: int
    mean_s: float
    p50_s: float
    p90_s: float


class CountRow(NamedTuple):
    """What became of the calls of one priority."""

    priority: int
    received: int
    completed: int
    cancelled: int
    duplicates: int
    still_open: int
    without_transport: int
    with_several_units: int
    with_skipped_stages: int
    from_paper: int
    judged: int  # those that came to a scene, or should have by now
    late: int


class LineRow(NamedTuple):
    """One call, with the times of the unit that counts for it."""

    id: UUID
    requested_at: datetime
    priority: int
    status: str
    source: str
    scheduled_for: datetime | None
    plate_number: str | None
    offered_at: datetime | None
    accepted_at: datetime | None
    en_route_at: datetime | None
    on_scene_at: datetime | None
    transporting_at: datetime | None
    at_destination_at: datetime | None
    cleared_at: datetime | None
    cancelled_at: datetime | None
    no_transport: bool | None
    skipped: list[str] | None
    back_entered: bool
    units: int
    destination_facility: str | None
    destination: str | None
    complaint: str | None
    cancel_reason: str | None


async def intervals(db: Database, scope: Scope) -> list[IntervalRow]:
    """Return how long each part took, by priority and over all; raises `StorageError`."""
    async with db.hold_bulk() as held:
        return [IntervalRow(*row) for row in await held.fetch(_QUERIES.intervals, **scope._asdict())]


async def counts(db: Database, scope: Scope, *, targets_s: Sequence[float], now: datetime) -> list[CountRow]:
    """Return what became of the calls of each priority; `targets_s` are those of priorities 1, 2, 3 and 4."""
    async with db.hold_bulk() as held:
        rows = await held.fetch(_QUERIES.counts, **scope._asdict(), targets_s=list(targets_s), now=now)
    return [CountRow(*row) for row in rows]


async def pages(db: Database, scope: Scope, rows_max: int) -> AsyncIterator[list[LineRow]]:
    """Yield the calls a page at a time, in order; a connection is held only while a page is read."""
    after_at, after_id = scope.since, _NONE
    while True:
        async with db.hold_bulk() as held:
            rows = await held.fetch(
                _QUERIES.lines,
                **scope._asdict(),
                after_requested_at=after_at,
                after_id=after_id,
                rows_max=rows_max,
            )
        yield [LineRow(*row) for row in rows]
        if len(rows) < rows_max:
            return
        after_at, after_id = rows[-1]["requested_at"], rows[-1]["id"]
