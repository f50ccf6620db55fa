"""The shift report: how long calls took, how many were late, and every call with its times as a file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import hdrs, web
from msgspec import Meta

from handlers.call import API, Call, Nothing, Route
from handlers.dispatch.report_file import HEADINGS, csv_of, line_of
from handlers.downloads import send
from handlers.positions import EARLIEST, LATEST
from hub.dispatch.report import INTERVALS, check_span, shift
from hub.errors import InvalidValue
from hub.history.formats import Csv
from hub.zones import check_zone
from storage import audit
from storage.dispatch import report
from storage.dispatch.report import CountRow, IntervalRow, Scope

PAGE_ROWS: Final = 500
DEFAULT: Final = timedelta(hours=12)
_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
Moment = Annotated[datetime, Meta(tz=True)]
Clock = Annotated[str, Meta(pattern=_CLOCK, examples=["07:00"])]


class ReportQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Calls received in [since, until), or in a shift: a day with local times. Without both, the last 12 h."""

    since: Moment | None = None
    until: Moment | None = None
    day: Annotated[date, Meta(description="The day on which a shift began, in `time_zone`.")] | None = None
    begins: Clock = "00:00"
    ends: Clock = "00:00"
    time_zone: Annotated[str, Meta(max_length=64, examples=["Asia/Kolkata"])] = "UTC"
    facility_id: UUID | None = None


class ReportInterval(msgspec.Struct):
    """How long one part of a call took: over how many calls, and in seconds."""

    name: str
    about: str
    n: int
    mean_s: float
    p50_s: float
    p90_s: float


class PriorityReport(msgspec.Struct):
    """The calls of one priority. `late_share` is of those that a unit came to, or should have come to by now."""

    priority: int
    target_s: float
    received: int
    completed: int
    cancelled: int
    duplicates: int
    still_open: int
    without_transport: int
    with_several_units: int
    with_skipped_stages: int
    from_paper: int
    late: int
    late_share: float | None
    intervals: list[ReportInterval]


class ShiftReport(msgspec.Struct):
    """What was done in a range, by priority and over all."""

    since: datetime
    until: datetime
    time_zone: str
    priorities: list[PriorityReport]
    intervals: list[ReportInterval]


async def show(call: Call[ReportQuery, Nothing]) -> ShiftReport:
    """GET /dispatch/report: intervals between NEMSIS times with mean, median and 90th percentile, and late calls.

    Raises InvalidValue for a range that is empty, or longer than a year.
    """
    scope, policy = _scope(call, await _zone(call)), call.context.policy
    targets_s = [policy.of(priority).target_s for priority in (1, 2, 3, 4)]
    taken = await report.intervals(call.context.reader, scope)
    counted = await report.counts(call.context.reader, scope, targets_s=targets_s, now=call.context.clock.now())
    by_priority: dict[int | None, list[ReportInterval]] = {}
    for row in sorted(taken, key=lambda one: list(INTERVALS).index(one.name)):
        by_priority.setdefault(row.priority, []).append(_interval(row))
    priorities = [_priority(row, targets_s[row.priority - 1], by_priority.get(row.priority, [])) for row in counted]
    return ShiftReport(scope.since, scope.until, call.query.time_zone, priorities, by_priority.get(None, []))


async def export(call: Call[ReportQuery, Nothing]) -> web.StreamResponse:
    """GET /dispatch/report.csv: one line a call, with every NEMSIS time of the unit that counts for it.

    Raises as the report until the first byte is out; after that, what goes wrong cuts the answer off.
    """
    zone = await _zone(call)
    scope = _scope(call, zone)
    pieces = _pieces(call, scope, zone)
    first = await anext(pieces)  # before the answer begins: a database that is away is still a 503
    await audit.record(call.context.app, call.audit_entry("dispatch_reports.R", "ambulance_requests", None))
    name = f"calls_{scope.since:%Y%m%dT%H%MZ}_{scope.until:%Y%m%dT%H%MZ}.csv"
    headers = {
        str(hdrs.CONTENT_TYPE): Csv.MEDIA_TYPE,
        str(hdrs.CONTENT_DISPOSITION): f'attachment; filename="{name}"',
    }
    return await send(call.http_request, headers, _chain(first, pieces))


async def _pieces(call: Call[Any, Any], scope: Scope, zone: ZoneInfo) -> AsyncIterator[bytes]:
    policy = call.context.policy
    head = [HEADINGS]
    async for page in report.pages(call.context.reader, scope, PAGE_ROWS):
        yield csv_of([*head, *(line_of(row, zone, policy.of(row.priority).target_s) for row in page)])
        head = []


async def _chain(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


async def _zone(call: Call[ReportQuery, Nothing]) -> ZoneInfo:
    check_zone(call.query.time_zone)
    return await asyncio.to_thread(ZoneInfo, call.query.time_zone)  # which reads a file, the first time


def _scope(call: Call[ReportQuery, Nothing], zone: ZoneInfo) -> Scope:
    """Return which calls are asked for, in UTC."""
    query = call.query
    if query.day is not None:
        if query.since is not None or query.until is not None:
            raise InvalidValue("ask for a day or for a range, not for both", field="day")
        if not EARLIEST.year < query.day.year < LATEST.year:
            raise InvalidValue("the time is out of range", field="day")
        begins, ends = time.fromisoformat(query.begins), time.fromisoformat(query.ends)
        since, until = shift(query.day, begins, ends, zone)
    else:
        until = _utc(query.until or call.context.clock.now(), "until")
        since = _utc(query.since or max(EARLIEST, until - DEFAULT), "since")
    check_span(since, until)
    return Scope(since, until, query.facility_id)


def _utc(moment: datetime, field: str) -> datetime:
    if not EARLIEST <= moment <= LATEST:
        raise InvalidValue("the time is out of range", field=field)
    return moment.astimezone(UTC)


def _interval(row: IntervalRow) -> ReportInterval:
    seconds = (round(each, 1) for each in (row.mean_s, row.p50_s, row.p90_s))
    return ReportInterval(row.name, INTERVALS[row.name], row.n, *seconds)


def _priority(row: CountRow, target_s: float, intervals: list[ReportInterval]) -> PriorityReport:
    share = round(row.late / row.judged, 4) if row.judged else None
    return PriorityReport(row.priority, target_s, *row[1:10], row.late, share, intervals)


_ABOUT = "Calls received in a range or a shift"
ROUTES: tuple[Route, ...] = (
    Route(
        *("GET", f"{API}/dispatch/report", show, "dispatch_reports.R", f"{_ABOUT}: how long they took", ShiftReport),
        query=ReportQuery,
    ),
    Route(
        *("GET", f"{API}/dispatch/report.csv", export, "dispatch_reports.R", f"{_ABOUT}, as a CSV file"),
        query=ReportQuery,
        media_type=Csv.MEDIA_TYPE,
    ),
)
