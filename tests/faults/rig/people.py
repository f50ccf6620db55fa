"""People with a right that may end: who they are, put straight into the database, and what they hear."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import NamedTuple
from uuid import UUID

import aiohttp
import asyncpg
import orjson

from hub.access.tokens import digest, new_token
from hub.protocol.codec import JSON


class Person(NamedTuple):
    """A user who is signed in with an app."""

    user_id: UUID
    session_id: UUID
    token: str


class Case(NamedTuple):
    """A hospital, and an ambulance that brings a patient there."""

    facility_id: UUID
    ambulance_id: int
    assignment_id: UUID


class Ride(NamedTuple):
    """A call, and the ambulance that is on its way for it."""

    request_id: UUID
    assignment_id: UUID


async def add_person(db: asyncpg.Connection[asyncpg.Record], name: str, role: str) -> Person:
    """Insert a user and a sign-in."""
    user_id = await db.fetchval(
        "INSERT INTO users (name, email, role) VALUES ($1, $1 || '@example.org', $2) RETURNING id", name, role
    )
    session_id = await db.fetchval(
        "INSERT INTO sessions (user_id, client, expires_at) VALUES ($1, 'app', now() + '1 day') RETURNING id", user_id
    )
    token = new_token()
    await db.execute(
        "INSERT INTO session_tokens (hash, session_id, kind, expires_at) VALUES ($1, $2, 'access', now() + '1 day')",
        digest(token),
        session_id,
    )
    return Person(user_id, session_id, token)


async def add_case(db: asyncpg.Connection[asyncpg.Record], patient: Person, doctor: Person, desk: Person) -> Case:
    """Insert the hospital with a doctor and somebody at its desk, and the patient's ride there."""
    facility_id = await db.fetchval("INSERT INTO facilities (name, type) VALUES ('North', 'hospital') RETURNING id")
    await db.execute("INSERT INTO patients (id) VALUES ($1)", patient.user_id)
    await db.execute("INSERT INTO doctors (id) VALUES ($1)", doctor.user_id)
    await db.execute(
        "INSERT INTO doctor_facilities (doctor_id, facility_id) VALUES ($1, $2)", doctor.user_id, facility_id
    )
    await db.execute(
        "INSERT INTO staff (id, facility_id, role) VALUES ($1, $2, 'receptionist')", desk.user_id, facility_id
    )
    ambulance_id = await db.fetchval(
        "INSERT INTO ambulances (plate_number, status) VALUES ('CASE-1', 'en_route') RETURNING id"
    )
    ride = await add_ride(db, patient, ambulance_id, facility_id)
    return Case(facility_id, ambulance_id, ride.assignment_id)


async def add_ride(
    db: asyncpg.Connection[asyncpg.Record], patient: Person, ambulance_id: int, facility_id: UUID | None = None
) -> Ride:
    """Insert a call of a patient, and an ambulance that is on its way for it."""
    request_id = await db.fetchval(
        "INSERT INTO ambulance_requests (patient_id, ambulance_id, destination_facility_id, status)"
        " VALUES ($1, $2, $3, 'assigned') RETURNING id",
        patient.user_id,
        ambulance_id,
        facility_id,
    )
    assignment_id = await db.fetchval(
        "INSERT INTO assignments (request_id, ambulance_id, status, accepted_at, en_route_at)"
        " VALUES ($1, $2, 'en_route', now(), now()) RETURNING id",
        request_id,
        ambulance_id,
    )
    return Ride(request_id, assignment_id)


async def clear(db: asyncpg.Connection[asyncpg.Record], ride: Ride) -> None:
    """End a ride, and the call with it."""
    async with db.transaction():
        await db.execute(
            "UPDATE assignments SET status = 'cleared', cleared_at = now() WHERE id = $1", ride.assignment_id
        )
        await db.execute("UPDATE ambulance_requests SET status = 'completed' WHERE id = $1", ride.request_id)


class Ear:
    """One live connection, and everything that it heard."""

    def __init__(self) -> None:
        self.heard: list[dict[str, object]] = []
        self.close_code: int | None = None  # once the hub has closed it

    def types(self) -> list[object]:
        """Return the kinds of the messages so far."""
        return [message["type"] for message in self.heard]

    def statuses(self) -> list[object]:
        """Return the statuses of a call that it was told of."""
        rows = [row for message in self.heard if message["type"] == "events" for row in message["events"]]  # type: ignore[attr-defined]
        return [row[3]["status"] for row in rows]

    def refused(self) -> bool:
        """Tell whether the hub has said that there is no such channel."""
        return any(message["type"] == "error" and message["code"] == "not_found" for message in self.heard)


@contextlib.asynccontextmanager
async def listening(url: str, token: str, channel: str) -> AsyncIterator[Ear]:
    """Follow a channel for as long as the block lasts, or until the hub closes."""
    ear = Ear()
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(f"{url}/ws/live", headers=headers, protocols=(JSON.subprotocol,)) as socket,
        asyncio.TaskGroup() as tasks,
    ):

        async def listen() -> None:
            async for message in socket:
                ear.heard.append(orjson.loads(message.data))
            ear.close_code = socket.close_code

        listening = tasks.create_task(listen())
        await socket.send_str(orjson.dumps({"type": "subscribe", "channel": channel}).decode())
        yield ear
        listening.cancel()
