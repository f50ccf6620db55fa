"""Free text between dispatchers and the crew of an ambulance."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from aiohttp import web
from msgspec import Meta

from handlers.ambulances import Cursor, page_rows
from handlers.call import API, Call, Nothing, Route
from handlers.context import CURSORS
from handlers.dispatch.answers import keeping
from handlers.dispatch.shapes import CrewMessage, all_typed, typed
from hub.clock import from_us, to_us
from hub.errors import Conflict, NotFound
from storage.dispatch import messages
from storage.dispatch.messages import MessageKey, NoTablet
from storage.pool import Transaction

_HALF = 2**64  # a uuid is two numbers in a cursor


class CrewMessageList(msgspec.Struct):
    """A page of a conversation, newest first."""

    items: list[CrewMessage]
    next_cursor: str | None


class CrewMessageQuery(msgspec.Struct, forbid_unknown_fields=True):
    """GET /ambulances/{id}/messages."""

    limit: Annotated[int, Meta(ge=1)] = 50
    cursor: Cursor | None = None


class NewCrewMessage(msgspec.Struct, forbid_unknown_fields=True):
    """What the crew is told."""

    text: Annotated[
        str,
        Meta(min_length=1, max_length=1_000, pattern=r"^[^\x00]*[^\x00\s][^\x00]*$", examples=["Use the rear gate."]),
    ]


async def show_all(call: Call[CrewMessageQuery, Nothing]) -> CrewMessageList:
    """GET /ambulances/{id}/messages: the conversation with a crew, newest first; raises NotFound."""
    query, cursors, ambulance_id = call.query, call.http_request.app[CURSORS], call.number
    rows_max = page_rows(call)
    binding = f"{call.principal.key} crew messages {ambulance_id}"
    before = None
    if query.cursor:
        received_us, high, low = cursors.open(binding, query.cursor, 3)
        before = MessageKey(from_us(received_us), UUID(int=high * _HALF + low))
    page = await messages.list_page(call.context.reader, ambulance_id, before=before, rows_max=rows_max)
    if page is None:
        raise NotFound
    cursor = None
    if page.ended is not None:
        cursor = cursors.seal(binding, [to_us(page.ended.received_at), *divmod(page.ended.id.int, _HALF)])
    return CrewMessageList(all_typed(page.bodies, CrewMessage), cursor)


async def send(call: Call[Nothing, NewCrewMessage]) -> web.Response:
    """POST /ambulances/{id}/messages: brought to every tablet of the ambulance; one that is away gets it later.

    Raises NotFound, and Conflict where nothing in the ambulance shows messages.
    """
    ambulance_id, kept = call.number, keeping(call, 201)

    async def keep(transaction: Transaction, body: messages.Body) -> None:
        await kept.keep_shown(transaction, typed(body, CrewMessage))

    try:
        sent = await messages.send(
            call.context.app,
            ambulance_id,
            text=call.body.text,
            user_id=call.signed_in.user_id,
            now=call.context.clock.now(),
            entry=call.audit_entry("crew_messages.C", "crew_messages", None, detail={"ambulance_id": ambulance_id}),
            keep=keep,
        )
    except NoTablet:
        raise Conflict("no tablet in this ambulance shows messages: use the radio") from None
    if not sent:
        raise NotFound
    return kept.answer


async def mark_read(call: Call[Nothing, Nothing]) -> CrewMessage:
    """POST /crew_messages/{id}/read: a dispatcher has read what a crew wrote; again changes nothing. Raises NotFound.

    A message of a dispatcher's own is read by the crew, and stays as it is.
    """
    message_id = call.uuid
    found = await messages.mark_read(
        call.context.app,
        message_id,
        now=call.context.clock.now(),
        entry=call.audit_entry("crew_messages.U", "crew_messages", str(message_id)),
    )
    if found is None:
        raise NotFound
    return typed(found, CrewMessage)


_PATH = f"{API}/ambulances/{{id}}/messages"
ROUTES: tuple[Route, ...] = (
    Route(
        *("GET", _PATH, show_all, "crew_messages.R", "The conversation with a crew", CrewMessageList),
        query=CrewMessageQuery,
    ),
    Route(
        *("POST", _PATH, send, "crew_messages.C", "Write to a crew", CrewMessage),
        body=NewCrewMessage,
        status=201,
    ),
    Route(
        "POST",
        f"{API}/crew_messages/{{id}}/read",
        mark_read,
        "crew_messages.U",
        "Mark what a crew wrote as read",
        CrewMessage,
    ),
)
