"""Alarms: listed, acknowledged once, and what is still open."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from storage import audit
from storage.pool import Database, HeldConnection
from storage.sql import load

_QUERIES = load("alarms")

Call = tuple[int, str]  # how a device names an alarm: its own number, and the id that it drew


class AlarmRow(NamedTuple):
    """An alarm with what is shown of it; degrees, None = none."""

    id: UUID
    kind: str
    ambulance_id: int | None
    plate_number: str | None
    raised_at: datetime
    received_at: datetime
    late: bool
    latitude: float | None
    longitude: float | None
    acknowledged_at: datetime | None
    acknowledged_by: UUID | None
    acknowledged_by_name: str | None


class AlarmKey(NamedTuple):
    """Where a page of the list ended."""

    raised_at: datetime
    id: UUID


async def list_page(
    db: Database | HeldConnection, *, still_open: bool | None, before: AlarmKey | None, rows_max: int
) -> list[AlarmRow]:
    """Return up to `rows_max` alarms before a key, newest first; open ones, acknowledged ones or (None) both."""
    raised_at, alarm_id = before or (None, None)
    rows = await db.fetch(
        _QUERIES.list_page, open=still_open, before_raised_at=raised_at, before_id=alarm_id, rows_max=rows_max
    )
    return [AlarmRow(*row) for row in rows]


async def acknowledge(
    db: Database, alarm_id: UUID, *, user_id: UUID, now: datetime, entry: audit.Entry
) -> AlarmRow | None:
    """Acknowledge an alarm, with its audit entry, unless somebody did before; return it, None where there is none.

    The tablet that raised it is told who has heard it.
    """
    async with db.transaction() as transaction:
        if await transaction.fetch_one(_QUERIES.lock_open, id=alarm_id) is not None:
            await audit.record(transaction, entry)
            await transaction.execute(_QUERIES.tell_device, id=alarm_id, user_id=user_id, now=now)
            await transaction.execute(_QUERIES.acknowledge, id=alarm_id, user_id=user_id, now=now)
    row = await db.fetch_one(_QUERIES.find_one, id=alarm_id)
    return None if row is None else AlarmRow(*row)


async def newest_open(db: Database) -> dict[int, datetime]:
    """Return, for each ambulance with an alarm that nobody has acknowledged, when it called last."""
    return {row["ambulance_id"]: row["raised_at"] for row in await db.fetch(_QUERIES.newest_open)}


async def find_stored(db: Database, calls: Collection[Call]) -> set[Call]:
    """Return those of the alarms that are stored, acknowledged or not."""
    rows = await db.fetch(
        _QUERIES.find_stored, device_ids=[call[0] for call in calls], alarm_ids=[call[1] for call in calls]
    )
    return {(row["device_id"], row["alarm_id"]) for row in rows}
