"""An ambulance's past as a track for a map, and as a logbook of trips and stops."""

from __future__ import annotations

import asyncio
import csv
import io
import math
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from aiohttp import hdrs, web
from msgspec import Meta

from handlers.call import Call, Nothing
from handlers.downloads import disposition
from handlers.positions import SpanQuery, check_history, record_reading, span_of
from hub.clock import from_us
from hub.history import trips
from hub.history.formats import safe_cell
from hub.history.reader import read_track
from hub.history.track import Track
from hub.history.trips import Leg
from storage.ambulances import AmbulanceRow
from storage.history import Span

TRIP_COLUMNS: Final = (
    *("plate_number", "kind", "from", "to", "duration_s", "distance_m", "speed_max_mps", "speed_mean_mps"),
    *("start_latitude", "start_longitude", "end_latitude", "end_longitude"),
)

# Lists and not tuples: the schema of a tuple is still beyond many tools that read an OpenAPI document.
Place = Annotated[list[float], Meta(min_length=2, max_length=2, description="Degrees north, degrees east.")]
Point = Annotated[
    list[float | None],
    Meta(min_length=4, max_length=4, description="ms since 1970, degrees north, degrees east, m/s or null."),
]


class Stay(msgspec.Struct):
    """A stop: from its first to its last fix, and the middle of them."""

    since: datetime = msgspec.field(name="from")
    until: datetime = msgspec.field(name="to")
    latitude: float
    longitude: float


class Silence(msgspec.Struct):
    """A gap between two fixes in which nobody can say where the vehicle drove."""

    since: datetime = msgspec.field(name="from")
    until: datetime = msgspec.field(name="to")


class TrackAnswer(msgspec.Struct):
    """Where an ambulance drove, thinned; no sound fix lies farther than `tolerance_m` from the line of the points."""

    ambulance_id: int
    since: datetime = msgspec.field(name="from")
    until: datetime = msgspec.field(name="to")
    fixes: int  # that are stored in the range
    tolerance_m: float
    points: list[Point]
    stops: list[Stay]
    gaps: list[Silence]


class TrackQuery(SpanQuery, forbid_unknown_fields=True):
    """GET /ambulances/{id}/track."""

    points: Annotated[int, Meta(ge=2, le=10_000)] = 1_000


class TripItem(msgspec.Struct):
    """A trip or a stop; m, m/s."""

    kind: Literal["trip", "stop"]
    since: datetime = msgspec.field(name="from")
    until: datetime = msgspec.field(name="to")
    duration_s: float
    distance_m: float
    speed_max: float | None
    speed_mean: float | None
    start: Place
    end: Place


class TripTotals(msgspec.Struct):
    """What the items add up to; `silent_s` is in gaps that no stop covers."""

    trips: int
    stops: int
    distance_m: float
    moving_s: float
    stopped_s: float
    silent_s: float
    speed_max: float | None


class TripList(msgspec.Struct):
    """The logbook of a range, oldest first."""

    ambulance_id: int
    since: datetime = msgspec.field(name="from")
    until: datetime = msgspec.field(name="to")
    items: list[TripItem]
    totals: TripTotals


class TripQuery(SpanQuery, forbid_unknown_fields=True):
    """GET /ambulances/{id}/trips."""

    format: Literal["json", "csv"] = "json"


async def show_track(call: Call[TrackQuery, Nothing]) -> TrackAnswer:
    """GET /ambulances/{id}/track: the ends, and as many stops and gaps as fit, are among the points.

    Raises as `check_history`, and InvalidValue for an empty or absurd range.
    """
    await check_history(call)
    span = span_of(call)
    track = await read_track(call.context.reader, call.number, span, points_max=call.query.points)
    await record_reading(call, str(call.number))
    return _track_answer(call.number, span, track)


async def show_trips(call: Call[TripQuery, Nothing]) -> TripList | web.StreamResponse:
    """GET /ambulances/{id}/trips; raises as `show_track`."""
    ambulance = await check_history(call)
    span = span_of(call)
    track = await read_track(
        call.context.reader, call.number, span, points_max=trips.POINTS_MAX, tolerance_m=trips.TOLERANCE_M
    )
    legs = await asyncio.to_thread(trips.legs_of, track)
    await record_reading(call, str(call.number))
    if call.query.format == "csv":
        return _trips_file(ambulance, span, legs)
    totals = TripTotals(*(_rounded(value) for value in trips.totals_of(track, legs)))
    return TripList(call.number, span.since, span.until, [_item(leg) for leg in legs], totals)


def _track_answer(ambulance_id: int, span: Span, track: Track) -> TrackAnswer:
    line = track.line
    speeds = [None if speed != speed else round(speed, 2) for speed in line.speed.tolist()]
    points = zip(
        (line.fix_at // 1_000).tolist(),
        line.latitude.round(7).tolist(),
        line.longitude.round(7).tolist(),
        speeds,
        strict=True,
    )
    return TrackAnswer(
        ambulance_id,
        span.since,
        span.until,
        track.stored,
        math.ceil(track.tolerance_m * 100) / 100,
        [[*point] for point in points],
        [Stay(from_us(s.began_at), from_us(s.ended_at), *_place((s.latitude, s.longitude))) for s in track.stops],
        [Silence(from_us(gap.began_at), from_us(gap.ended_at)) for gap in track.gaps],
    )


def _item(leg: Leg) -> TripItem:
    return TripItem(
        leg.kind,
        from_us(leg.began_at),
        from_us(leg.ended_at),
        round(leg.duration_s, 1),
        round(leg.distance_m, 1),
        _rounded(leg.speed_max),
        _rounded(leg.speed_mean),
        _place(leg.start),
        _place(leg.end),
    )


def _place(place: tuple[float, float]) -> list[float]:
    return [round(degrees, 7) for degrees in place]


def _rounded(value: Any) -> Any:
    return round(value, 2) if isinstance(value, float) else value


def _trips_file(ambulance: AmbulanceRow, span: Span, legs: list[Leg]) -> web.Response:
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(TRIP_COLUMNS)
    for item in map(_item, legs):
        times = (item.since.isoformat(), item.until.isoformat())
        figures = (item.duration_s, item.distance_m, item.speed_max, item.speed_mean)
        rows.writerow((safe_cell(ambulance.plate_number), item.kind, *times, *figures, *item.start, *item.end))
    return web.Response(
        body=file.getvalue().encode(),
        headers={
            hdrs.CONTENT_TYPE: "text/csv; charset=utf-8",
            hdrs.CONTENT_DISPOSITION: disposition(ambulance.plate_number, "trips", span, "csv"),
        },
    )
