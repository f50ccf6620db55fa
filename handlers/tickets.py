"""Single-use tickets, the way of a browser's WebSocket past the lack of headers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec
from aiohttp import hdrs

from handlers.auth import check_origin
from handlers.call import Call, Nothing
from hub.access import tokens
from hub.errors import Forbidden
from storage import tickets
from storage.tickets import Ticket


class TicketOrder(msgspec.Struct, forbid_unknown_fields=True):
    """Which socket it is for; a tablet's needs a device's bearer."""

    purpose: Literal["live", "device"]


class IssuedTicket(msgspec.Struct):
    """Send it as `ticket.<…>` beside `hub.v1` in the subprotocol list, from the same Origin, once."""

    ticket: str
    expires_at: datetime


async def create(call: Call[Nothing, TicketOrder]) -> IssuedTicket:
    """POST /ws-tickets; raises Forbidden for a socket that is not the caller's, or without an allowed Origin."""
    context, purpose = call.context, call.body.purpose
    if not any(rule.condition == purpose for rule in call.rules):
        raise Forbidden("this socket is not yours")
    check_origin(call.http_request, context, required=True)
    ticket = tokens.new_token()
    now = context.clock.now()
    expires_at = now + timedelta(seconds=context.settings.ticket_s)
    bound = Ticket(
        purpose,
        call.principal.session_id if purpose == "live" else None,
        call.principal.device_id if purpose == "device" else None,
        call.http_request.headers[hdrs.ORIGIN],
        expires_at,
    )
    await tickets.forget_expired(context.app, now)
    await tickets.issue(context.app, tokens.digest(ticket), bound)
    return IssuedTicket(ticket, expires_at)
