"""What the page draws below the ambulances."""

from __future__ import annotations

from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta

from handlers.call import Call, Nothing
from hub.errors import NotFound

ROADS_URL = "/api/v1/map/roads"


class Map(msgspec.Struct):
    """The backdrop: tiles where a server is configured, roads where a file is."""

    tile_url: str | None
    attribution: str | None
    center: Annotated[list[float], Meta(min_length=2, max_length=2)] | None
    zoom: int | None
    roads_url: str | None


async def show(call: Call[Nothing, Nothing]) -> Map:
    """GET /map; the centre is latitude, longitude."""
    wanted = call.context.settings.map
    roads_url = None if wanted.roads is None else ROADS_URL
    center = None if wanted.center is None else list(wanted.center)
    return Map(wanted.tile_url, wanted.attribution, center, wanted.zoom, roads_url)


async def show_roads(call: Call[Nothing, Nothing]) -> web.StreamResponse:
    """GET /map/roads: GeoJSON as it lies on disk; raises NotFound where none is configured."""
    roads = call.context.settings.map.roads
    if roads is None:
        raise NotFound
    response = web.FileResponse(roads, headers={"Cache-Control": "private, max-age=3600"})
    response.content_type = "application/geo+json"
    return response
