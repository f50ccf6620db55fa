"""What stands on the board of dispatchers, as the channel `dispatch` tells of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from storage import audit
from storage.pool import Database, HeldConnection
from storage.sql import load

_QUERIES = load("dispatch_board")
CHANNEL = "dispatch"  # tells what becomes of calls, assignments, alerts and messages

Body = dict[str, Any]  # of a thing, as the database writes it


class AlertKey(NamedTuple):
    """Where a page of the alerts ended."""

    raised_at: datetime
    id: UUID


class AlertPage(NamedTuple):
    """A page of the alerts, and where it ended when there are more."""

    bodies: list[Body]
    ended: AlertKey | None


async def requests(db: Database | HeldConnection, *, closed_after: datetime) -> list[Body]:
    """Return the open calls and those closed after a moment, most urgent first; raises `StorageError`."""
    return [row["body"] for row in await db.fetch(_QUERIES.requests, closed_after=closed_after)]


async def assignments(db: Database | HeldConnection, request_ids: Sequence[object]) -> list[Body]:
    """Return who was asked to take these calls, in the order of the offers."""
    return [row["body"] for row in await db.fetch(_QUERIES.assignments, request_ids=list(request_ids))]


async def alerts(db: Database | HeldConnection) -> list[Body]:
    """Return the alerts that stand on the board, oldest first."""
    return [row["body"] for row in await db.fetch(_QUERIES.alerts)]


async def messages(
    db: Database | HeldConnection, *, unread_after: datetime, written_after: datetime, rows_max: int
) -> list[Body]:
    """Return the newest messages of all crews: what nobody has read since one moment, all since another."""
    rows = await db.fetch(_QUERIES.messages, unread_after=unread_after, written_after=written_after, rows_max=rows_max)
    return [row["body"] for row in rows]


async def alert_page(
    db: Database, *, still_open: bool | None, request_id: UUID | None, before: AlertKey | None, rows_max: int
) -> AlertPage:
    """Return up to `rows_max` alerts before a key, newest first: those on the board, the others or (None) both."""
    raised_at, alert_id = before or (None, None)
    rows = await db.fetch(
        _QUERIES.alert_page,
        open=still_open,
        request_id=request_id,
        before_raised_at=raised_at,
        before_id=alert_id,
        rows_max=rows_max + 1,
    )
    page = rows[:rows_max]
    ended = AlertKey(page[-1]["raised_at"], page[-1]["id"]) if len(rows) > rows_max else None
    return AlertPage([row["body"] for row in page], ended)


async def acknowledge(db: Database, alert_id: UUID, *, user_id: UUID, now: datetime, entry: audit.Entry) -> Body | None:
    """Acknowledge an alert, with its audit entry, unless somebody did before; return it, None where there is none."""
    async with db.transaction() as transaction:
        acknowledged = await transaction.fetch_one(_QUERIES.acknowledge_alert, id=alert_id, user_id=user_id, now=now)
        if acknowledged is not None:
            await audit.record(transaction, entry)
    row = await db.fetch_one(_QUERIES.find_alert, id=alert_id)
    return None if row is None else row["body"]
