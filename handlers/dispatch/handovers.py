"""Handover notes: what one shift of dispatchers tells the next one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from aiohttp import web
from msgspec import Meta

from handlers.ambulances import page_rows
from handlers.call import API, Call, Nothing, Route
from handlers.dispatch.answers import keeping
from storage.dispatch import handovers
from storage.dispatch.handovers import HandoverRow
from storage.pool import Transaction


class HandoverWriter(msgspec.Struct):
    """Who wrote it."""

    id: UUID
    name: str


class HandoverNote(msgspec.Struct):
    """What the next shift has to know; it is never changed, a correction is another note."""

    id: UUID
    written_at: datetime
    written_by: HandoverWriter
    note: str


class HandoverList(msgspec.Struct):
    """The newest notes, newest first."""

    items: list[HandoverNote]


class HandoverQuery(msgspec.Struct, forbid_unknown_fields=True):
    """GET /dispatch/handovers."""

    limit: Annotated[int, Meta(ge=1)] = 20


class NewHandover(msgspec.Struct, forbid_unknown_fields=True):
    """What the next shift has to know."""

    note: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=4_000,
            pattern=r"^[^\x00]*[^\x00\s][^\x00]*$",
            examples=["Unit 7 has no suction until noon; the bridge at Mill Street is closed."],
        ),
    ]


async def show_all(call: Call[HandoverQuery, Nothing]) -> HandoverList:
    """GET /dispatch/handovers: the newest notes."""
    rows = await handovers.newest(call.context.reader, page_rows(call))
    return HandoverList([_note(row) for row in rows])


async def write(call: Call[Nothing, NewHandover]) -> web.Response:
    """POST /dispatch/handovers: leave a note for the next shift."""
    kept = keeping(call, 201)

    async def keep(transaction: Transaction, row: HandoverRow) -> None:
        await kept.keep_shown(transaction, _note(row))

    await handovers.write(
        call.context.app,
        call.body.note,
        user_id=call.signed_in.user_id,
        now=call.context.clock.now(),
        entry=call.audit_entry("handover_notes.C", "handover_notes", None),
        keep=keep,
    )
    return kept.answer


def _note(row: HandoverRow) -> HandoverNote:
    return HandoverNote(row.id, row.written_at, HandoverWriter(row.written_by, row.name), row.note)


_PATH = f"{API}/dispatch/handovers"
ROUTES: tuple[Route, ...] = (
    Route(*("GET", _PATH, show_all, "handover_notes.R", "What earlier shifts left", HandoverList), query=HandoverQuery),
    Route(
        *("POST", _PATH, write, "handover_notes.C", "Leave a note for the next shift", HandoverNote),
        body=NewHandover,
        status=201,
    ),
)
