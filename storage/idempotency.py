"""Answers already given, by the caller and the key that the caller chose for a request."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from storage.pool import Database, Transaction
from storage.sql import load

_QUERIES = load("idempotency")
KEPT_FOR = timedelta(hours=24)
# A request lives for some seconds: a key that is still taken after this was left by a hub that died.
ABANDONED_AFTER = timedelta(minutes=2)


class KeyOf(NamedTuple):
    """A request that must not be done twice."""

    principal: str
    key: str
    operation: str  # method and target
    body_hash: bytes
    claimed_at: datetime


class Kept(NamedTuple):
    """What is stored under a key."""

    operation: str
    body_hash: bytes
    status: int | None  # None: the request is still at work
    response: bytes | None  # None: not to be repeated


async def claim(db: Database, key: KeyOf) -> bool:
    """Take a key; False where a request has it already."""
    row = await db.fetch_one(
        _QUERIES.claim,
        **key._asdict(),
        expires_at=key.claimed_at + KEPT_FOR,
        abandoned_before=key.claimed_at - ABANDONED_AFTER,
    )
    return row is not None


async def find(db: Database, key: KeyOf) -> Kept | None:
    """Return what a taken key stands for, None when it was given back meanwhile."""
    row = await db.fetch_one(_QUERIES.find, principal=key.principal, key=key.key)
    return None if row is None else Kept(*row)


async def keep(db: Database | Transaction, key: KeyOf, status: int, response: bytes | None) -> bool:
    """Keep an answer, also in the transaction of what it tells of; False when the key is another request's by now."""
    kept = await db.execute(
        _QUERIES.keep,
        principal=key.principal,
        key=key.key,
        claimed_at=key.claimed_at,
        status=status,
        response=response,
    )
    return kept == 1


async def release(db: Database, key: KeyOf) -> None:
    """Give a key back; an answer that was kept stays."""
    await db.execute(_QUERIES.release, principal=key.principal, key=key.key, claimed_at=key.claimed_at)
