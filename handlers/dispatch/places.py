"""Where callers are: the gazetteer and facilities, and the geocoder where one is configured."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from handlers.call import API, Call, Nothing, Route
from handlers.record_lists import like
from hub.dispatch.geocoding import FoundPlace, GeocoderAway, Near, merge
from hub.errors import InvalidValue
from storage.dispatch import places

ROWS_MAX = 20


class Place(msgspec.Struct):
    """A place; `source` is local, or the geocoder that knows it."""

    name: str
    kind: str
    address: str | None
    latitude: float
    longitude: float
    source: str


class PlaceList(msgspec.Struct):
    """The best first; `partial` says that a geocoder is configured and did not answer in time."""

    items: list[Place]
    partial: bool


class PlaceQuery(msgspec.Struct, forbid_unknown_fields=True):
    """GET /places: some words, and around where to look."""

    q: Annotated[str, Meta(min_length=2, max_length=200, description="What the caller says: at least two letters.")]
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None
    limit: Annotated[int, Meta(ge=1)] = 10


async def show(call: Call[PlaceQuery, Nothing]) -> PlaceList:
    """GET /places: our own places, called so or nearly so, and what a configured geocoder adds before its deadline."""
    query = call.query
    if (query.latitude is None) != (query.longitude is None):
        raise InvalidValue("a place has both a latitude and a longitude", field="latitude")
    near = None
    if query.latitude is not None and query.longitude is not None:
        near = Near(query.latitude, query.longitude)
    words, rows_max = query.q.strip(), min(query.limit, ROWS_MAX)
    if len(words) < 2:
        raise InvalidValue("a search has at least two letters", field="q")
    async with asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(_ask_geocoder(call, words, near, rows_max))
        rows = await places.find(call.context.reader, words, like(words), near, rows_max)
    foreign = asked.result()
    found = merge((FoundPlace(*row, "local") for row in rows), foreign or (), rows_max)
    return PlaceList([Place(*place) for place in found], partial=foreign is None)


async def _ask_geocoder(call: Call[Any, Any], words: str, near: Near | None, rows_max: int) -> list[FoundPlace] | None:
    """Return what the geocoder knows, None where it does not answer."""
    geocoder = call.context.geocoder
    if geocoder is None:
        return []
    try:
        return await geocoder.search(words, near, rows_max)
    except GeocoderAway:
        return None


ROUTES: tuple[Route, ...] = (
    Route("GET", f"{API}/places", show, "places.R", "Find a place by what people call it", PlaceList, query=PlaceQuery),
)
