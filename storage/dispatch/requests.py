"""Calls, as moves lock and write them; everything here is part of a transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from storage.dispatch.rows import LatLon, RequestRow, point_of, request_of
from storage.pool import Database, HeldConnection, Transaction
from storage.sql import load

_QUERIES = load("dispatch_requests")
_COMPLETED = (
    *("patient_id", "pickup_location", "destination", "caller", "callback_number", "complaint", "location_note"),
    *("needs", "destination_facility_id", "destination_location", "is_verified"),
)  # the columns that a repeat may add to
_ADVANCED = ("status", "ambulance_id", "eta_at", "unserved_since", "cancel_reason", "duplicate_of", "closed_at")


class NewRequest(NamedTuple):
    """A call that is to be stored."""

    requested_at: datetime
    priority: int
    status: str = "received"
    source: str = "phone"
    patient_id: UUID | None = None
    caller: str | None = None
    callback_number: str | None = None
    complaint: str | None = None
    pickup_location: LatLon | None = None
    location_note: str | None = None
    notes: str | None = None
    destination: str | None = None
    destination_facility_id: UUID | None = None
    destination_location: LatLon | None = None
    facility_id: UUID | None = None
    scheduled_for: datetime | None = None
    needs: str | None = None
    is_verified: bool = True
    back_entered: bool = False
    created_by: UUID | None = None
    cancel_reason: str | None = None
    closed_at: datetime | None = None


class Repeat(NamedTuple):
    """By what a call is known to be the repeat of an open one."""

    since: datetime  # an open call that is older is another one
    patient_id: UUID | None
    digits: str | None  # of the number to call back
    scheduled_for: datetime | None


async def lock(transaction: Transaction, ids: Iterable[UUID]) -> dict[UUID, RequestRow]:
    """Return those of the calls that there are, locked until the transaction ends."""
    rows = await transaction.fetch(_QUERIES.lock, ids=list(ids))
    return {row["id"]: request_of(row) for row in rows}


async def find(db: Database | HeldConnection, request_id: UUID) -> RequestRow | None:
    """Return one call."""
    row = await db.fetch_one(_QUERIES.find, id=request_id)
    return None if row is None else request_of(row)


async def find_repeated(transaction: Transaction, repeat: Repeat) -> UUID | None:
    """Return the open call that a new one repeats; until the transaction ends, no other repeat of it is looked at."""
    keys = [f"call of patient {repeat.patient_id}"] if repeat.patient_id is not None else []
    keys += [f"call from number {repeat.digits}"] if repeat.digits else []
    if not keys:
        return None
    for key in sorted(keys):
        await transaction.execute(_QUERIES.take_turn, key=key)
    row = await transaction.fetch_one(_QUERIES.find_repeated, **repeat._asdict())
    found: UUID | None = None if row is None else row["id"]
    return found


async def insert(transaction: Transaction, new: NewRequest) -> RequestRow:
    """Store a call; raises `Conflict` for a patient or a facility that is not there, and `Poison`."""
    given = new._asdict()
    for name in ("pickup_location", "destination_location"):
        given[name] = point_of(given[name])
    row = await transaction.fetch_one(_QUERIES.insert, **given)
    if row is None:
        raise LookupError("ambulance_requests")
    stored = await find(transaction, row["id"])
    if stored is None:
        raise LookupError(row["id"])
    return stored


async def complete(transaction: Transaction, row: RequestRow) -> None:
    """Store what a repeat added to a call."""
    given: dict[str, Any] = {name: getattr(row, name) for name in _COMPLETED}
    for name in ("pickup_location", "destination_location"):
        given[name] = point_of(given[name])
    await transaction.execute(_QUERIES.complete, id=row.id, **given)


async def advance(transaction: Transaction, row: RequestRow) -> None:
    """Store how far a call is, and who has it."""
    await transaction.execute(_QUERIES.advance, id=row.id, **{name: getattr(row, name) for name in _ADVANCED})


async def expect(transaction: Transaction, request_id: UUID, eta_at: datetime | None) -> None:
    """Store when the unit that has a call should be there."""
    await transaction.execute(_QUERIES.expect, id=request_id, eta_at=eta_at)


async def body(db: Database | HeldConnection, request_id: UUID) -> dict[str, Any]:
    """Return a call as dispatchers see it; raises LookupError."""
    row = await db.fetch_one(_QUERIES.body, id=request_id)
    if row is None:
        raise LookupError(request_id)
    found: dict[str, Any] = row["body"]
    return found


async def proven_number(transaction: Transaction, user_id: UUID) -> str | None:
    """Return the number of an account that was proven to be theirs, None where it was not."""
    row = await transaction.fetch_one(_QUERIES.proven_number, user_id=user_id)
    found: str | None = None if row is None else row["phone"]
    return found
