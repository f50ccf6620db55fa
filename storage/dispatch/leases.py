"""Work that one hub at a time does, fenced: whoever has lost it can write nothing more of it, however late it wakes.

The time is PostgreSQL's alone, so no clock of a hub decides who works. Each transaction of the work holds the lease's
row against a change; who takes over waits for such a transaction, and afterwards it finds another fence.
"""

from __future__ import annotations

from typing import NamedTuple

from storage.pool import Database, Transaction
from storage.sql import load

_QUERIES = load("dispatch_leases")


class Lease(NamedTuple):
    """The right to do some work, until it runs out."""

    name: str  # of the work
    fence: int  # above that of everybody who had it before


async def take(db: Database, name: str, holder: str, *, lasts_s: float) -> Lease | None:
    """Take the lease for some seconds; None while somebody has it. Raises `StorageError`."""
    row = await db.fetch_one(_QUERIES.is_free, name=name)
    if row is None or not row["free"]:
        return None
    row = await db.fetch_one(_QUERIES.take, name=name, holder=holder, lasts_s=lasts_s)
    return None if row is None else Lease(name, row["fence"])


async def renew(db: Database, lease: Lease, *, lasts_s: float) -> bool:
    """Have the lease for some seconds from now; False: another one has it. Raises `StorageError`."""
    return bool(await db.execute(_QUERIES.renew, name=lease.name, fence=lease.fence, lasts_s=lasts_s))


async def release(db: Database, lease: Lease) -> None:
    """Let another one have it at once; raises `StorageError`."""
    await db.execute(_QUERIES.release, name=lease.name, fence=lease.fence)


async def is_held(transaction: Transaction, lease: Lease) -> bool:
    """Say whether the lease still counts, and keep it so until the transaction ends; raises `StorageError`."""
    return await transaction.fetch_one(_QUERIES.hold, name=lease.name, fence=lease.fence) is not None
