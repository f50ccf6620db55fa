"""The audit log: who did what to what, denials among it. Append-only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from storage.pool import Database, Transaction
from storage.sql import load

_QUERIES = load("audit")
NOTHING: Mapping[str, object] = MappingProxyType({})
COPIED = (
    *("at", "actor_kind", "actor_id", "session_id", "action", "entity", "entity_id", "patient_id", "outcome"),
    *("reason", "request_id", "network", "detail"),
)  # the columns of a COPY


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
    reason: str | None = None  # why, where a person had to say so
    detail: Mapping[str, object] = field(default_factory=lambda: NOTHING)  # what changed; never a secret


async def record(db: Database | Transaction, entry: Entry) -> None:
    """Append one entry; within a transaction it commits with what it tells about."""
    await db.execute(
        _QUERIES.insert_entry,
        actor_kind=entry.actor_kind,
        actor_id=entry.actor_id,
        session_id=entry.session_id,
        action=entry.action,
        entity=entry.entity,
        entity_id=storable(entry.entity_id),
        patient_id=entry.patient_id,
        outcome=outcome(entry),
        request_id=entry.request_id,
        network=entry.network,
        reason=entry.reason,
        detail=dict(entry.detail),
    )


def copied(entry: Entry, at: datetime) -> tuple[object, ...]:
    """Return the values of `COPIED` for an entry."""
    return (
        *(at, entry.actor_kind, entry.actor_id, entry.session_id, entry.action, entry.entity),
        *(storable(entry.entity_id), entry.patient_id, outcome(entry), entry.reason, entry.request_id),
        *(entry.network, dict(entry.detail)),
    )


def outcome(entry: Entry) -> str:
    """Return what became of it, as it is stored."""
    return "denied" if entry.denied else "allowed"


def storable(text: str | None) -> str | None:
    """Return a text as PostgreSQL can store it: what a path names may hold anything, and is written down anyway."""
    if text is None or (text.isascii() and "\0" not in text):
        return text
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
