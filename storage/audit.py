"""The audit log: who did what to what, denials among it. Append-only."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from storage.pool import Database, Transaction
from storage.sql import load

_QUERIES = load("audit")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit log; the database stamps it."""

    action: str  # of the access matrix, where it has one
    entity: str  # table
    entity_id: str | None = None
    actor_kind: str = "system"  # user, device, system or anonymous
    actor_id: str | None = None
    session_id: UUID | None = None
    patient_id: UUID | None = None  # whose clinical data it is about
    denied: bool = False
    request_id: str | None = None
    network: str | None = None  # address of the peer


async def record(db: Database | Transaction, entry: Entry) -> None:
    """Append one entry; within a transaction it commits with what it tells about."""
    await db.execute(
        _QUERIES.insert_entry,
        actor_kind=entry.actor_kind,
        actor_id=entry.actor_id,
        session_id=entry.session_id,
        action=entry.action,
        entity=entry.entity,
        entity_id=entry.entity_id,
        patient_id=entry.patient_id,
        outcome="denied" if entry.denied else "allowed",
        request_id=entry.request_id,
        network=entry.network,
    )
