"""What devices are told to do: kept until the device has answered, or until it is of no use any more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from storage.pool import Database, Transaction
from storage.sql import load

_QUERIES = load("commands")
_OVER = "the assignment is over"
_REPLACED = "replaced by a newer one"


class PendingCommand(NamedTuple):
    """A command that its device has not answered yet."""

    id: UUID
    kind: str
    body: dict[str, object]


async def enqueue(db: Database, device_id: int, kind: str, body: dict[str, object]) -> UUID:
    """Store a command; the hub that the device is connected to is told by a trigger. Returns its id."""
    row = await db.fetch_one(_QUERIES.enqueue, device_id=device_id, kind=kind, body=body)
    if row is None:
        raise LookupError(device_id)
    command_id: UUID = row["id"]
    return command_id


async def pending(db: Database, device_id: int) -> list[PendingCommand]:
    """Return what a device has not answered and is still of use, oldest first, and note that it is sent now."""
    rows = await db.fetch_together(_QUERIES.take_pending, device_id=device_id)
    return [PendingCommand(*row[1:]) for row in rows]


async def acknowledge(db: Database, device_id: int, command_id: UUID, status: str, detail: str | None) -> bool:
    """Note a device's answer; False when the command is not this device's, or was answered or given up before."""
    row = await db.fetch_one(
        _QUERIES.acknowledge, device_id=device_id, command_id=command_id, status=status, detail=detail
    )
    return row is not None


async def deliver(
    db: Database, device_id: int, command_id: UUID, status: str, detail: str | None, *, at: datetime
) -> bool:
    """Note a device's answer as `acknowledge` does, and that the offer or message has arrived, in one transaction.

    For the role arogya_app. The assignment is locked before its command, in the order that every move of it has.
    """
    async with db.transaction() as transaction:
        told = await transaction.fetch_one(_QUERIES.find_unanswered, device_id=device_id, command_id=command_id)
        if told is None:
            return False
        if status == "done" and told["kind"] == "offer":
            await transaction.execute(_QUERIES.assignment_delivered, assignment_id=told["assignment_id"], at=at)
        if status == "done" and told["kind"] == "message" and told["message_id"] is not None:
            await transaction.execute(_QUERIES.message_delivered, message_id=told["message_id"], at=at)
        row = await transaction.fetch_one(
            _QUERIES.acknowledge, device_id=device_id, command_id=command_id, status=status, detail=detail
        )
    return row is not None


async def order(
    transaction: Transaction,
    ambulance_id: int,
    kind: str,
    body: Mapping[str, object],
    *,
    assignment_id: UUID | None = None,
    expires_at: datetime | None = None,
) -> list[int]:
    """Store a command for every tablet of an ambulance; returns the devices (none: nobody can be told but by radio)."""
    rows = await transaction.fetch(
        _QUERIES.order,
        ambulance_id=ambulance_id,
        kind=kind,
        body=dict(body),
        assignment_id=assignment_id,
        expires_at=expires_at,
    )
    return [row["device_id"] for row in rows]


async def offer(transaction: Transaction, assignment_id: UUID) -> list[int]:
    """Tell every tablet of the unit that it is asked, until the offer expires; returns the devices."""
    call = await transaction.fetch_one(_QUERIES.describe_call, assignment_id=assignment_id)
    if call is None:
        raise LookupError(assignment_id)
    return await order(
        transaction,
        call["ambulance_id"],
        "offer",
        call["outline"] | call["timing"],
        assignment_id=assignment_id,
        expires_at=call["offer_expires_at"],
    )


async def call(transaction: Transaction, assignment_id: UUID) -> list[int]:
    """Tell the crew that has accepted all that is known of the call now; returns the devices."""
    described = await transaction.fetch_one(_QUERIES.describe_call, assignment_id=assignment_id)
    if described is None:
        raise LookupError(assignment_id)
    await _give_up(transaction, assignment_id, ["call"], _REPLACED)
    body = described["outline"] | described["people"]
    return await order(transaction, described["ambulance_id"], "call", body, assignment_id=assignment_id)


async def recall(transaction: Transaction, assignment_id: UUID, reason: str) -> list[int]:
    """Tell every tablet of the unit that the assignment is over, and why; what was on its way to them is given up."""
    described = await transaction.fetch_one(_QUERIES.describe_call, assignment_id=assignment_id)
    if described is None:
        raise LookupError(assignment_id)
    await withdraw(transaction, assignment_id)
    body = {"assignment": described["outline"]["assignment"], "request": described["outline"]["request"]}
    return await order(
        transaction, described["ambulance_id"], "recall", body | {"reason": reason}, assignment_id=assignment_id
    )


async def withdraw(transaction: Transaction, assignment_id: UUID) -> None:
    """Give up what the tablets were to be told of an assignment and have not answered: it is over."""
    await _give_up(transaction, assignment_id, ["offer", "call"], _OVER)


async def reporting(transaction: Transaction, ambulance_id: int, interval_s: float) -> list[int]:
    """Tell every tablet of an ambulance how often to take a fix; replaces what they have not answered."""
    await transaction.execute(_QUERIES.give_up_reporting, ambulance_id=ambulance_id)
    return await order(transaction, ambulance_id, "reporting", {"interval_s": interval_s})


async def give_up_expired(db: Database | Transaction) -> int:
    """Mark what nobody took in time as expired; returns how many commands that were."""
    return await db.execute(_QUERIES.give_up_expired)


async def _give_up(transaction: Transaction, assignment_id: UUID, kinds: list[str], why: str) -> None:
    await transaction.execute(_QUERIES.give_up_of_assignment, assignment_id=assignment_id, kinds=kinds, why=why)
