"""Where an ambulance was, fix by fix; and what every other reading of a history asks first: whether, and from when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from handlers.ambulances import Cursor, Limit, or_none, page_rows, rows_of
from handlers.call import Call, Nothing
from handlers.context import CURSORS
from hub.access.scopes import ambulance_reach
from hub.clock import from_us, to_us
from hub.errors import Forbidden, InvalidValue, NotFound
from hub.ingest import flags
from storage import ambulances, audit
from storage.ambulances import AmbulanceRow, PositionKey, PositionRow
from storage.history import Span

HISTORY_DEFAULT: Final = timedelta(hours=24)
# What a fix can be dated: outside of these years there is nothing to find, and no arithmetic that works everywhere.
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)

Moment = Annotated[datetime, Meta(tz=True)]


class SpanQuery(msgspec.Struct, forbid_unknown_fields=True):
    """What was taken in [from, to); without them, the last 24 hours."""

    since: Moment | None = msgspec.field(default=None, name="from")
    until: Moment | None = msgspec.field(default=None, name="to")


class HistoryQuery(SpanQuery, forbid_unknown_fields=True):
    """GET /ambulances/{id}/positions."""

    limit: Limit = 100
    cursor: Cursor | None = None


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


async def show_positions(call: Call[HistoryQuery, Nothing]) -> PositionList:
    """GET /ambulances/{id}/positions: every fix once; each page that is read is audited.

    Raises NotFound for an ambulance that the caller does not read, Forbidden for one whose history they do not.
    """
    await check_history(call)
    query, ambulance_id, rows_max = call.query, call.number, page_rows(call)
    cursors = call.http_request.app[CURSORS]
    binding = f"{call.principal.key} positions {ambulance_id} {query.since} {query.until}"
    span, after = _place(call, binding)
    rows = await ambulances.list_positions(
        call.context.reader, ambulance_id, since=span.since, until=span.until, after=after, rows_max=rows_max + 1
    )
    await record_reading(call, str(ambulance_id))
    page = rows[:rows_max]
    cursor = None
    if len(rows) > rows_max:
        last = page[-1]
        position = [to_us(span.since), to_us(span.until), to_us(last.fix_at), last.stream_id, last.seq]
        cursor = cursors.seal(binding, position)
    return PositionList([_position(row) for row in page], cursor)


async def check_history(call: Call[Any, Nothing]) -> AmbulanceRow:
    """Return the ambulance of the path, telling those who may not read a history no more than they see of it anyway.

    Raises NotFound for an ambulance that the caller does not read, Forbidden for one whose history they do not.
    """
    reach = ambulance_reach(call.principal)
    row = await ambulances.find_one(call.context.reader, rows_of(reach), call.number)
    if row is None:
        raise NotFound
    if not call.rules:
        raise Forbidden("the history is not yours to read")
    return row


async def record_reading(call: Call[Any, Nothing], entity_id: str) -> None:
    """Write down that a history was read, before a byte of it goes out; `entity_id` is an ambulance, or "fleet"."""
    await audit.record(call.context.app, call.audit_entry("positions.R", "ambulance_positions", entity_id))


def span_of(call: Call[Any, Nothing], default: timedelta = HISTORY_DEFAULT) -> Span:
    """Return the span that a `SpanQuery` asks for; raises InvalidValue for one that is empty or absurd."""
    query: SpanQuery = call.query
    until = _utc(query.until or call.context.clock.now(), "to")
    span = Span(_utc(query.since or max(EARLIEST, until - default), "from"), until)
    if span.since >= span.until:
        raise InvalidValue("the range ends before it begins", field="from")
    return span


def _utc(moment: datetime, field: str) -> datetime:
    if not EARLIEST <= moment <= LATEST:
        raise InvalidValue("the time is out of range", field=field)
    return moment.astimezone(UTC)


def _place(call: Call[HistoryQuery, Nothing], binding: str) -> tuple[Span, PositionKey | None]:
    """Return the span and where the page before ended; a cursor carries the span of the first page."""
    query = call.query
    if query.cursor:
        since_us, until_us, fix_us, stream_id, seq = call.http_request.app[CURSORS].open(binding, query.cursor, 5)
        return Span(from_us(since_us), from_us(until_us)), PositionKey(from_us(fix_us), stream_id, seq)
    return span_of(call), None


def _position(row: PositionRow) -> Position:
    return Position(
        row.seq,
        row.stream_id,
        row.recorded_at,
        row.fix_at,
        row.received_at,
        row.latitude,
        row.longitude,
        or_none(row.speed),
        or_none(row.heading),
        or_none(row.accuracy),
        or_none(row.altitude),
        flags.names(row.flags),
    )
