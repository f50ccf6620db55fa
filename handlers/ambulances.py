"""Ambulances: list, one, nearest, and the history of one."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from handlers.call import Call, Nothing
from handlers.context import CURSORS
from hub.access.scopes import AmbulanceReach, ambulance_reach
from hub.clock import from_us, to_us
from hub.errors import Forbidden, InvalidValue, NotFound
from hub.ingest import flags
from hub.live.board import LiveFix, Unit
from storage import ambulances, audit
from storage.ambulances import AmbulanceRow, PositionKey, PositionRow, Reach

Status = Literal[
    "available", "dispatched", "en_route", "on_scene", "transporting", "at_hospital", "out_of_service", "offline"
]
Limit = Annotated[int, Meta(ge=1)]
Cursor = Annotated[str, Meta(min_length=1, max_length=400)]
_HISTORY_DEFAULT = timedelta(hours=24)


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


class Position(msgspec.Struct):
    """One fix of the history; degrees, m/s, m; `flags` are what the fix hygiene found."""

    seq: int
    stream_id: int
    recorded_at: datetime
    fix_at: datetime
    received_at: datetime
    latitude: float
    longitude: float
    speed: float | None
    heading: float | None
    accuracy: float | None
    altitude: float | None
    flags: list[str]


class PositionList(msgspec.Struct):
    """A page of the history, oldest first."""

    items: list[Position]
    next_cursor: str | None


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


class HistoryQuery(msgspec.Struct, forbid_unknown_fields=True):
    """GET /ambulances/{id}/positions: fixes taken in [from, to); without them, the last 24 hours."""

    since: Annotated[datetime, Meta(tz=True)] | None = msgspec.field(default=None, name="from")
    until: Annotated[datetime, Meta(tz=True)] | None = msgspec.field(default=None, name="to")
    limit: Limit = 100
    cursor: Cursor | None = None


async def show_all(call: Call[ListQuery, Nothing]) -> AmbulanceList:
    """GET /ambulances: exactly those that the caller may read, by id."""
    query, reach, page_rows = call.query, ambulance_reach(call.principal), _page_rows(call)
    cursors = call.http_request.app[CURSORS]
    binding = f"{call.principal.key} ambulances {query.status}"
    (after_id,) = cursors.open(binding, query.cursor, 1) if query.cursor else (0,)
    rows = await ambulances.list_page(
        call.context.reader, _rows(reach), status=query.status, after_id=after_id, rows_max=page_rows + 1
    )
    page = rows[:page_rows]
    more = len(rows) > page_rows
    now = call.context.clock.now()
    return AmbulanceList(
        [_ambulance(row, reach, now) for row in page], cursors.seal(binding, [page[-1].id]) if more else None
    )


async def show_one(call: Call[Nothing, Nothing]) -> Ambulance:
    """GET /ambulances/{id}; raises NotFound for a missing one and for one that the caller does not read."""
    reach = ambulance_reach(call.principal)
    row = await ambulances.find_one(call.context.reader, _rows(reach), call.number)
    if row is None:
        raise NotFound
    return _ambulance(row, reach, call.context.clock.now())


async def show_nearest(call: Call[NearQuery, Nothing]) -> NearList:
    """GET /ambulances/nearest: from memory, by great-circle distance."""
    query, now_us = call.query, call.context.clock.now_us()
    found = call.context.board.nearest(query.latitude, query.longitude, _page_rows(call))
    return NearList([_near(near.unit, near.fix, near.distance_m, now_us) for near in found])


async def show_positions(call: Call[HistoryQuery, Nothing]) -> PositionList:
    """GET /ambulances/{id}/positions: every fix once; each page that is read is audited.

    Raises NotFound for an ambulance that the caller does not read, Forbidden for one whose history they do not.
    """
    await _check_history(call)
    query, ambulance_id, page_rows = call.query, call.number, _page_rows(call)
    cursors = call.http_request.app[CURSORS]
    binding = f"{call.principal.key} positions {ambulance_id} {query.since} {query.until}"
    since, until, after = _window(call, binding)
    rows = await ambulances.list_positions(
        call.context.reader, ambulance_id, since=since, until=until, after=after, rows_max=page_rows + 1
    )
    await audit.record(call.context.app, call.audit_entry("positions.R", "ambulance_positions", str(ambulance_id)))
    page = rows[:page_rows]
    cursor = None
    if len(rows) > page_rows:
        last = page[-1]
        position = [to_us(since), to_us(until), to_us(last.fix_at), last.stream_id, last.seq]
        cursor = cursors.seal(binding, position)
    return PositionList([_position(row) for row in page], cursor)


async def _check_history(call: Call[HistoryQuery, Nothing]) -> None:
    """Tell those who may not read a history nothing more than they see of the ambulance itself."""
    reach = ambulance_reach(call.principal)
    if await ambulances.find_one(call.context.reader, _rows(reach), call.number) is None:
        raise NotFound
    if not call.rules:
        raise Forbidden("the history is not yours to read")


def _window(call: Call[HistoryQuery, Nothing], binding: str) -> tuple[datetime, datetime, PositionKey | None]:
    """Return [since, until) and where the page before ended; a cursor carries the window of the first page."""
    query = call.query
    if query.cursor:
        since_us, until_us, fix_us, stream_id, seq = call.http_request.app[CURSORS].open(binding, query.cursor, 5)
        return from_us(since_us), from_us(until_us), PositionKey(from_us(fix_us), stream_id, seq)
    until = query.until or call.context.clock.now()
    try:
        since = query.since or until - _HISTORY_DEFAULT
    except OverflowError:
        raise InvalidValue("the time is out of range", field="to") from None
    if since >= until:
        raise InvalidValue("the range ends before it begins", field="from")
    return since, until, None


def _page_rows(call: Call[Any, Nothing]) -> int:
    limit: int = call.query.limit
    if limit > call.context.settings.page_rows_max:
        raise InvalidValue("a page has fewer rows", field="limit")
    return limit


def _rows(reach: AmbulanceReach) -> Reach:
    return Reach(reach.everything, reach.ambulance_id, reach.patient_id, reach.facility_id, reach.doctor_id)


def _ambulance(row: AmbulanceRow, reach: AmbulanceReach, now: datetime) -> Ambulance:
    location = None
    if row.latitude is not None and row.longitude is not None and row.fix_at is not None:
        location = Location(
            row.latitude,
            row.longitude,
            _or_none(row.speed),
            _or_none(row.heading),
            _or_none(row.accuracy),
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


def _near(unit: Unit, fix: LiveFix, distance_m: float, now_us: int) -> NearAmbulance:
    location = Location(
        fix.latitude,
        fix.longitude,
        _or_none(fix.speed),
        _or_none(fix.heading),
        _or_none(fix.accuracy),
        from_us(fix.fix_at),
        _age_s((now_us - fix.fix_at) / 1e6),
    )
    return NearAmbulance(
        id=unit.id,
        plate_number=unit.plate_number,
        driver_name=unit.driver_name,
        status=unit.status,
        current_location=location,
        distance_m=round(distance_m, 1),
    )


def _position(row: PositionRow) -> Position:
    return Position(
        row.seq,
        row.stream_id,
        row.recorded_at,
        row.fix_at,
        row.received_at,
        row.latitude,
        row.longitude,
        _or_none(row.speed),
        _or_none(row.heading),
        _or_none(row.accuracy),
        _or_none(row.altitude),
        flags.names(row.flags),
    )


def _or_none(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else round(value, 2)


def _age_s(seconds: float) -> float:
    """An age is never negative: `fix_at` is on the hub's clock, and a clock may step back."""
    return round(max(0.0, seconds), 3)
