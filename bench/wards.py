"""The patients, sensors and sessions in progress that a benchmark drives, put into the database under one prefix."""

from __future__ import annotations

import secrets
from typing import NamedTuple
from uuid import UUID

import asyncpg

from hub.access.tokens import digest, new_token
from storage.passwords import Passwords

PATIENTS_AT_ONCE = 500  # of a transaction: booking takes a lock for each person
TARGET_DEG = 80.0  # of the first joint: some movements reach it, and some do not


class Ward(NamedTuple):
    """Sensors, each with a session in progress."""

    prefix: str  # of the names of the devices
    secrets: list[str]
    sessions: list[str]  # in the same order
    therapists: list[str]  # their e-mail addresses
    password: str  # of all therapists

    def therapist_of(self, place: int) -> int:
        """Return whose session it is at a place: the first ones are the first therapist's, and so on."""
        return place * len(self.therapists) // len(self.sessions)


class Stored(NamedTuple):
    """What the database holds of a run."""

    samples: int
    frames: int
    streams: int
    holes: int  # samples missing below the last one of their stream
    twice: int  # samples that lie in two frames


async def make_ward(dsn: str, size: int, joints: list[str], therapists: int = 1) -> Ward:
    """Insert patients with a sensor each, whose sessions begin now."""
    prefix, password = f"bench-{secrets.token_hex(3)}", secrets.token_urlsafe()
    tokens = [new_token() for _ in range(size)]
    connection = await asyncpg.connect(dsn)
    try:
        emails, doctor_ids = await _make_therapists(connection, prefix, therapists, await Passwords().hash(password))
        sessions: list[str] = []
        for start in range(0, size, PATIENTS_AT_ONCE):
            some = tokens[start : start + PATIENTS_AT_ONCE]
            turns = [doctor_ids[(start + place) * therapists // size] for place in range(len(some))]
            async with connection.transaction():
                sessions += await _admit(connection, prefix, some, turns, joints)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
    return Ward(prefix, tokens, sessions, emails, password)


async def _make_therapists(
    connection: asyncpg.Connection, prefix: str, count: int, hashed: str
) -> tuple[list[str], list[UUID]]:
    rows = await connection.fetch(
        "WITH made AS (INSERT INTO users (name, email, password, role) "
        "SELECT 'Therapist ' || n, $1 || '-' || n || '@bench.example', $2, 'doctor' "
        "FROM generate_series(1, $3::int) AS n RETURNING id, email) "
        "SELECT id, email FROM made ORDER BY email",
        prefix,
        hashed,
        count,
    )
    await connection.execute("INSERT INTO doctors (id) SELECT unnest($1::uuid[])", [row["id"] for row in rows])
    return [row["email"] for row in rows], [row["id"] for row in rows]


async def _admit(
    connection: asyncpg.Connection, prefix: str, tokens: list[str], doctors: list[UUID], joints: list[str]
) -> list[str]:
    patients = await connection.fetch(
        "INSERT INTO users (name, role) SELECT 'Patient ' || n, 'patient' "
        "FROM generate_series(1, $1::int) AS n RETURNING id",
        len(tokens),
    )
    patient_ids = [row["id"] for row in patients]
    await connection.execute("INSERT INTO patients (id) SELECT unnest($1::uuid[])", patient_ids)
    devices = await connection.fetch(
        "INSERT INTO devices (kind, name) SELECT 'physio', $1 || '-' || n "
        "FROM generate_series(1, $2::int) AS n RETURNING id",
        prefix,
        len(tokens),
    )
    device_ids = [row["id"] for row in devices]
    await connection.execute(
        "INSERT INTO physio_devices (id, patient_id, model, joints) "
        "SELECT device, patient, 'bench', $3 FROM unnest($1::bigint[], $2::uuid[]) AS pair (device, patient)",
        device_ids,
        patient_ids,
        joints,
    )
    await connection.executemany(
        "INSERT INTO device_secrets (hash, device_id) VALUES ($1, $2)",
        [(digest(token), device_id) for token, device_id in zip(tokens, device_ids, strict=True)],
    )
    rows = await connection.fetch(
        "INSERT INTO physio_sessions (patient_id, therapist_id, device_id, supervised, status, joint, rest_angle, "
        "target_angle, target_reps, started_at) "
        "SELECT patient, doctor, device, false, 'in_progress', $4, 0, $5, 10, now() "
        "FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS row (patient, doctor, device) RETURNING id, device_id",
        patient_ids,
        doctors,
        device_ids,
        joints[0],
        TARGET_DEG,
    )
    session_of = {row["device_id"]: str(row["id"]) for row in rows}
    return [session_of[device_id] for device_id in device_ids]


async def count_stored(dsn: str, prefix: str) -> Stored:
    """Count what the streams of a ward hold."""
    connection = await asyncpg.connect(dsn)
    try:
        row = await connection.fetchrow(
            "WITH mine AS (SELECT f.stream_id, f.seq, cardinality(f.angles) / cardinality(s.joints) AS n "
            "FROM devices d JOIN streams s ON s.device_id = d.id JOIN motion_frames f ON f.stream_id = s.id "
            "WHERE d.name LIKE $1 || '-%'), "
            "joined AS (SELECT *, lag(seq + n, 1, 1::bigint) OVER (PARTITION BY stream_id ORDER BY seq) AS free "
            "FROM mine) "
            "SELECT coalesce(sum(n), 0)::bigint, count(*), count(DISTINCT stream_id), "
            "coalesce(sum(greatest(seq - free, 0)), 0)::bigint, coalesce(sum(greatest(free - seq, 0)), 0)::bigint "
            "FROM joined",
            prefix,
        )
    finally:
        await connection.close()
    assert row is not None
    return Stored(*row)


async def count_repetitions(dsn: str, prefix: str) -> dict[tuple[str, str], int]:
    """Return how many repetitions are stored, by session and joint; those without any are left out."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(
            "SELECT s.physio_session_id, r.joint, count(*) AS counted FROM devices d "
            "JOIN streams s ON s.device_id = d.id JOIN motion_repetitions r ON r.stream_id = s.id "
            "WHERE d.name LIKE $1 || '-%' GROUP BY 1, 2",
            prefix,
        )
    finally:
        await connection.close()
    return {(str(row["physio_session_id"]), row["joint"]): row["counted"] for row in rows}
