"""What is written down about a call: everything that happened by time, why a unit was chosen, and calls like it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from storage.pool import Database
from storage.sql import load

_QUERIES = load("dispatch_timeline")


class CallRow(NamedTuple):
    """How a call began and ended."""

    id: UUID
    requested_at: datetime
    source: str
    closed_at: datetime | None
    status: str
    cancel_reason: str | None
    created_by: str | None


class HappenedRow(NamedTuple):
    """Something that happened about a call."""

    at: datetime
    kind: str  # stage | noticed | command | alert | message | decision
    what: str
    assignment_id: UUID | None
    ambulance_id: int | None
    plate_number: str | None
    who: str | None
    facts: dict[str, Any]


class DecisionRow(NamedTuple):
    """A choice of a unit, with all that it was made from."""

    id: UUID
    request_id: UUID | None
    ambulance_id: int | None
    plate_number: str | None
    at: datetime
    kind: str
    travel: str
    duration_ms: float
    inputs: dict[str, Any]
    candidates: list[dict[str, Any]]
    words: str
    decided_by: str | None
    reason: str | None


class Asked(NamedTuple):
    """What is known of a new call, to find others like it."""

    digits: str | None  # of the number
    patient_id: UUID | None
    complaint: str | None


class AlikeRow(NamedTuple):
    """A call that may be like another."""

    id: UUID
    requested_at: datetime
    latitude: float | None
    longitude: float | None
    same_number: bool
    same_patient: bool
    complaint_likeness: float  # 0 to 1
    body: dict[str, Any]


async def find_call(db: Database, request_id: UUID) -> CallRow | None:
    """Return how a call began and ended, None where there is no such call; raises `StorageError`."""
    row = await db.fetch_one(_QUERIES.request_exists, request_id=request_id)
    return None if row is None else CallRow(*row)


async def of_call(db: Database, request_id: UUID, rows_max: int) -> list[HappenedRow]:
    """Return what happened about a call, in order."""
    return [HappenedRow(*row) for row in await db.fetch(_QUERIES.of_request, request_id=request_id, rows_max=rows_max)]


async def decision(db: Database, decision_id: UUID) -> DecisionRow | None:
    """Return one choice."""
    row = await db.fetch_one(_QUERIES.decision, id=decision_id)
    return None if row is None else DecisionRow(*row)


async def alike(db: Database, asked: Asked, *, closed_after: datetime, rows_max: int) -> list[AlikeRow]:
    """Return the calls that are open or ended after a moment, the newest first, compared with a new one."""
    rows = await db.fetch(_QUERIES.alike, **asked._asdict(), closed_after=closed_after, rows_max=rows_max)
    return [AlikeRow(*row) for row in rows]
