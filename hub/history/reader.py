"""Reads an ambulance's history out of the database and builds its track from it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from hub.history.track import Track, TrackBuilder
from storage.history import Fixes, Pages, Span
from storage.pool import Database

PAGE_ROWS: Final = 20_000  # 0.6 MB, and some ms of work for each side
HALVED_FROM: Final = timedelta(hours=6)  # a span that is worth a second connection
AHEAD_PAGES: Final = 4  # of the second half that wait in memory for their turn


async def read_track(
    db: Database, ambulance_id: int, span: Span, *, points_max: int, tolerance_m: float = 0.0
) -> Track:
    """Return the track of a span, built as `TrackBuilder` says; raises `StorageError`.

    While a thread works at one page, PostgreSQL reads the next, and of a long span the second half too: the event loop
    only waits.
    """
    builder = TrackBuilder(points_max=points_max, tolerance_m=tolerance_m)
    middle = span.since + (span.until - span.since) / 2 if span.until - span.since >= HALVED_FROM else span.until
    first, second = (
        Pages(db, ambulance_id, half, rows_max=PAGE_ROWS)
        for half in (Span(span.since, middle), Span(middle, span.until))
    )
    ahead: list[Fixes] = []
    page = await _next(first, second, ahead)
    while page is not None:
        _, page = await asyncio.gather(asyncio.to_thread(builder.add, page), _next(first, second, ahead))
    while ahead:
        page = ahead.pop(0)
        await asyncio.gather(asyncio.to_thread(builder.add, page), _read_ahead(second, ahead))
    return await asyncio.to_thread(builder.finish)


async def _next(first: Pages, second: Pages, ahead: list[Fixes]) -> Fixes | None:
    """Return the first half's next page, and let the second half's one wait behind the others."""
    page, _ = await asyncio.gather(first.fixes(), _read_ahead(second, ahead))
    return page


async def _read_ahead(second: Pages, ahead: list[Fixes]) -> None:
    """Let one more page of the second half wait, if there is room."""
    if len(ahead) < AHEAD_PAGES:
        page = await second.fixes()
        if page is not None:
            ahead.append(page)
