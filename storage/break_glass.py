"""Broken glass: a look at a patient without a relation, for a stated reason, of which the patient is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from storage import audit
from storage.notifications import notify
from storage.pool import Database
from storage.sql import load

_QUERIES = load("break_glass")


class Grant(NamedTuple):
    """Who may see whom, why, and until when."""

    id: UUID
    user_id: UUID
    patient_id: UUID
    reason: str
    granted_at: datetime
    expires_at: datetime


class Breaking(NamedTuple):
    """What is asked for."""

    user_id: UUID
    name: str  # of who asks, as the patient is told it
    patient_id: UUID
    reason: str
    now: datetime
    expires_at: datetime


async def break_glass(db: Database, asked: Breaking, entry: audit.Entry) -> Grant | None:
    """Store the grant, its audit entry and the patient's notification, all or nothing; None for who is no patient."""
    async with db.transaction() as transaction:
        row = await transaction.fetch_one(
            _QUERIES.insert_grant,
            user_id=asked.user_id,
            patient_id=asked.patient_id,
            reason=asked.reason,
            now=asked.now,
            expires_at=asked.expires_at,
        )
        if row is None:
            return None
        grant = Grant(*row)
        await audit.record(
            transaction,
            replace(entry, entity_id=str(grant.id), patient_id=grant.patient_id, reason=grant.reason),
        )
        minutes = round((grant.expires_at - grant.granted_at).total_seconds() / 60)
        await notify(
            transaction,
            grant.patient_id,
            "break_glass",
            f"{asked.name} opened your record for {minutes} min without being one of those who treat you. "
            "The reason is in the list of who read your record.",
            dedupe_key=f"break_glass:{grant.id}",
        )
        return grant
