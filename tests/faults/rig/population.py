"""The ambulances, devices and people of a scene, put straight into the database."""

from __future__ import annotations

from typing import NamedTuple

import asyncpg

from hub.access.tokens import digest, new_token


class Credential(NamedTuple):
    """One tablet's device, its secret, and whose fixes it sends."""

    device_id: int
    ambulance_id: int
    secret: str


async def make_tablets(dsn: str, size: int, prefix: str = "FLT") -> list[Credential]:
    """Insert ambulances with a device each."""
    connection = await asyncpg.connect(dsn)
    made = []
    try:
        async with connection.transaction():
            for number in range(size):
                ambulance_id = await connection.fetchval(
                    "INSERT INTO ambulances (plate_number) VALUES ($1) RETURNING id", f"{prefix}-{number:04}"
                )
                device_id = await connection.fetchval(
                    "INSERT INTO devices (kind, name, ambulance_id) VALUES ('tablet', $1, $2) RETURNING id",
                    f"{prefix}-{number:04}",
                    ambulance_id,
                )
                secret = new_token()
                await connection.execute(
                    "INSERT INTO device_secrets (hash, device_id) VALUES ($1, $2)", digest(secret), device_id
                )
                made.append(Credential(device_id, ambulance_id, secret))
    finally:
        await connection.close()
    return made


async def make_dispatcher(dsn: str) -> str:
    """Insert a dispatcher who is signed in with an app; returns the access token."""
    token = new_token()
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            facility_id = await connection.fetchval(
                "INSERT INTO facilities (name, type) VALUES ('City', 'hospital') RETURNING id"
            )
            user_id = await connection.fetchval(
                "INSERT INTO users (name, email, role) VALUES ('Dee', 'dee@example.org', 'staff') RETURNING id"
            )
            await connection.execute(
                "INSERT INTO staff (id, facility_id, role, duty) VALUES ($1, $2, 'receptionist', 'dispatcher')",
                user_id,
                facility_id,
            )
            session_id = await connection.fetchval(
                "INSERT INTO sessions (user_id, client, expires_at) VALUES ($1, 'app', now() + '1 day') RETURNING id",
                user_id,
            )
            await connection.execute(
                "INSERT INTO session_tokens (hash, session_id, kind, expires_at) "
                "VALUES ($1, $2, 'access', now() + '1 day')",
                digest(token),
                session_id,
            )
    finally:
        await connection.close()
    return token
