"""The local gazetteer: places of our own and facilities, found by their names, or nearly so."""

from __future__ import annotations

from typing import NamedTuple

from storage.pool import Database
from storage.sql import load

_QUERIES = load("dispatch_places")


class PlaceRow(NamedTuple):
    """A place that was found; degrees."""

    name: str
    kind: str
    address: str | None
    latitude: float
    longitude: float


async def find(
    db: Database, words: str, pattern: str, near: tuple[float, float] | None, rows_max: int
) -> list[PlaceRow]:
    """Return up to `rows_max` places like these words (`pattern`: the same for LIKE), the best first.

    `near` is a latitude and longitude around which is looked. Raises `StorageError`.
    """
    latitude, longitude = near or (None, None)
    rows = await db.fetch(
        _QUERIES.find, words=words, pattern=pattern, latitude=latitude, longitude=longitude, rows_max=rows_max
    )
    return [PlaceRow(*row) for row in rows]
