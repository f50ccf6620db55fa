"""A person's inbox: what waits, whom to write to, and what has reached them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from aiohttp import web
from msgspec import Meta

from handlers.call import API, Call, Nothing, Route
from handlers.record_lists import like, list_of
from handlers.record_reading import caller
from handlers.record_types import WORDS_MAX, Limit, Search
from handlers.records import routes
from hub.access.reach import reaches
from hub.errors import InvalidValue
from storage import events, inbox
from storage.inbox import Conversation as Row
from storage.records import recipients
from storage.records.entity import Entity
from storage.records.rows import Fields
from storage.records.tables.messages import MESSAGES
from storage.records.tables.notifications import NOTIFICATIONS

RECIPIENTS_MAX = 50
_NOT_LISTS = frozenset({"one", "create", "change", "remove", "file"})
# What connects somebody with the people of a role, by the role of who asks; what is missing is plain.
_RELATIONS = {
    ("PT", "doctor"): "treats you",
    ("PT", "staff"): "works at a facility of yours",
    ("DR", "patient"): "in your care",
    ("DR", "staff"): "works at your facility",
    ("RC", "patient"): "patient of your facility",
    ("SA", "patient"): "patient of your facility",
    ("RC", "staff"): "works at your facility",
    ("SA", "staff"): "works at your facility",
    ("RC", "doctor"): "works at your facility",
    ("SA", "doctor"): "works at your facility",
}


class Person(msgspec.Struct):
    """Somebody to write with; `role` is patient, doctor, staff or admin."""

    id: UUID
    name: str
    role: str


class LastMessage(msgspec.Struct):
    """The newest message of a conversation."""

    id: UUID
    sender_id: UUID
    receiver_id: UUID
    content: str
    sent_at: datetime
    sequence: int
    client_id: str | None
    corrects: UUID | None
    delivered_at: datetime | None
    read_at: datetime | None
    read: bool


class Conversation(msgspec.Struct):
    """With whom, its newest message, and how many of theirs are unread."""

    user: Person
    last_message: LastMessage
    unread: int


class Inbox(msgspec.Struct):
    """What waits, and the conversations, newest first; what happens next comes on the live channel `inbox`."""

    unread_messages: int
    unread_notifications: int
    conversations: list[Conversation]
    epoch: str
    offset: int


class InboxQuery(msgspec.Struct, forbid_unknown_fields=True):
    """How many conversations are asked for."""

    limit: Limit = 50


class Recipient(msgspec.Struct):
    """Somebody to write to, and what connects the two."""

    id: UUID
    name: str
    role: str
    relation: str


class RecipientList(msgspec.Struct):
    """People by name, the first 50."""

    items: list[Recipient]


class RecipientQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Words of their names."""

    search: Search | None = None


class ReadMark(msgspec.Struct, forbid_unknown_fields=True):
    """Up to which notification somebody has read."""

    up_to_sequence: Annotated[int, Meta(ge=0, le=2**63 - 1, description="The `sequence` of the newest one shown.")]


class Marked(msgspec.Struct):
    """How many notifications were unread before."""

    marked: int


async def show(call: Call[InboxQuery, Nothing]) -> Inbox:
    """The position is read before the rows: nothing falls between them and the channel."""
    user_id = call.signed_in.user_id
    if call.query.limit > call.context.settings.page_rows_max:
        raise InvalidValue("a page has fewer rows", field="limit")
    async with call.context.reader.hold() as held:
        position = await events.position(held, inbox.channel_of(user_id))
        unread = await inbox.unread(held, user_id)
        rows = await inbox.conversations(held, user_id, call.query.limit)
    await _deliver(call, "message", (row.id for row in rows if row.receiver_id == user_id and not row.delivered_at))
    return Inbox(unread.messages, unread.notifications, [_conversation(row) for row in rows], *position)


async def show_recipients(call: Call[RecipientQuery, Nothing]) -> RecipientList:
    """Those with whom there is a relation of care or work, by name; narrow the search to find others."""
    words = (call.query.search or "").split()
    if len(words) > WORDS_MAX:
        raise InvalidValue(f"a search has at most {WORDS_MAX} words", field="search")
    allowed = reaches(call.principal, MESSAGES, "C")
    patterns = [like(word) for word in words]
    found = await recipients.find(call.context.reader, caller(call), allowed, patterns, RECIPIENTS_MAX)
    return RecipientList([Recipient(*one, _relation(call.principal.codes, one.role)) for one in found])


async def mark_read(call: Call[Nothing, ReadMark]) -> Marked:
    """Mark the caller's notifications up to one of them as read; those that came later stay as they are."""
    context, up_to = call.context, call.body.up_to_sequence
    entry = replace(call.audit_entry("notifications.U", "notifications", None), detail={"up_to_sequence": up_to})
    now = context.clock.now()
    return Marked(await inbox.read_notifications(context.app, call.signed_in.user_id, up_to, now, entry))


async def show_messages(call: Call[Any, Nothing]) -> web.Response:
    """Those that the caller wrote or was sent; what is listed for its receiver counts as delivered."""
    return await _list(call, MESSAGES, "message", "receiver_id")


async def show_notifications(call: Call[Any, Nothing]) -> web.Response:
    """The caller's own; what is listed counts as delivered."""
    return await _list(call, NOTIFICATIONS, "notification", "user_id")


async def _list(call: Call[Any, Nothing], entity: Entity, kind: str, owner: str) -> web.Response:
    answer = await list_of(entity, call)
    rows: list[Fields] = answer["items"]  # type: ignore[assignment]
    mine = call.signed_in.user_id
    await _deliver(call, kind, (row["id"] for row in rows if row[owner] == mine and row["delivered_at"] is None))
    return web.Response(body=msgspec.json.encode(answer), content_type="application/json")


async def _deliver(call: Call[Any, Any], kind: str, ids: Iterable[Any]) -> None:
    """Note that messages or notifications have reached the caller."""
    listed, context = list(ids), call.context
    if context.deliveries is not None:
        context.deliveries.note(kind, *listed)
    elif listed:
        deliver = inbox.deliver_messages if kind == "message" else inbox.deliver_notifications
        await deliver(context.app, listed, context.clock.now())


def _conversation(row: Row) -> Conversation:
    person = Person(row.user_id, row.name, row.role)
    return Conversation(person, LastMessage(*row[4:], read=row.read_at is not None), row.unread)


def _relation(codes: frozenset[str], role: str) -> str:
    return next((said for (code, whose), said in _RELATIONS.items() if whose == role and code in codes), role)


def _listed(entity: Entity, handler: Any) -> Route:
    (route,) = routes(entity, without=_NOT_LISTS)
    return replace(route, handler=handler)


ROUTES: tuple[Route, ...] = (
    Route("GET", f"{API}/inbox", show, "messages.R", "What waits for me", Inbox, query=InboxQuery),
    Route(
        "GET",
        f"{API}/messages/recipients",
        show_recipients,
        "messages.C",
        "Whom I may write to",
        RecipientList,
        query=RecipientQuery,
    ),
    Route(
        "POST",
        f"{API}/notifications/read",
        mark_read,
        "notifications.U",
        "Mark my notifications as read",
        Marked,
        body=ReadMark,
    ),
    _listed(MESSAGES, show_messages),
    _listed(NOTIFICATIONS, show_notifications),
)
