"""The whole fleet's past, for a time slider."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec
from aiohttp import hdrs, web
from msgspec import Meta

from handlers.call import Call, Nothing
from handlers.downloads import send
from handlers.positions import SpanQuery, record_reading, span_of
from hub.errors import InvalidValue
from hub.history.playback import Playback, read_playback

LENGTH_MAX: Final = timedelta(hours=6)


class PlaybackQuery(SpanQuery, forbid_unknown_fields=True):
    """GET /fleet/playback: at most 6 h; without a range, the last ones."""

    step_s: Annotated[int, Meta(ge=1, le=3_600)] = 1


Reel = Annotated[
    list[int | list[float]],
    Meta(min_length=4, max_length=4, description="Ambulance; then of its points s after `from`, degrees north, east."),
]


class PlaybackAnswer(msgspec.Struct):
    """At most one point of each ambulance in each step of `step_s`, which the hub may have made longer."""

    since: datetime = msgspec.field(name="from")
    until: datetime = msgspec.field(name="to")
    step_s: int
    tracks: list[Reel]


async def show_playback(call: Call[PlaybackQuery, Nothing]) -> web.StreamResponse:
    """GET /fleet/playback: the last sound fix of each step, and the last one before, if not older than 10 min.

    Raises InvalidValue for a range that is empty, absurd or too long.
    """
    span = span_of(call, LENGTH_MAX)
    if span.until - span.since > LENGTH_MAX:
        raise InvalidValue("a playback is at most 6 hours long", field="from")
    now = call.context.clock.now()
    playback = await read_playback(call.context.reader, span, step_s=call.query.step_s, now=now)
    await record_reading(call, "fleet")
    headers = {str(hdrs.CONTENT_TYPE): "application/json"}
    return await send(call.http_request, headers, _pieces(playback), may_compress=True)


async def _pieces(playback: Playback) -> AsyncIterator[bytes]:
    for piece in playback.pieces():
        yield piece
