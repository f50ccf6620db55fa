"""The whole history of an ambulance as a file, every stored fix in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from aiohttp import hdrs, web

from handlers.call import Call, Handler, Nothing
from handlers.downloads import disposition, send
from handlers.positions import SpanQuery, check_history, record_reading, span_of
from hub.history.formats import Format
from hub.history.track import HIDDEN_FLAGS
from storage.history import Pages, Records, Span
from storage.pool import Database

PAGE_ROWS: Final = 2_000  # some ms to render; between two of them everything else has its turn


def exporter(make: Callable[[str], Format]) -> Handler:
    """Return the handler of GET /ambulances/{id}/positions.ENDING.

    It raises as `show_track` until the first byte is out; after that, what goes wrong cuts the answer off.
    """

    async def show(call: Call[Any, Nothing]) -> web.StreamResponse:
        return await _export(call, make)

    return show


async def _export(call: Call[SpanQuery, Nothing], make: Callable[[str], Format]) -> web.StreamResponse:
    ambulance = await check_history(call)
    span = span_of(call)
    file = make(ambulance.plate_number)
    pieces = _pieces(file, call.context.reader, call.number, span)
    first = await anext(pieces)  # before the answer begins: a database that is away is still a 503
    await record_reading(call, str(call.number))
    headers = {
        str(hdrs.CONTENT_TYPE): file.MEDIA_TYPE,
        str(hdrs.CONTENT_DISPOSITION): disposition(ambulance.plate_number, "positions", span, file.ENDING),
    }
    return await send(call.http_request, headers, _chain(first, pieces))


async def _pieces(file: Format, db: Database, ambulance_id: int, span: Span) -> AsyncIterator[bytes]:
    """Yield the file; a connection is held only while a page is read, however slowly the file is taken."""
    before = file.head()
    for hidden in file.PASSES:
        source = Pages(db, ambulance_id, span, rows_max=PAGE_ROWS)
        while (page := await _next(source, hidden)) is not None:
            yield (before + file.rows(page)).encode()
            before = ""
        before += file.end_pass()
    yield (before + file.tail()).encode()


async def _next(source: Pages, hidden: bool | None) -> Records | None:
    return await source.records(hidden=hidden, hidden_flags=HIDDEN_FLAGS)


async def _chain(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece
