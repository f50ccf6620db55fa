"""Ambulances as moves lock and write them."""

from __future__ import annotations

from collections.abc import Iterable

from storage.dispatch.rows import UnitRow
from storage.pool import Transaction
from storage.sql import load

_QUERIES = load("dispatch_units")


async def lock(transaction: Transaction, ids: Iterable[int]) -> dict[int, UnitRow]:
    """Return those of the ambulances that there are, locked until the transaction ends."""
    return {row["id"]: UnitRow(*row) for row in await transaction.fetch(_QUERIES.lock, ids=list(ids))}


async def set_status(transaction: Transaction, ambulance_id: int, status: str) -> None:
    """Store what an ambulance is doing."""
    await transaction.execute(_QUERIES.set_status, id=ambulance_id, status=status)


async def set_presence(transaction: Transaction, ambulance_id: int, present: str, wanted: str) -> bool:
    """Store that a free ambulance fell silent or is heard again; False when it is not what it was thought to be."""
    return bool(await transaction.execute(_QUERIES.set_presence, id=ambulance_id, present=present, wanted=wanted))
