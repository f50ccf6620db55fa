"""Whether the database is there, and which schema it has."""

from __future__ import annotations

from storage.pool import Database
from storage.sql import load

_QUERIES = load("health")


async def applied_migrations(db: Database) -> frozenset[int]:
    """Return the numbers of the migrations that the database has been through; raises StorageError when it is away."""
    return frozenset(row["number"] for row in await db.fetch(_QUERIES.applied_numbers))
