"""The few rows that the tests of the schema stand on."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
else:
    Connection = asyncpg.Connection  # generic in its stubs only

NUMBERS = itertools.count(1)
NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)  # a Monday


async def insert(connection: Connection, table: str, **values: object) -> Any:
    """Insert one row and return its id."""
    columns = ", ".join(f'"{name}"' for name in values)
    places = ", ".join(f"${n}" for n in range(1, len(values) + 1))
    return await connection.fetchval(
        f"INSERT INTO {table} ({columns}) VALUES ({places}) RETURNING id",  # noqa: S608 - names of this file's callers
        *values.values(),
    )


async def user(connection: Connection, role: str = "patient") -> UUID:
    """Add somebody who can sign in."""
    n = next(NUMBERS)
    key: UUID = await insert(
        connection, "users", name=f"User {n}", email=f"user{n}@example.org", password="$argon2id$hash", role=role
    )
    return key


async def patient(connection: Connection) -> UUID:
    """Add a patient."""
    key: UUID = await insert(connection, "patients", id=await user(connection))
    return key


async def doctor(connection: Connection) -> UUID:
    """Add a doctor."""
    key: UUID = await insert(connection, "doctors", id=await user(connection, "doctor"))
    return key


async def facility(connection: Connection) -> UUID:
    """Add a hospital."""
    key: UUID = await insert(connection, "facilities", name="City Hospital", type="hospital")
    return key


async def ambulance(connection: Connection) -> int:
    """Add an ambulance."""
    key: int = await insert(connection, "ambulances", plate_number=f"KA-01-{next(NUMBERS)}")
    return key


async def tablet(connection: Connection, ambulance_id: int | None) -> int:
    """Add a tablet."""
    key: int = await insert(connection, "devices", kind="tablet", name="Tablet", ambulance_id=ambulance_id)
    return key


async def alarm(connection: Connection, device_id: int, ambulance_id: int | None, **values: object) -> UUID:
    """Store a call for help, by default of just now."""
    now = datetime.now(UTC)
    row = {"alarm_id": f"call {next(NUMBERS)}", "kind": "sos", "raised_at": now, "received_at": now, **values}
    key: UUID = await insert(connection, "alarms", device_id=device_id, ambulance_id=ambulance_id, **row)
    return key


async def appointment(connection: Connection, **values: object) -> UUID:
    """Book a patient with a doctor, by default for half an hour at nine."""
    row: dict[str, object] = {"scheduled_at": NINE, **values}
    for name, make in (("patient_id", patient), ("doctor_id", doctor), ("facility_id", facility)):
        if name not in row:
            row[name] = await make(connection)
    key: UUID = await insert(connection, "appointments", **row)
    return key


async def physio_session(connection: Connection, **values: object) -> UUID:
    """Schedule a physio session, by default at nine."""
    row: dict[str, object] = {"scheduled_at": NINE, **values}
    for name, make in (("patient_id", patient), ("therapist_id", doctor)):
        if name not in row:
            row[name] = await make(connection)
    key: UUID = await insert(connection, "physio_sessions", **row)
    return key


def now_us() -> int:
    """Return now as a binary timestamptz: microseconds since 2000."""
    return int((datetime.now(UTC) - datetime(2000, 1, 1, tzinfo=UTC)).total_seconds() * 1e6)
