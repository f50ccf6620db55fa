"""What devices are told to do: kept until the device has answered."""

from __future__ import annotations

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
    """Return what a device has not answered, oldest first, and note that it is sent now."""
    rows = await db.fetch_together(_QUERIES.take_pending, device_id=device_id)
    return [PendingCommand(*row[1:]) for row in rows]


async def acknowledge(db: Database, device_id: int, command_id: UUID, status: str, detail: str | None) -> bool:
    """Note a device's answer; False when the command is not this device's, or was answered before."""
    row = await db.fetch_one(
        _QUERIES.acknowledge, device_id=device_id, command_id=command_id, status=status, detail=detail
    )
    return row is not None
