"""Ambulances as they are now: list, one, and nearest."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from handlers.call import Call, Nothing
from handlers.context import CURSORS
from hub.access.scopes import AmbulanceReach, ambulance_reach
from hub.clock import from_us
from hub.errors import InvalidValue, NotFound
from hub.live.board import LiveFix, Unit
from storage import ambulances
from storage.ambulances import AmbulanceRow, Reach

Status = Literal[
    "available", "dispatched", "en_route", "on_scene", "transporting", "at_hospital", "out_of_service", "offline"
]
Limit = Annotated[int, Meta(ge=1)]
Cursor = Annotated[str, Meta(min_length=1, max_length=400)]


class Location(msgspec.Struct):
    """Where an ambulance was last seen; degrees, m/s, m; `age_s` counts from the answer."""

    latitude: float
    longitude: float
    speed: float | None
    heading: float | None
    accuracy: float | None
    fix_at: datetime
    age_s: float


class Ambulance(msgspec.Struct, kw_only=True):
    """An ambulance, with the fields that the caller may read."""

    id: int
    plate_number: str | UnsetType = UNSET
    driver_name: str | UnsetType | None = UNSET
    status: str | UnsetType = UNSET
    eta: datetime | UnsetType | None = UNSET
    current_location: Location | UnsetType | None = UNSET


class NearAmbulance(Ambulance, kw_only=True):
    """An ambulance with its distance along the great circle."""

    distance_m: float


class AmbulanceList(msgspec.Struct):
    """A page of ambulances by id."""

    items: list[Ambulance]
    next_cursor: str | None


class NearList(msgspec.Struct):
    """The nearest ambulances, nearest first."""

    items: list[NearAmbulance]


class ListQuery(msgspec.Struct, forbid_unknown_fields=True):
    """GET /ambulances."""

    status: Status | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class NearQuery(msgspec.Struct, forbid_unknown_fields=True):
    """GET /ambulances/nearest."""

    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    limit: Limit = 5


async def show_all(call: Call[ListQuery, Nothing]) -> AmbulanceList:
    """GET /ambulances: exactly those that the caller may read, by id."""
    query, reach, rows_max = call.query, ambulance_reach(call.principal), page_rows(call)
    cursors = call.http_request.app[CURSORS]
    binding = f"{call.principal.key} ambulances {query.status}"
    (after_id,) = cursors.open(binding, query.cursor, 1) if query.cursor else (0,)
    rows = await ambulances.list_page(
        call.context.reader, rows_of(reach), status=query.status, after_id=after_id, rows_max=rows_max + 1
    )
    page = rows[:rows_max]
    more = len(rows) > rows_max
    now = call.context.clock.now()
    return AmbulanceList(
        [_ambulance(row, reach, now) for row in page], cursors.seal(binding, [page[-1].id]) if more else None
    )


async def show_one(call: Call[Nothing, Nothing]) -> Ambulance:
    """GET /ambulances/{id}; raises NotFound for a missing one and for one that the caller does not read."""
    reach = ambulance_reach(call.principal)
    row = await ambulances.find_one(call.context.reader, rows_of(reach), call.number)
    if row is None:
        raise NotFound
    return _ambulance(row, reach, call.context.clock.now())


async def show_nearest(call: Call[NearQuery, Nothing]) -> NearList:
    """GET /ambulances/nearest: from memory, by great-circle distance."""
    query, now_us = call.query, call.context.clock.now_us()
    found = call.context.board.nearest(query.latitude, query.longitude, page_rows(call))
    return NearList(
        [
            NearAmbulance(**_on_board(near.unit, near.fix, now_us), distance_m=round(near.distance_m, 1))
            for near in found
        ]
    )


def page_rows(call: Call[Any, Nothing]) -> int:
    """Return how many rows a page has; raises InvalidValue for more than are allowed."""
    limit: int = call.query.limit
    if limit > call.context.settings.page_rows_max:
        raise InvalidValue("a page has fewer rows", field="limit")
    return limit


def rows_of(reach: AmbulanceReach) -> Reach:
    """Return the rows that a caller reads, for the statements."""
    return Reach(reach.everything, reach.ambulance_id, reach.patient_id, reach.facility_id, reach.doctor_id)


def _ambulance(row: AmbulanceRow, reach: AmbulanceReach, now: datetime) -> Ambulance:
    location = None
    if row.latitude is not None and row.longitude is not None and row.fix_at is not None:
        location = Location(
            row.latitude,
            row.longitude,
            or_none(row.speed),
            or_none(row.heading),
            or_none(row.accuracy),
            row.fix_at,
            _age_s((now - row.fix_at).total_seconds()),
        )
    every: dict[str, Any] = {
        "plate_number": row.plate_number,
        "driver_name": row.driver_name,
        "status": row.status,
        "current_location": location,
    }
    if reach.fields is None:
        return Ambulance(id=row.id, **every)
    every["eta"] = None  # known once routes are
    return Ambulance(id=row.id, **{name: every[name] for name in reach.fields})


def ambulance_on_board(unit: Unit, fix: LiveFix, now_us: int) -> Ambulance:
    """Return an ambulance with every field, as the board has it in memory."""
    return Ambulance(**_on_board(unit, fix, now_us))


def _on_board(unit: Unit, fix: LiveFix, now_us: int) -> dict[str, Any]:
    location = Location(
        fix.latitude,
        fix.longitude,
        or_none(fix.speed),
        or_none(fix.heading),
        or_none(fix.accuracy),
        from_us(fix.fix_at),
        _age_s((now_us - fix.fix_at) / 1e6),
    )
    return {
        "id": unit.id,
        "plate_number": unit.plate_number,
        "driver_name": unit.driver_name,
        "status": unit.status,
        "current_location": location,
    }


def or_none(value: float | None) -> float | None:
    """Return a stored number with as many digits as it deserves; NaN means none."""
    return None if value is None or math.isnan(value) else round(value, 2)


def _age_s(seconds: float) -> float:
    """An age is never negative: `fix_at` is on the hub's clock, and a clock may step back."""
    return round(max(0.0, seconds), 3)
