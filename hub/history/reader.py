"""Reads an ambulance's history out of the database and builds its track from it."""

from __future__ import annotations

import asyncio
from typing import Final

from hub.history.track import Track, TrackBuilder
from storage.history import Pages, Span
from storage.pool import Database

PAGE_ROWS: Final = 20_000  # 0.6 MB, and some ms of work for each side


async def read_track(
    db: Database, ambulance_id: int, span: Span, *, points_max: int, tolerance_m: float = 0.0
) -> Track:
    """Return the track of a span, built as `TrackBuilder` says; raises `StorageError`.

    While a thread works at one page, PostgreSQL reads the next: the event loop only waits.
    """
    source = Pages(db, ambulance_id, span, rows_max=PAGE_ROWS)
    builder = TrackBuilder(points_max=points_max, tolerance_m=tolerance_m)
    page = await source.fixes()
    while page is not None:
        _, page = await asyncio.gather(asyncio.to_thread(builder.add, page), source.fixes())
    return await asyncio.to_thread(builder.finish)
