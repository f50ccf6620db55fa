"""Notifications, written in the transaction of what they tell about."""

from __future__ import annotations

from uuid import UUID

from storage.pool import Transaction
from storage.sql import load

_QUERIES = load("notifications")


async def notify(transaction: Transaction, user_id: UUID, kind: str, message: str, *, dedupe_key: str) -> None:
    """Tell a person something, once for each key; no clinical text."""
    await transaction.execute(
        _QUERIES.insert_notification, user_id=user_id, type=kind, message=message, dedupe_key=dedupe_key
    )
