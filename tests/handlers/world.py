"""A small world of two facilities, in which every principal of the access matrix has somebody."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from hub.access import tokens
from storage import accounts, sessions
from storage.sessions import NewSession, TokenRow
from tests.handlers.rig import GOOD_PASSWORD, Hub

LIVE, FREE, CLEARED, ELSEWHERE = "MARK-LIVE", "MARK-FREE", "MARK-CLEARED", "MARK-ELSEWHERE"


@dataclass
class World:
    """Ids and bearer tokens by name."""

    users: dict[str, UUID] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)  # access tokens of people, secrets of devices
    sessions: dict[str, UUID] = field(default_factory=dict)
    ambulances: dict[str, int] = field(default_factory=dict)
    facilities: dict[str, UUID] = field(default_factory=dict)
    devices: dict[str, int] = field(default_factory=dict)


# name → role, role at the desk, duty, facility
PEOPLE: dict[str, tuple[str, str | None, str | None, str | None]] = {
    "PT": ("patient", None, None, None),
    "PT closed": ("patient", None, None, None),
    "DR": ("doctor", None, None, "north"),
    "DR elsewhere": ("doctor", None, None, "south"),
    "RC": ("staff", "receptionist", None, "north"),
    "RC elsewhere": ("staff", "receptionist", None, "south"),
    "SA": ("staff", "admin", None, "north"),
    "DP": ("staff", "receptionist", "dispatcher", "south"),
    "SV": ("staff", "admin", "supervisor", "south"),
    "AD": ("admin", None, None, None),
}


async def build_world(hub: Hub, dsn: str) -> World:
    """Fill an empty database."""
    world = World()
    connection = await asyncpg.connect(dsn)
    try:
        for name in ("north", "south"):
            world.facilities[name] = await connection.fetchval(
                "INSERT INTO facilities (name, type) VALUES ($1, 'hospital') RETURNING id", name
            )
        for name, person in PEOPLE.items():
            await _add_person(connection, hub, world, name, person)
        await _add_ambulances(connection, world)
        await _add_device(connection, world, "TB", "tablet", world.ambulances["live"])
        await _add_device(connection, world, "PX", "physio", None)
    finally:
        await connection.close()
    return world


async def _add_person(
    connection: asyncpg.Connection[asyncpg.Record],
    hub: Hub,
    world: World,
    name: str,
    person: tuple[str, str | None, str | None, str | None],
) -> None:
    role, desk, duty, facility = person
    email = f"{name.replace(' ', '.').lower()}@hub.test"
    user_id = await accounts.create(hub.context.app, name=f"Name of {name}", email=email, role=role)
    world.users[name] = user_id
    if role == "patient":
        await connection.execute("INSERT INTO patients (id) VALUES ($1)", user_id)
    if role == "doctor":
        await connection.execute("INSERT INTO doctors (id) VALUES ($1)", user_id)
        await connection.execute(
            "INSERT INTO doctor_facilities (doctor_id, facility_id) VALUES ($1, $2)",
            user_id,
            world.facilities[facility or ""],
        )
    if role == "staff":
        await connection.execute(
            "INSERT INTO staff (id, facility_id, role, duty) VALUES ($1, $2, $3, $4)",
            user_id,
            world.facilities[facility or ""],
            desk,
            duty,
        )
    world.sessions[name], world.tokens[name] = await open_session(hub, user_id)


async def open_session(hub: Hub, user_id: UUID, *, lives_s: float = 900) -> tuple[UUID, str]:
    """Sign a user in without a password; returns the session and an access token."""
    token = tokens.new_token()
    now = datetime.now(UTC)
    expires_at = now + timedelta(seconds=lives_s)
    row = TokenRow(tokens.digest(token), "access", expires_at)
    new = NewSession(user_id, "app", expires_at, "test", "127.0.0.1", (row,))
    session_id = await sessions.open_session(hub.context.app, new, now=now, sessions_max=10)
    assert session_id is not None
    return session_id, token


async def set_password(hub: Hub, dsn: str, user_id: UUID, password: str = GOOD_PASSWORD) -> None:
    """Give an account a password."""
    connection = await asyncpg.connect(dsn)
    try:
        stored = await hub.context.passwords.hash(password)
        await connection.execute("UPDATE users SET password = $2 WHERE id = $1", user_id, stored)
    finally:
        await connection.close()


async def _add_ambulances(connection: asyncpg.Connection[asyncpg.Record], world: World) -> None:
    for name, plate in (("live", LIVE), ("free", FREE), ("cleared", CLEARED), ("elsewhere", ELSEWHERE)):
        world.ambulances[name] = await connection.fetchval(
            "INSERT INTO ambulances (plate_number, driver_name, current_location, location_fix_at, location_speed)"
            " VALUES ($1, $2, point(11.5, 48.1), now(), 'NaN') RETURNING id",
            plate,
            f"driver of {plate}",
        )
    await _add_request(connection, world, "PT", "live", "north", "en_route")
    await _add_request(connection, world, "PT closed", "cleared", "north", "cleared")
    await _add_request(connection, world, None, "elsewhere", "south", "transporting")
    # An offer is not yet an assignment.
    await _add_request(connection, world, "PT closed", "free", "north", "offered")


async def _add_request(
    connection: asyncpg.Connection[asyncpg.Record],
    world: World,
    patient: str | None,
    ambulance: str,
    facility: str,
    status: str,
) -> None:
    request_id = await connection.fetchval(
        "INSERT INTO ambulance_requests (patient_id, ambulance_id, destination_facility_id, status, requested_at)"
        " VALUES ($1, $2, $3, $4, now() - interval '10 minutes') RETURNING id",
        None if patient is None else world.users[patient],
        world.ambulances[ambulance],
        world.facilities[facility],
        "completed" if status == "cleared" else "assigned",
    )
    cleared_at = datetime.now(UTC) + timedelta(seconds=1) if status == "cleared" else None
    await connection.execute(
        "INSERT INTO assignments (request_id, ambulance_id, status, cleared_at) VALUES ($1, $2, $3, $4)",
        request_id,
        world.ambulances[ambulance],
        status,
        cleared_at,
    )


async def _add_device(
    connection: asyncpg.Connection[asyncpg.Record], world: World, name: str, kind: str, ambulance_id: int | None
) -> None:
    device_id = await connection.fetchval(
        "INSERT INTO devices (kind, name, ambulance_id) VALUES ($1, $2, $3) RETURNING id", kind, name, ambulance_id
    )
    secret = tokens.new_token()
    await connection.execute(
        "INSERT INTO device_secrets (hash, device_id) VALUES ($1, $2)", tokens.digest(secret), device_id
    )
    world.devices[name] = device_id
    world.tokens[name] = secret
