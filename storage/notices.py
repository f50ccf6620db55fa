"""Words from hub to hub by way of PostgreSQL, for when nothing else carries them; `storage.listen` hears them."""

from __future__ import annotations

from storage.pool import Database
from storage.sql import load

_QUERIES = load("notices")


async def say(db: Database, kind: str, key: str) -> None:
    """Tell every hub that listens, this one included; raises `StorageError`."""
    await db.execute(_QUERIES.say, kind=kind, key=key)
