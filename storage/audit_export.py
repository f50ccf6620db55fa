"""The audit log as it is read out: by time, of one patient or one actor where that is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from storage.pool import Database, Record
from storage.sql import load

ROWS_MAX = 2_000  # of a page
_QUERIES = load("audit_export")
COLUMNS = (
    *("id", "at", "actor_kind", "actor_id", "session_id", "action", "entity", "entity_id", "patient_id", "outcome"),
    *("reason", "request_id", "network", "detail"),
)


class Wanted(NamedTuple):
    """Which entries."""

    since: datetime
    until: datetime  # not itself
    patient_id: UUID | None = None  # whose data they are about
    actor_id: str | None = None  # the id of a user or a device


async def pages(db: Database, wanted: Wanted) -> AsyncIterator[list[Record]]:
    """Yield the entries in order, each a record of `COLUMNS`; raises `StorageError`."""
    at, id_ = wanted.since, 0
    while True:
        rows = await db.fetch(
            _QUERIES.page,
            after_at=at,
            after_id=id_,
            until=wanted.until,
            patient_id=wanted.patient_id,
            actor_id=wanted.actor_id,
            rows_max=ROWS_MAX,
        )
        if rows:
            yield rows
        if len(rows) < ROWS_MAX:
            return
        at, id_ = rows[-1]["at"], rows[-1]["id"]


async def find_user(db: Database, email: str) -> UUID | None:
    """Return the id of the account with an e-mail address; raises `StorageError`."""
    row = await db.fetch_one(_QUERIES.find_user, email=email)
    return None if row is None else row["id"]
