"""What crews say, each once, and what they are shown of their own ambulance."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from storage.dispatch.rows import LatLon, point_of
from storage.pool import Database, HeldConnection, Transaction
from storage.sql import load

_QUERIES = load("dispatch_crew")


class Fate(NamedTuple):
    """What became of a report."""

    status: str = "done"  # or refused
    code: str | None = None  # of a refusal
    detail: str | None = None


class ReportRow(NamedTuple):
    """A report as it is kept."""

    device_id: int
    report_id: str
    kind: str
    body: dict[str, object]
    device_at: datetime
    happened_at: datetime
    received_at: datetime


class Owned(NamedTuple):
    """Whose an assignment is."""

    ambulance_id: int
    request_id: UUID
    status: str
    offered_at: datetime


class Standing(NamedTuple):
    """How it stands with an ambulance and one of its assignments."""

    unit_status: str
    assignment: UUID | None
    status: str | None  # of the assignment
    request: UUID | None
    request_status: str | None


class Unit(NamedTuple):
    """An ambulance as its crew sees it."""

    id: int
    plate_number: str
    status: str
    assignment_id: UUID | None  # the live one
    stage: str | None


class Unread(NamedTuple):
    """What a dispatcher wrote and the crew has not read."""

    message: str
    text: str
    sender: str
    sent_at: int  # µs since 1970


class SosRow(NamedTuple):
    """A call for help."""

    device_id: int
    alarm_id: str
    ambulance_id: int
    raised_at: datetime
    received_at: datetime
    late: bool
    place: LatLon | None


async def find_report(db: Database, device_id: int, report_id: str) -> Fate | None:
    """Return what became of a report, None for one that has not come."""
    row = await db.fetch_one(_QUERIES.find_report, device_id=device_id, report_id=report_id)
    return None if row is None else Fate(*row)


async def claim_report(db: Database | Transaction, row: ReportRow, fate: Fate) -> bool:
    """Keep a report with what becomes of it; False when it was kept before: then it was taken already."""
    return await db.fetch_one(_QUERIES.claim_report, **row._asdict(), **fate._asdict()) is not None


async def find_assignment(db: Database | HeldConnection, assignment_id: UUID) -> Owned | None:
    """Return whose an assignment is."""
    row = await db.fetch_one(_QUERIES.find_assignment, id=assignment_id)
    return None if row is None else Owned(*row)


async def raise_alarm(transaction: Transaction, sos: SosRow) -> None:
    """Keep a call for help, unless it is known already."""
    latitude, longitude = sos.place or (None, None)
    given = {name: value for name, value in sos._asdict().items() if name != "place"}
    await transaction.execute(_QUERIES.raise_alarm, **given, latitude=latitude, longitude=longitude)


async def write_message(  # noqa: PLR0913 - who writes what from where, and when by which clock
    transaction: Transaction,
    *,
    ambulance_id: int,
    device_id: int,
    assignment_id: UUID | None,
    text: str,
    sent_at: datetime,
    received_at: datetime,
) -> None:
    """Keep what a crew writes to the dispatchers, who are told."""
    await transaction.execute(
        _QUERIES.write_message,
        ambulance_id=ambulance_id,
        device_id=device_id,
        assignment_id=assignment_id,
        text=text,
        sent_at=sent_at,
        received_at=received_at,
    )


async def read_message(transaction: Transaction, message_id: UUID, ambulance_id: int, at: datetime) -> bool:
    """Note that a crew has read a message to it; False where there is none."""
    row = await transaction.fetch_one(_QUERIES.read_message, id=message_id, ambulance_id=ambulance_id, at=at)
    return row is not None


async def set_destination(
    transaction: Transaction, request_id: UUID, *, words: str | None, facility_id: UUID | None, place: LatLon | None
) -> None:
    """Store where the patient of a call, which is locked, is taken; raises `Conflict` for an unknown facility."""
    await transaction.execute(
        _QUERIES.set_destination, id=request_id, destination=words, facility_id=facility_id, location=point_of(place)
    )


async def stand(db: Database, ambulance_id: int, assignment_id: UUID | None) -> Standing | None:
    """Return how it stands with an assignment of an ambulance; with its live one where that is not the ambulance's."""
    row = await db.fetch_one(_QUERIES.stand, ambulance_id=ambulance_id, assignment_id=assignment_id)
    return None if row is None else Standing(*row)


async def find_unit(db: Database, ambulance_id: int) -> Unit | None:
    """Return an ambulance as its crew sees it."""
    row = await db.fetch_one(_QUERIES.find_unit, id=ambulance_id)
    return None if row is None else Unit(*row)


async def unread_messages(db: Database, ambulance_id: int) -> list[Unread]:
    """Return what was written to a crew and not read, the oldest first, at most 50."""
    return [Unread(*row) for row in await db.fetch(_QUERIES.unread_messages, ambulance_id=ambulance_id)]
