"""A list of records as a CSV file (RFC 4180), streamed; a text that a spreadsheet would run is made a text."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, date, datetime, time
from typing import Any, Final

import orjson
from aiohttp import hdrs, web

from handlers.call import Call, Nothing
from handlers.downloads import send
from handlers.record_lists import after, order_of
from handlers.record_reading import access, note_reading
from hub.history.formats import safe_cell
from storage.records import statements, store
from storage.records.entity import Entity
from storage.records.kinds import PLACE
from storage.records.rows import Fields

PAGE_ROWS: Final = 500  # some ms to render; between two of them everything else has its turn
_PLACE_PARTS = ("latitude", "longitude")


async def export(entity: Entity, call: Call[Any, Nothing]) -> web.StreamResponse:
    """Send every record of a list; raises as the list until the first byte is out, after that it is cut off."""
    pieces = _pieces(entity, call)
    first = await anext(pieces)  # before the answer begins: a database that is away is still a 503
    headers = {
        str(hdrs.CONTENT_TYPE): "text/csv; charset=utf-8",
        str(hdrs.CONTENT_DISPOSITION): f'attachment; filename="{entity.name}.csv"',
    }
    return await send(call.http_request, headers, _chain(first, pieces))


async def _pieces(entity: Entity, call: Call[Any, Nothing]) -> AsyncIterator[bytes]:
    """Yield the file a page at a time; a connection is held only while a page is read, however slowly it is taken."""
    reader = access(entity, call)
    order = order_of(entity, call.query, reader.reads)
    listing, values = order.listing, order.values
    columns = _columns(entity, statements.page(entity, reader.reads, listing).shape)
    before: list[Iterable[str]] = [[name for _, _, name in columns]]
    while True:
        async with call.context.reader.hold_bulk() as held:
            page = await store.list_page(held, reader, listing, values, PAGE_ROWS)
        await note_reading(entity, call, page.items, detail={"file": True})
        yield _csv([*before, *([_cell(found.fields, *place) for place in columns] for found in page.items)])
        if page.ended is None:
            return
        before = []
        listing, values = after(entity, order.listing, order.values, page.ended)


def _columns(entity: Entity, shape: statements.Shape) -> list[tuple[str, str | None, str]]:
    """Return the columns of the file: a field, its part where it has parts, and the heading."""
    found: list[tuple[str, str | None, str]] = []
    for column in shape.columns:
        if column.kind is PLACE:
            found += [(column.name, part, f"{column.name}_{part}") for part in _PLACE_PARTS]
        else:
            found.append((column.name, None, column.name))
    for embed in shape.embeds:
        found += [(embed.name, part, f"{embed.name}.{part}") for part, _ in embed.columns]
    return found


def _cell(fields: Fields, name: str, part: str | None, _heading: str) -> str:
    value = fields.get(name)
    if part is not None:
        value = value.get(part) if isinstance(value, dict) else None
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float):
        return "" if value != value else str(value)
    return safe_cell(orjson.dumps(value, default=str).decode() if isinstance(value, dict | list) else str(value))


def _csv(rows: Iterable[Iterable[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode()


async def _chain(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece
