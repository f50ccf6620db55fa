"""How far patients have come with their plans: a projection that the database keeps in the transaction of each cause.

The formulas are the functions of schema.sql from `zone_of_plan` to `count_progress`; its triggers call them for every
change of a plan, an exercise, a tick or a time zone. What they cannot see is told here: that a session was counted, and
that a day has begun.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from uuid import UUID

from storage.pool import Database, Transaction
from storage.sql import load

_QUERIES = load("physio_progress")


async def session_counted(transaction: Transaction, session_id: UUID) -> None:
    """Let the repetitions of a session count in the plans that it is for; raises `StorageError`.

    Call it in the transaction that has written them and the session's `counted_at`.
    """
    await transaction.fetch(_QUERIES.count_session, session_id=session_id)


async def plans(db: Database, plan_id: UUID | None = None) -> list[UUID]:
    """Return the ids of all plans, or of one where it is there; raises `StorageError`."""
    return [row["id"] for row in await db.fetch(_QUERIES.plans, plan_id=plan_id)]


async def recompute(db: Database, plan_id: UUID, now: datetime) -> None:
    """Work out all days of a plan again, as of a moment; raises `StorageError`."""
    await db.fetch(_QUERIES.recount, plan_id=plan_id, now=now)


async def differences(db: Database, plan_id: UUID) -> list[str]:
    """Return what of a plan's progress is stored otherwise than it would be worked out: days and sums."""
    return [row["what"] for row in await db.fetch(_QUERIES.differences, plan_id=plan_id)]


async def list_turned(transaction: Transaction, now: datetime, *, plans_max: int) -> list[UUID]:
    """Return plans for which a local day has begun since they were worked out; raises `StorageError`."""
    return [row["plan_id"] for row in await transaction.fetch(_QUERIES.list_turned, now=now, plans_max=plans_max)]


async def turn(transaction: Transaction, plan_ids: Sequence[UUID], now: datetime) -> None:
    """Let the days of these plans that have begun count; raises `StorageError`."""
    await transaction.fetch(_QUERIES.turn, plan_ids=list(plan_ids), now=now)


async def notify_due(transaction: Transaction, now: datetime, *, from_time: time, until_time: time) -> int:
    """Remind patients of exercises that are due, between two times of their day; return how many, once each.

    Raises `StorageError`.
    """
    return await transaction.execute(_QUERIES.notify_due, now=now, from_time=from_time, until_time=until_time)
