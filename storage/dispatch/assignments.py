"""Assignments, as moves lock and write them, and what is written beside each move."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from storage.dispatch.rows import AssignmentRow
from storage.pool import Database, HeldConnection, Transaction
from storage.sql import load

_QUERIES = load("dispatch_assignments")
_INSERTED = (
    *("request_id", "ambulance_id", "status", "offered_at", "offer_expires_at", "accepted_at", "en_route_at"),
    *("on_scene_at", "transporting_at", "at_destination_at", "cleared_at", "cancelled_at", "cancel_reason"),
    *("no_transport", "offered_by", "eta_at", "promised_at", "skipped", "decision_id"),
)
_STORED = (
    *("status", "offered_at", "accepted_at", "en_route_at", "on_scene_at", "transporting_at", "at_destination_at"),
    *("cleared_at", "declined_at", "expired_at", "cancelled_at", "diverted_at", "decline_reason", "cancel_reason"),
    *("diverted_to", "no_transport", "delivered_at", "seen_at", "moved_at", "scene_noticed_at", "left_noticed_at"),
    *("destination_noticed_at", "eta_at", "promised_at", "re_alerted_at", "skipped"),
)


class NewAssignment(NamedTuple):
    """An assignment that is to be stored."""

    request_id: UUID
    ambulance_id: int
    offered_at: datetime
    status: str = "offered"
    offer_expires_at: datetime | None = None
    accepted_at: datetime | None = None
    en_route_at: datetime | None = None
    on_scene_at: datetime | None = None
    transporting_at: datetime | None = None
    at_destination_at: datetime | None = None
    cleared_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    no_transport: bool = False
    offered_by: UUID | None = None
    eta_at: datetime | None = None
    promised_at: datetime | None = None
    skipped: Sequence[str] = ()
    decision_id: UUID | None = None


class Event(NamedTuple):
    """One transition of an assignment."""

    assignment_id: UUID
    status: str
    at: datetime  # the time that the stage got
    received_at: datetime
    source: str
    device_at: datetime | None = None
    user_id: UUID | None = None
    device_id: int | None = None
    skipped: Sequence[str] = ()
    reason: str | None = None
    idempotency_key: str | None = None


async def find(db: Database | HeldConnection, assignment_id: UUID) -> AssignmentRow | None:
    """Return one assignment."""
    row = await db.fetch_one(_QUERIES.find, id=assignment_id)
    return None if row is None else AssignmentRow(*row)


async def request_of(db: Database | HeldConnection, assignment_id: UUID) -> UUID | None:
    """Return the call that an assignment is for, None where there is no such assignment."""
    row = await db.fetch_one(_QUERIES.find_request, id=assignment_id)
    found: UUID | None = None if row is None else row["request_id"]
    return found


async def live_of(db: Database | HeldConnection, ambulance_id: int) -> AssignmentRow | None:
    """Return what an ambulance does now; None = it is free."""
    row = await db.fetch_one(_QUERIES.live_of_ambulance, ambulance_id=ambulance_id)
    return None if row is None else AssignmentRow(*row)


async def lock_of(transaction: Transaction, request_ids: Iterable[UUID]) -> list[AssignmentRow]:
    """Return all assignments of calls that are locked, locked too."""
    rows = await transaction.fetch(_QUERIES.lock_of_requests, ids=list(request_ids))
    return [AssignmentRow(*row) for row in rows]


async def insert(transaction: Transaction, new: NewAssignment) -> AssignmentRow:
    """Store an assignment; raises `Conflict` (assignments_one_live_per_ambulance) for a unit that has one."""
    given = {**new._asdict(), "skipped": list(new.skipped)}
    row = await transaction.fetch_one(_QUERIES.insert, **{name: given[name] for name in _INSERTED})
    stored = None if row is None else await find(transaction, row["id"])
    if stored is None:
        raise LookupError("assignments")
    return stored


async def store(transaction: Transaction, row: AssignmentRow) -> AssignmentRow:
    """Store an assignment after a move; return it with its new version."""
    await transaction.execute(_QUERIES.store, id=row.id, **{name: getattr(row, name) for name in _STORED})
    return row._replace(version=row.version + 1)


async def add_event(transaction: Transaction, event: Event) -> None:
    """Write down a transition; raises `Conflict` (assignment_events_idempotency_key_key) for a key that came before."""
    await transaction.execute(_QUERIES.insert_event, **{**event._asdict(), "skipped": list(event.skipped)})


async def moved_by(db: Database | HeldConnection, key: str) -> UUID | None:
    """Return the assignment that was moved by a message with this key, None while there is none."""
    row = await db.fetch_one(_QUERIES.find_event, key=key)
    found: UUID | None = None if row is None else row["assignment_id"]
    return found


async def body(db: Database | HeldConnection, assignment_id: UUID) -> dict[str, Any]:
    """Return an assignment as dispatchers see it; raises LookupError."""
    row = await db.fetch_one(_QUERIES.body, id=assignment_id)
    if row is None:
        raise LookupError(assignment_id)
    found: dict[str, Any] = row["body"]
    return found


async def resolve_alerts(
    transaction: Transaction, assignment_id: UUID, now: datetime, kinds: Iterable[str] | None = None
) -> None:
    """Take off the board what is no longer so of an assignment: some kinds, or everything."""
    await transaction.execute(
        _QUERIES.resolve_alerts, assignment_id=assignment_id, now=now, kinds=None if kinds is None else list(kinds)
    )


async def resolve_alerts_of_request(
    transaction: Transaction, request_id: UUID, now: datetime, kinds: Iterable[str] | None = None
) -> None:
    """Take off the board what is no longer so of a call: some kinds, or everything."""
    await transaction.execute(
        _QUERIES.resolve_alerts_of_request, request_id=request_id, now=now, kinds=None if kinds is None else list(kinds)
    )
