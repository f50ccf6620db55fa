"""Ambulances inside an area, from memory."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from handlers.ambulances import Ambulance, AmbulanceList, Cursor, Limit, Status, ambulance_on_board, page_rows
from handlers.call import Call, Nothing
from handlers.context import CURSORS
from hub.dispatch.region import Box, Polygon, Region
from hub.errors import InvalidValue
from hub.live.board import LiveFix, Unit

CORNERS_MIN: Final = 3
CORNERS_MAX: Final = 200
_CORNER = re.compile(r"(-?[0-9]{1,2}(?:\.[0-9]{1,15})?),(-?[0-9]{1,3}(?:\.[0-9]{1,15})?)", re.ASCII)

Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]


class InsideQuery(msgspec.Struct, forbid_unknown_fields=True):
    """GET /ambulances/inside: a box (all four of its sides) or a polygon, `latitude,longitude;…`, 3 to 200 corners."""

    south: Latitude | None = None
    west: Longitude | None = None
    north: Latitude | None = None
    east: Longitude | None = None
    polygon: str | None = None
    status: Status | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


async def show_inside(call: Call[InsideQuery, Nothing]) -> AmbulanceList:
    """GET /ambulances/inside: those whose newest sound fix lies in the area, by id."""
    query, rows_max = call.query, page_rows(call)
    region = region_of(query)
    cursors = call.http_request.app[CURSORS]
    sides = (query.south, query.west, query.north, query.east)
    binding = f"{call.principal.key} inside {sides} {query.polygon} {query.status}"
    (after_id,) = cursors.open(binding, query.cursor, 1) if query.cursor else (0,)
    # A polygon of many corners and a fleet of thousands are some tens of ms: not on the event loop.
    found = await asyncio.to_thread(_inside, region, call.context.board.placed(), query.status, after_id)
    now_us = call.context.clock.now_us()
    items: list[Ambulance] = [ambulance_on_board(unit, fix, now_us) for unit, fix in found[:rows_max]]
    return AmbulanceList(items, cursors.seal(binding, [items[-1].id]) if len(found) > rows_max else None)


def region_of(query: InsideQuery) -> Region:
    """Return the area that is asked for; raises InvalidValue for none, two, or an impossible one."""
    sides = (query.south, query.west, query.north, query.east)
    if query.polygon is not None:
        if any(side is not None for side in sides):
            raise InvalidValue("send a box or a polygon, not both", field="polygon")
        return _polygon(query.polygon)
    south, west, north, east = sides
    if south is None or west is None or north is None or east is None:
        raise InvalidValue("send all four sides of a box, or a polygon")
    if south >= north:
        raise InvalidValue("the box ends before it begins", field="north")
    return Box(south, west, north, east)


def _polygon(text: str) -> Polygon:
    corners = text.split(";", CORNERS_MAX + 1)
    if not CORNERS_MIN <= len(corners) <= CORNERS_MAX:
        raise InvalidValue("a polygon has 3 to 200 corners", field="polygon")
    places = [_CORNER.fullmatch(corner) for corner in corners]
    read = [(float(place[1]), float(place[2])) for place in places if place is not None]
    if len(read) != len(corners) or any(abs(north) > 90 or abs(east) > 180 for north, east in read):
        raise InvalidValue("a corner is no latitude,longitude in degrees", field="polygon")
    try:
        return Polygon(read)
    except ValueError:
        raise InvalidValue("the ring goes round a pole", field="polygon") from None


def _inside(
    region: Region, placed: list[tuple[Unit, LiveFix]], status: str | None, after_id: int
) -> list[tuple[Unit, LiveFix]]:
    found = [
        (unit, fix)
        for unit, fix in placed
        if unit.id > after_id
        and (status is None or unit.status == status)
        and region.contains(fix.latitude, fix.longitude)
    ]
    return sorted(found, key=lambda item: item[0].id)
