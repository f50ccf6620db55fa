"""What the hub noticed about calls and units: raised once while it lasts, whoever notices it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from storage.pool import Database, HeldConnection, Transaction
from storage.sql import load

_QUERIES = load("dispatch_alerts")


class AlertKey(NamedTuple):
    """What an alert is about: one is open at a time for each."""

    kind: str
    request_id: UUID | None = None
    assignment_id: UUID | None = None
    ambulance_id: int | None = None


class NewAlert(NamedTuple):
    """Something to be noticed."""

    key: AlertKey
    severity: str  # info | warning | alarm
    facts: dict[str, Any]  # the numbers that its sentence needs, each named with its unit


class OpenAlert(NamedTuple):
    """Something that was noticed, and is still so."""

    id: UUID
    key: AlertKey
    severity: str
    raised_at: datetime


async def raise_all(transaction: Transaction, alerts: Sequence[NewAlert], *, at: datetime) -> int:
    """Raise alerts; those that are open stay as they are, but for another severity. Returns how many were written."""
    if not alerts:
        return 0
    written = await transaction.fetch(
        _QUERIES.raise_alerts,
        at=at,
        kinds=[alert.key.kind for alert in alerts],
        severities=[alert.severity for alert in alerts],
        request_ids=[alert.key.request_id for alert in alerts],
        assignment_ids=[alert.key.assignment_id for alert in alerts],
        ambulance_ids=[alert.key.ambulance_id for alert in alerts],
        facts=[alert.facts for alert in alerts],
    )
    return len(written)


async def hold(transaction: Transaction, request_ids: Collection[UUID]) -> None:
    """Let nobody move some requests before the transaction ends; called before alerts are touched."""
    await transaction.fetch(_QUERIES.hold_requests, ids=sorted(request_ids))


async def unmoved(transaction: Transaction, stages: Mapping[UUID, str]) -> frozenset[UUID]:
    """Return those of some assignments that are still at the stage given."""
    if not stages:
        return frozenset()
    rows = await transaction.fetch(_QUERIES.still_live, ids=list(stages), stages=list(stages.values()))
    return frozenset(row["id"] for row in rows)


async def resolve(transaction: Transaction, ids: Collection[UUID], *, at: datetime) -> int:
    """Note that some alerts are no longer so; returns how many were open."""
    return await transaction.execute(_QUERIES.resolve_alerts, ids=list(ids), at=at) if ids else 0


async def find_open(db: Database | HeldConnection, kinds: Collection[str]) -> list[OpenAlert]:
    """Return the open alerts of some kinds."""
    rows = await db.fetch(_QUERIES.open_alerts, kinds=list(kinds))
    return [
        OpenAlert(
            row["id"],
            AlertKey(row["kind"], row["request_id"], row["assignment_id"], row["ambulance_id"]),
            row["severity"],
            row["raised_at"],
        )
        for row in rows
    ]
