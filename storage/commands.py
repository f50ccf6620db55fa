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


class Told(NamedTuple):
    """What a command is about."""

    kind: str
    assignment_id: UUID | None
    message_id: str | None


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


async def find(db: Database, device_id: int, command_id: UUID) -> Told | None:
    """Return what a command is about that its device has not answered, though it may have been given up since."""
    row = await db.fetch_one(_QUERIES.find_unanswered, device_id=device_id, command_id=command_id)
    return None if row is None else Told(*row)


async def message_delivered(db: Database, message_id: str, at: datetime) -> None:
    """Note that a tablet has what a dispatcher wrote; the first time counts."""
    await db.execute(_QUERIES.message_delivered, message_id=message_id, at=at)
