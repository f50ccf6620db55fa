"""Ambulances as they are on the board now: the nearest ones."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from handlers.call import Call, Nothing
from handlers.record_types import LastSeen
from hub.access.scopes import AmbulanceReach
from hub.clock import from_us
from hub.errors import InvalidValue
from hub.live.board import LiveFix, Unit
from storage.ambulances import Reach

Status = Literal[
    "available", "dispatched", "en_route", "on_scene", "transporting", "at_hospital", "out_of_service", "offline"
]
Limit = Annotated[int, Meta(ge=1)]
Cursor = Annotated[str, Meta(min_length=1, max_length=400)]


class Ambulance(msgspec.Struct, kw_only=True):
    """An ambulance, with the fields that the caller may read."""

    id: int
    plate_number: str | UnsetType = UNSET
    driver_name: str | UnsetType | None = UNSET
    status: str | UnsetType = UNSET
    current_location: LastSeen | UnsetType | None = UNSET


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


class NearQuery(msgspec.Struct, forbid_unknown_fields=True):
    """GET /ambulances/nearest."""

    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    limit: Limit = 5


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


def ambulance_on_board(unit: Unit, fix: LiveFix, now_us: int) -> Ambulance:
    """Return an ambulance with every field, as the board has it in memory."""
    return Ambulance(**_on_board(unit, fix, now_us))


def _on_board(unit: Unit, fix: LiveFix, now_us: int) -> dict[str, Any]:
    location = LastSeen(
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
