"""Alarms: the list with the position to follow from, and taking care of one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from handlers.call import Call, Nothing
from handlers.context import CURSORS
from hub.clock import from_us, to_us
from hub.errors import InvalidValue, NotFound
from storage import alarms, events
from storage.alarms import AlarmKey, AlarmRow

_HALF = 2**64  # a uuid is two numbers in a cursor


class AlarmedAmbulance(msgspec.Struct):
    """Which ambulance called."""

    id: int
    plate_number: str


class AlarmAnswerer(msgspec.Struct):
    """Who took care of it."""

    id: UUID
    name: str


class Alarm(msgspec.Struct):
    """A call for help; `raised_at` is when the crew called, `received_at` when the hub heard of it."""

    id: UUID
    kind: str
    ambulance: AlarmedAmbulance | None
    raised_at: datetime
    received_at: datetime
    late: bool
    latitude: float | None
    longitude: float | None
    acknowledged_at: datetime | None
    acknowledged_by: AlarmAnswerer | None


class AlarmList(msgspec.Struct):
    """A page of alarms, newest first; what happens after it comes on the live channel `alarms` from this position."""

    items: list[Alarm]
    next_cursor: str | None
    epoch: str
    offset: int


class ListQuery(msgspec.Struct, forbid_unknown_fields=True):
    """GET /alarms: `open=true` those that nobody has acknowledged, `open=false` the others; without it, all."""

    open: bool | None = None
    limit: Annotated[int, Meta(ge=1)] = 50
    cursor: Annotated[str, Meta(min_length=1, max_length=400)] | None = None


async def show_all(call: Call[ListQuery, Nothing]) -> AlarmList:
    """GET /alarms, newest first. The position is read before the rows: nothing falls between them and the channel."""
    query = call.query
    if query.limit > call.context.settings.page_rows_max:
        raise InvalidValue("a page has fewer rows", field="limit")
    cursors = call.http_request.app[CURSORS]
    binding = f"{call.principal.key} alarms {query.open}"
    before = None
    if query.cursor:
        raised_us, high, low = cursors.open(binding, query.cursor, 3)
        before = AlarmKey(from_us(raised_us), UUID(int=high * _HALF + low))
    async with call.context.reader.hold() as held:
        position = await events.position(held, events.ALARMS)
        rows = await alarms.list_page(held, still_open=query.open, before=before, rows_max=query.limit + 1)
    page = rows[: query.limit]
    cursor = None
    if len(rows) > query.limit:
        last = page[-1]
        cursor = cursors.seal(binding, [to_us(last.raised_at), *divmod(last.id.int, _HALF)])
    return AlarmList([_alarm(row) for row in page], cursor, *position)


async def acknowledge(call: Call[Nothing, Nothing]) -> Alarm:
    """POST /alarms/{id}/acknowledge: the first one stays, the others are told who it was; raises NotFound."""
    context, alarm_id = call.context, call.uuid
    row = await alarms.acknowledge(
        context.app,
        alarm_id,
        user_id=call.signed_in.user_id,
        now=context.clock.now(),
        entry=call.audit_entry("alarms.U", "alarms", str(alarm_id)),
    )
    if row is None:
        raise NotFound
    return _alarm(row)


def _alarm(row: AlarmRow) -> Alarm:
    ambulance = answerer = None
    if row.ambulance_id is not None and row.plate_number is not None:
        ambulance = AlarmedAmbulance(row.ambulance_id, row.plate_number)
    if row.acknowledged_by is not None and row.acknowledged_by_name is not None:
        answerer = AlarmAnswerer(row.acknowledged_by, row.acknowledged_by_name)
    return Alarm(
        row.id,
        row.kind,
        ambulance,
        row.raised_at,
        row.received_at,
        row.late,
        row.latitude,
        row.longitude,
        row.acknowledged_at,
        answerer,
    )
