"""Lists of records: from the query's parameters to a page, and to the cursor of the next one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
import orjson

from handlers.call import Call, Nothing
from handlers.context import CURSORS
from handlers.record_reading import access, note_reading
from handlers.record_types import SPANS, WORDS_MAX
from hub.errors import FieldForbidden, InvalidValue
from storage.records import store
from storage.records.entity import Entity
from storage.records.reach import Reach, groups
from storage.records.rows import Fields
from storage.records.statements import Listing


class Order(NamedTuple):
    """What a list is asked for, whatever page of it."""

    listing: Listing
    values: Fields  # of its filters and words, by their parameters' names
    binding: str  # what a cursor of it is bound to, beside the caller


async def list_of(entity: Entity, call: Call[Any, Nothing]) -> Fields:
    """Return a page as it is answered; raises InvalidValue and FieldForbidden."""
    rows_max, cursor = page_rows(call), call.query.cursor
    reader = access(entity, call)
    order = order_of(entity, call.query, reader.reads)
    listing = order.listing._replace(counted=call.query.total)
    binding, values = f"{call.principal.key} {order.binding}", order.values
    cursors = call.http_request.app[CURSORS]
    if cursor is not None:
        listing, values = after(entity, listing, values, cursors.open_any(binding, cursor, 2))
    page = await store.list_page(call.context.reader, reader, listing, values, rows_max)
    await note_reading(entity, call, page.items, detail=told(order))
    answer: Fields = {"items": [found.fields for found in page.items], "next_cursor": None}
    if page.ended is not None:
        answer["next_cursor"] = cursors.seal(binding, [_plain(value) for value in page.ended])
    if page.total is not None:
        answer["total"] = page.total
    return answer


def order_of(entity: Entity, query: Any, reads: tuple[Reach, ...]) -> Order:
    """Return what a query asks for; raises FieldForbidden for an order by what the caller does not read."""
    sort, descends = _sort(entity, query.sort, reads)
    values: Fields = {}
    for name in _filters(entity):
        if getattr(query, name) is not None:
            values[f"f_{name}"] = getattr(query, name)
    filters = tuple(name.removeprefix("f_") for name in values)
    words = (getattr(query, "search", None) or "").split()
    if len(words) > WORDS_MAX:
        raise InvalidValue(f"a search has at most {WORDS_MAX} words", field="search")
    values |= {f"word_{place}": like(word) for place, word in enumerate(words)}
    listing = Listing(sort, descends, filters, len(words), embeds=embeds_of(query))
    binding = orjson.dumps([entity.name, sort, descends, [[name, str(value)] for name, value in values.items()]])
    return Order(listing, values, binding.decode())


def after(entity: Entity, listing: Listing, values: Fields, position: Sequence[object]) -> tuple[Listing, Fields]:
    """Return the list that goes on behind a position: what the last row was sorted by, and its id."""
    value, key = position
    kind = entity.column(listing.sort).kind.python
    values = {**values, "after_id": msgspec.convert(key, entity.column("id").kind.python)}
    if value is None:
        return listing._replace(position="null"), values
    if listing.sort != "id":
        values["after_value"] = msgspec.convert(value, kind)
    return listing._replace(position="value"), values


def embeds_of(query: Any) -> tuple[str, ...]:
    """Return which records are to be put inside, in one order whatever was asked."""
    return tuple(sorted(set((getattr(query, "embed", None) or "").split(",")) - {""}))


def told(order: Order) -> Fields:
    """Return what the audit log is told of a list: that it was searched, and by which filters; no values."""
    said: Fields = {"list": True}
    if order.listing.filters:
        said["filters"] = list(order.listing.filters)
    if order.listing.words:
        said["search"] = True
    return said


def _filters(entity: Entity) -> Iterator[str]:
    for one in entity.filters:
        yield one.column
        if one.span:
            yield from (one.column + ending for ending in SPANS)


def _sort(entity: Entity, asked: str | None, reads: tuple[Reach, ...]) -> tuple[str, bool]:
    """Return the column and whether it descends; the default falls back on the id where it is not for everybody."""
    shown = frozenset.intersection(*(group.fields for group in groups(entity, reads)))
    if asked is not None:
        column = asked.removeprefix("-")
        if column not in shown:
            raise FieldForbidden("this is not yours to sort by", field="sort")
        return column, asked.startswith("-")
    default = entity.sorts[0] if entity.sorts else None
    return (default.column, default.descends) if default and default.column in shown else ("id", False)


def page_rows(call: Call[Any, Nothing]) -> int:
    """Return how many rows a page has; raises InvalidValue for more than are allowed."""
    limit: int = call.query.limit
    if limit > call.context.settings.page_rows_max:
        raise InvalidValue("a page has fewer rows", field="limit")
    return limit


def like(word: str) -> str:
    """Return the pattern of LIKE for a text that has this word in it."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _plain(value: object) -> int | float | str | None:
    """Return a value of a row as JSON takes it, and `after` reads it back without loss."""
    if value is None or isinstance(value, int | float | str):
        return value
    return str(msgspec.to_builtins(value))
