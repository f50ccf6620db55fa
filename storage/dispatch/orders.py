"""What the tablets of a unit are told of its assignment, in the transaction of the move; see docs/protocol.md."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from storage.pool import Database, Record, Transaction
from storage.sql import load

_QUERIES = load("dispatch_orders")


class Order(NamedTuple):
    """A command for every tablet of an ambulance."""

    kind: str
    body: Mapping[str, object]
    assignment_id: UUID | None = None  # what it is about
    expires_at: datetime | None = None  # from when on it is of no use; None = it waits as long as it takes


class Described(NamedTuple):
    """The bodies of the commands about an assignment."""

    offer: dict[str, object]
    call: dict[str, object]


async def send(transaction: Transaction, ambulance_id: int, order: Order, *, but: int | None = None) -> list[int]:
    """Store a command for every tablet of an ambulance, but for the device `but`.

    Returns the devices (none: nobody can be told but by radio).
    """
    rows = await transaction.fetch(
        _QUERIES.order,
        ambulance_id=ambulance_id,
        kind=order.kind,
        body=dict(order.body),
        assignment_id=order.assignment_id,
        expires_at=order.expires_at,
        but=but,
    )
    return [row["device_id"] for row in rows]


async def offer(transaction: Transaction, assignment_id: UUID) -> list[int]:
    """Ask every tablet of the unit, or ask again what has changed since, until the offer expires."""
    row = await _described(transaction, assignment_id)
    await _give_up(transaction, assignment_id, "offer")
    body = row["outline"] | row["timing"]
    return await send(transaction, row["ambulance_id"], Order("offer", body, assignment_id, row["offer_expires_at"]))


async def call(transaction: Transaction, assignment_id: UUID) -> list[int]:
    """Tell the crew that has accepted all that is known of the call now, and how far it is."""
    row = await _described(transaction, assignment_id)
    await _give_up(transaction, assignment_id, "offer", "call")
    return await send(transaction, row["ambulance_id"], Order("call", row["outline"] | row["people"], assignment_id))


async def recall(transaction: Transaction, assignment_id: UUID, reason: str, *, but: int | None = None) -> list[int]:
    """Tell every tablet of the unit that the assignment is over, and why; what was on its way to them is given up.

    The device `but` said so itself, and is not told.
    """
    row = await _described(transaction, assignment_id)
    await _give_up(transaction, assignment_id, "offer", "call")
    body = {"assignment": row["outline"]["assignment"], "request": row["outline"]["request"], "reason": reason}
    return await send(transaction, row["ambulance_id"], Order("recall", body, assignment_id), but=but)


async def reporting(transaction: Transaction, ambulance_id: int, interval_s: float) -> list[int]:
    """Tell every tablet of an ambulance how often to take a fix; replaces what they have not answered."""
    await transaction.execute(_QUERIES.give_up_reporting, ambulance_id=ambulance_id)
    return await send(transaction, ambulance_id, Order("reporting", {"interval_s": interval_s}))


async def describe(db: Database, assignment_id: UUID) -> Described | None:
    """Return what the tablets of the unit are told of an assignment; None where there is none."""
    row = await db.fetch_one(_QUERIES.describe_call, assignment_id=assignment_id)
    return None if row is None else Described(row["outline"] | row["timing"], row["outline"] | row["people"])


async def _described(transaction: Transaction, assignment_id: UUID) -> Record:
    row = await transaction.fetch_one(_QUERIES.describe_call, assignment_id=assignment_id)
    if row is None:
        raise LookupError(assignment_id)
    return row


async def _give_up(transaction: Transaction, assignment_id: UUID, *kinds: str) -> None:
    await transaction.execute(
        _QUERIES.give_up_of_assignment, assignment_id=assignment_id, kinds=list(kinds), why="it is of no use any more"
    )
