"""The answer to a move: made and kept in its transaction, so that a repeat with the same key is answered with it."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from handlers.call import Call
from handlers.dispatch.shapes import DispatchAssignment, typed
from storage.dispatch import assignments
from storage.dispatch.rows import AssignmentRow
from storage.pool import Transaction

_JSON = "application/json"


class Kept:
    """What the answer of a call shows, mostly an assignment."""

    def __init__(self, call: Call[Any, Any], status: int) -> None:
        self._claim = call.claim
        self._status = status
        self._made: web.Response | None = None  # once the move is made

    async def keep(self, transaction: Transaction, row: AssignmentRow) -> None:
        """Make the answer, and store it where the caller gave a key."""
        await self.keep_shown(transaction, typed(await assignments.body(transaction, row.id), DispatchAssignment))

    async def keep_shown(self, transaction: Transaction, shown: msgspec.Struct) -> None:
        """Make the answer of what is shown, and store it where the caller gave a key."""
        self._made = web.Response(status=self._status, body=msgspec.json.encode(shown), content_type=_JSON)
        if self._claim is not None:
            await self._claim.keep(transaction, self._made)

    @property
    def answer(self) -> web.Response:
        """The answer; raises LookupError before the move is made."""
        if self._made is None:
            raise LookupError
        return self._made


def keeping(call: Call[Any, Any], status: int = 200) -> Kept:
    """Return what keeps the answer to a call."""
    return Kept(call, status)
