"""The patients of a scene, each with a sensor and a session in progress, put straight into the database."""

from __future__ import annotations

import asyncpg

from hub.access.tokens import digest, new_token
from tests.faults.rig.sensor import SensorCredential

JOINTS = ("right_knee_flexion", "right_hip_flexion", "right_ankle_dorsiflexion")
TARGET_DEG = 80.0  # of the first joint


async def make_sensors(dsn: str, size: int, prefix: str = "SNS") -> list[SensorCredential]:
    """Insert patients of one therapist, whose sessions began a minute ago."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            therapist_id = await connection.fetchval(
                "INSERT INTO users (name, email, role) VALUES ('Thea', $1, 'doctor') RETURNING id",
                f"{prefix.lower()}@example.org",
            )
            await connection.execute("INSERT INTO doctors (id) VALUES ($1)", therapist_id)
            return [await _make_sensor(connection, f"{prefix}-{number:04}", therapist_id) for number in range(size)]
    finally:
        await connection.close()


async def _make_sensor(
    connection: asyncpg.Connection[asyncpg.Record], name: str, therapist_id: object
) -> SensorCredential:
    patient_id = await connection.fetchval(
        "WITH made AS (INSERT INTO users (name, role) VALUES ($1, 'patient') RETURNING id) "
        "INSERT INTO patients (id) SELECT id FROM made RETURNING id",
        name,
    )
    device_id = await connection.fetchval("INSERT INTO devices (kind, name) VALUES ('physio', $1) RETURNING id", name)
    await connection.execute(
        "INSERT INTO physio_devices (id, patient_id, joints) VALUES ($1, $2, $3)", device_id, patient_id, list(JOINTS)
    )
    secret = new_token()
    await connection.execute("INSERT INTO device_secrets (hash, device_id) VALUES ($1, $2)", digest(secret), device_id)
    session_id = await connection.fetchval(
        "INSERT INTO physio_sessions (patient_id, therapist_id, device_id, supervised, status, started_at, joint, "
        "rest_angle, target_angle, target_reps) "
        "VALUES ($1, $2, $3, false, 'in_progress', now() - interval '1 minute', $4, 5, $5, 10) RETURNING id",
        patient_id,
        therapist_id,
        device_id,
        JOINTS[0],
        TARGET_DEG,
    )
    return SensorCredential(device_id, session_id, JOINTS, secret)
