"""Alerts: what the hub noticed about calls and units, and taking care of it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from handlers.ambulances import Cursor, page_rows
from handlers.call import API, Call, Nothing, Route
from handlers.context import CURSORS
from handlers.dispatch.shapes import DispatchAlert, all_typed, typed
from hub.clock import from_us, to_us
from hub.errors import NotFound
from storage.dispatch import board
from storage.dispatch.board import AlertKey

_HALF = 2**64  # a uuid is two numbers in a cursor


class DispatchAlertList(msgspec.Struct):
    """A page of alerts, newest first."""

    items: list[DispatchAlert]
    next_cursor: str | None


class AlertQuery(msgspec.Struct, forbid_unknown_fields=True):
    """GET /dispatch/alerts: `open=true` those that stand on the board, `open=false` the others; without it, all."""

    open: bool | None = None
    request_id: UUID | None = None
    limit: Annotated[int, Meta(ge=1)] = 50
    cursor: Cursor | None = None


async def show_all(call: Call[AlertQuery, Nothing]) -> DispatchAlertList:
    """GET /dispatch/alerts: newest first; on the board stands what is still so, and every alarm until it is answered.

    Raises InvalidValue for a cursor of another list.
    """
    query, cursors = call.query, call.http_request.app[CURSORS]
    rows_max = page_rows(call)
    binding = f"{call.principal.key} dispatch alerts {query.open} {query.request_id}"
    before = None
    if query.cursor:
        raised_us, high, low = cursors.open(binding, query.cursor, 3)
        before = AlertKey(from_us(raised_us), UUID(int=high * _HALF + low))
    page = await board.alert_page(
        call.context.reader, still_open=query.open, request_id=query.request_id, before=before, rows_max=rows_max
    )
    cursor = None
    if page.ended is not None:
        cursor = cursors.seal(binding, [to_us(page.ended.raised_at), *divmod(page.ended.id.int, _HALF)])
    return DispatchAlertList(all_typed(page.bodies, DispatchAlert), cursor)


async def acknowledge(call: Call[Nothing, Nothing]) -> DispatchAlert:
    """POST /dispatch/alerts/{id}/acknowledge: the first one stays, the others are told who it was; raises NotFound."""
    alert_id = call.uuid
    found = await board.acknowledge(
        call.context.app,
        alert_id,
        user_id=call.signed_in.user_id,
        now=call.context.clock.now(),
        entry=call.audit_entry("dispatch_alerts.U", "dispatch_alerts", str(alert_id)),
    )
    if found is None:
        raise NotFound
    return typed(found, DispatchAlert)


ROUTES: tuple[Route, ...] = (
    Route(
        *("GET", f"{API}/dispatch/alerts", show_all, "dispatch_alerts.R", "What the hub noticed", DispatchAlertList),
        query=AlertQuery,
    ),
    Route(
        "POST",
        f"{API}/dispatch/alerts/{{id}}/acknowledge",
        acknowledge,
        "dispatch_alerts.U",
        "Take care of an alert",
        DispatchAlert,
    ),
)
