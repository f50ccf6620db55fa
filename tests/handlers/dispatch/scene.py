"""Calls, assignments and alerts as they stand in the database, for tests that read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
HERE = (18.5204, 73.8567)  # latitude, longitude


def ago(**parts: float) -> datetime:
    """Return a moment in the past."""
    return datetime.now(UTC) - timedelta(**parts)


async def add_call(connection: Connection, *, place: tuple[float, float] | None = HERE, **columns: Any) -> UUID:
    """Store a call as it is given, where nothing else is said."""
    if place is not None:
        columns["pickup_location"] = asyncpg.Point(place[1], place[0])
    return await _insert(connection, "ambulance_requests", {"priority": 2, **columns})


async def add_assignment(connection: Connection, request_id: UUID, ambulance_id: int, **columns: Any) -> UUID:
    """Store an assignment as it is given."""
    return await _insert(connection, "assignments", {"request_id": request_id, "ambulance_id": ambulance_id, **columns})


async def add_alert(connection: Connection, kind: str, **columns: Any) -> UUID:
    """Store an alert as it is given."""
    given = {"kind": kind, "severity": "warning", "raised_at": datetime.now(UTC), **columns}
    return await _insert(connection, "dispatch_alerts", given)


async def add_crew_message(
    connection: Connection, ambulance_id: int, device_id: int, text: str, **columns: Any
) -> UUID:
    """Store what a crew wrote."""
    given = {"ambulance_id": ambulance_id, "device_id": device_id, "sender": "crew", "text": text, **columns}
    return await _insert(connection, "crew_messages", {"sent_at": datetime.now(UTC), **given})


async def _insert(connection: Connection, table: str, columns: dict[str, Any]) -> UUID:
    places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places}) RETURNING id"  # noqa: S608 - of a test
    made: UUID = await connection.fetchval(statement, *columns.values())
    return made
