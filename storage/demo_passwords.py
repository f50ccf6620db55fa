"""Passwords of a demonstration that others than its own machine can reach."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from storage import sessions
from storage.pool import OWNER, Database
from storage.sql import load

_QUERIES = load("demo_passwords")


async def set_passwords(dsn: str, hashes: Mapping[str, str], now: datetime) -> None:
    """Replace the passwords of these addresses and end their sessions, all or nothing; raises `StorageError`."""
    db = await Database.open(dsn, role=OWNER, size=1, command_timeout_s=30)
    try:
        async with db.transaction() as transaction:
            for email, password_hash in hashes.items():
                row = await transaction.fetch_one(_QUERIES.set_password, email=email, password=password_hash)
                if row is not None:
                    await sessions.end_all_of(transaction, row["id"], reason="password", now=now)
    finally:
        await db.close()
