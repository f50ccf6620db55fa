"""Which calls and assignments somebody may move: what the matrix says of their rows, asked in the transaction."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from handlers.call import Call
from handlers.record_reading import access
from hub.access.policy import Scope
from hub.access.reach import reaches
from hub.dispatch.actor import Actor, Gate
from hub.dispatch.assignment import TAKEN
from hub.errors import Forbidden, NotFound
from storage.dispatch import assignments
from storage.pool import Database, HeldConnection, Transaction
from storage.records import store
from storage.records.catalog import entity

_CANCELS: Final = "cancel while open"
REQUESTS: Final = entity("ambulance_requests")


def actor_of(call: Call[Any, Any]) -> Actor:
    """Return who moves something by this call: a person at the board, or a crew by its tablet."""
    caller = call.principal
    source: Any = "crew" if caller.device_id is not None else "dispatcher"
    return Actor(source, caller.user_id, caller.device_id, caller.ambulance_id)


def may_end(call: Call[Any, Any], request_id: UUID, *, patients_too: bool) -> Gate:
    """Return the gate of ending a call: open to those who change every one, and to its patient for cancelling.

    It raises NotFound for a call that the caller does not read, and Forbidden for one that is not theirs to end.
    """

    async def gate(transaction: Transaction) -> None:
        if any(rule.scope is Scope.ALL for rule in call.rules):
            return  # before the locks, which a move takes in an order of its own
        caller = access(REQUESTS, call)._replace(writes=reaches(call.principal, REQUESTS, "U"))
        seen = await store.lock(transaction, caller, request_id)
        if seen is None or not seen.shown:
            raise NotFound
        if not (patients_too and any(_CANCELS in reach.words for reach in seen.writes)):
            raise Forbidden("this is not yours to end")

    return gate


def may_move(call: Call[Any, Any], assignment_id: UUID, *, crews_too: bool) -> Gate:
    """Return the gate of moving an assignment: a tablet moves forward the one that its ambulance has now.

    It raises NotFound for an assignment that is not the tablet's, and Forbidden for a move that is none of a crew's.
    """

    async def gate(transaction: Transaction) -> None:
        if any(rule.scope is Scope.ALL for rule in call.rules):
            return
        await may_read(call, transaction, assignment_id)
        if not crews_too:
            raise Forbidden("this is for dispatchers")

    return gate


async def may_read(call: Call[Any, Any], db: Database | HeldConnection, assignment_id: UUID) -> None:
    """Raise NotFound for an assignment that is not there, or not what the tablet's ambulance has now."""
    row = await assignments.find(db, assignment_id)
    if row is None:
        raise NotFound
    everything = any(rule.scope is Scope.ALL for rule in call.rules)
    if not everything and (row.ambulance_id != call.principal.ambulance_id or row.status not in TAKEN):
        raise NotFound
