"""What devices are told to do: kept until the device has answered, or until it is of no use any more."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from storage.pool import Database
from storage.sql import load

_QUERIES = load("commands")


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


async def give_up_expired(db: Database) -> int:
    """Mark what nobody took in time as expired; returns how many commands that were."""
    return await db.execute(_QUERIES.give_up_expired)
