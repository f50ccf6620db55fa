"""Why a unit was chosen: each decision is kept with its inputs and candidates."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from storage.pool import Database, HeldConnection
from storage.sql import load

_QUERIES = load("dispatch_decisions")


class NewDecision(NamedTuple):
    """A decision as it is stored; the columns of `dispatch_decisions`."""

    request_id: UUID | None  # None: advice where free units should wait
    ambulance_id: int | None  # None: no unit could take it
    at: datetime
    kind: str
    travel: str
    duration_ms: float
    inputs: dict[str, Any]
    candidates: list[dict[str, Any]]
    words: str
    decided_by: UUID | None = None  # None: the engine
    reason: str | None = None


class DecisionRow(NamedTuple):
    """A stored decision."""

    id: UUID
    request_id: UUID | None
    ambulance_id: int | None
    at: datetime
    kind: str
    travel: str
    duration_ms: float
    inputs: dict[str, Any]
    candidates: list[dict[str, Any]]
    words: str
    decided_by: UUID | None
    reason: str | None


async def insert(db: Database | HeldConnection, decision: NewDecision) -> UUID:
    """Store a decision and return its id; raises `Conflict` for a request or unit that does not exist."""
    (row,) = await db.fetch(_QUERIES.insert_decision, **decision._asdict())
    key: UUID = row["id"]
    return key


async def find(db: Database | HeldConnection, decision_id: UUID) -> DecisionRow | None:
    """Return a decision, None where there is none."""
    row = await db.fetch_one(_QUERIES.find_decision, id=decision_id)
    return None if row is None else DecisionRow(**row)


async def newest_suggestion(db: Database | HeldConnection, request_id: UUID, *, after: datetime) -> DecisionRow | None:
    """Return what was suggested for a call last, None when nothing was after a moment."""
    row = await db.fetch_one(_QUERIES.newest_suggestion, request_id=request_id, after=after)
    return None if row is None else DecisionRow(**row)


async def newest_advice(db: Database, *, after: datetime) -> DecisionRow | None:
    """Return the last advice where free units should wait, None when none was given after a moment."""
    row = await db.fetch_one(_QUERIES.newest_advice, after=after)
    return None if row is None else DecisionRow(**row)
