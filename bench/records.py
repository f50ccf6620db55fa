"""How fast clinical records are read: one appointment, and a doctor's list of 50, over kept connections.

The hub checks the sign-in and the access rules and writes each read to the audit log. In the same run, against the
same rows, a bare aiohttp handler (one asyncpg fetch, orjson) and FastAPI with SQLAlchemy answer the same without any of
that, one after the other, each alone.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from bench.broken import Broken
from bench.hub import HubUnderTest
from bench.viewer_accounts import sign_in
from bench.worker import working
from storage.passwords import Passwords

SETTINGS: Mapping[str, str] = {
    "AROGYA_LIMITS__API_PER_S": "1000000",
    "AROGYA_LIMITS__API_BURST": "1000000",
    "AROGYA_AUTH__TOTP": "off",
}
MAIN_FIGURE = "one_requests_per_s"
PEERS = ("bare_records", "fastapi_records")
PAGE_ROWS = 50


class Doctor(NamedTuple):
    """Who reads, and what."""

    id: UUID
    email: str
    password: str
    appointments: list[UUID]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is particular to this benchmark."""
    parser.add_argument("--connections", type=int, default=16, help="connections that ask, each one at a time (16)")
    parser.add_argument("--appointments", type=int, default=1_000, help="appointments of the doctor who reads (1000)")


def measure(hub: HubUnderTest, options: argparse.Namespace) -> dict[str, float]:
    """Read from the hub and from its peers; return the figures by name."""
    doctor = asyncio.run(_make_doctor(hub.dsn, options.appointments))
    token = sign_in(hub, doctor.email, doctor.password)
    figures: dict[str, float] = {}
    audited = asyncio.run(_count_audited(hub.dsn, doctor.id))
    found = {"hub": _ask_both(hub.host, hub.port, "/api/v1", doctor, token, options)}
    figures["audited"] = asyncio.run(_count_audited(hub.dsn, doctor.id)) - audited
    for peer in PEERS:
        with working(peer, {"dsn": hub.dsn}) as server:
            port = server.report()["port"]
            found[peer] = _ask_both("127.0.0.1", port, "", doctor, "", options)
    for what in ("one", "list"):
        ours = found["hub"][what]
        figures |= {f"{what}_{name}": round(value, 2) for name, value in ours.items()}
        for peer, short in zip(PEERS, ("bare", "fastapi"), strict=True):
            theirs = found[peer][what]["requests_per_s"]
            figures[f"{what}_{short}_requests_per_s"] = round(theirs, 1)
            figures[f"{what}_ratio_{short}"] = round(ours["requests_per_s"] / theirs, 3)
    return figures


def _ask_both(
    host: str, port: int, base: str, doctor: Doctor, token: str, options: argparse.Namespace
) -> dict[str, dict[str, float]]:
    """Ask for single appointments, then for the list."""
    one = [f"{base}/appointments/{id_}" for id_ in doctor.appointments]
    page = [f"{base}/appointments?doctor_id={doctor.id}&limit={PAGE_ROWS}"]
    return {
        "one": _ask(host, port, one, token, options),
        "list": _ask(host, port, page, token, options),
    }


def _ask(host: str, port: int, paths: list[str], token: str, options: argparse.Namespace) -> dict[str, float]:
    credential = f"Authorization: Bearer {token}\r\n" if token else ""
    job: dict[str, Any] = {
        "host": host,
        "port": port,
        "requests": [f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n{credential}\r\n" for path in paths],
        "connections": options.connections,
        "warmup": options.warmup,
        "seconds": options.seconds,
    }
    with working("asker", job) as asker:
        found = asker.report()
    if found["refused"]:
        raise Broken(f"{found['refused']} requests were refused, like {paths[0]}: {found['refusal']}")
    return {name: float(found[name]) for name in ("requests_per_s", "p50_ms", "p99_ms")}


async def _make_doctor(dsn: str, count: int) -> Doctor:
    """Insert a doctor with as many appointments, each with a patient of its own."""
    prefix, password = f"bench-{secrets.token_hex(3)}", secrets.token_urlsafe()
    hashed = await Passwords().hash(password)
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            facility = await connection.fetchval(
                "INSERT INTO facilities (name, type) VALUES ($1, 'clinic') RETURNING id", prefix
            )
            doctor = await connection.fetchval(
                "INSERT INTO users (name, email, password, role) VALUES ('Bench', $1 || '@bench.example', $2, 'doctor')"
                " RETURNING id",
                prefix,
                hashed,
            )
            await connection.execute("INSERT INTO doctors (id) VALUES ($1)", doctor)
            await connection.execute(
                "INSERT INTO doctor_facilities (doctor_id, facility_id) VALUES ($1, $2)", doctor, facility
            )
            rows = await connection.fetch(
                "WITH made AS (INSERT INTO users (name, email, role)"
                " SELECT 'Patient ' || n, $1 || n || '@bench.example', 'patient' FROM generate_series(1, $2::int) AS n"
                " RETURNING id), patient AS"
                " (INSERT INTO patients (id) SELECT id FROM made RETURNING id)"
                " INSERT INTO appointments (patient_id, doctor_id, facility_id, scheduled_at, notes)"
                " SELECT id, $3, $4, date_trunc('hour', now()) + interval '30 minutes' * row_number() OVER (),"
                " 'Blood pressure 120 over 80; comes back in a month.' FROM patient RETURNING id",
                f"{prefix}-",
                count,
                doctor,
                facility,
            )
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
    return Doctor(doctor, f"{prefix}@bench.example", password, [row["id"] for row in rows])


async def _count_audited(dsn: str, doctor: UUID) -> int:
    """Count what the audit log has of the doctor."""
    connection = await asyncpg.connect(dsn)
    try:
        count: int = await connection.fetchval("SELECT count(*) FROM audit_log WHERE actor_id = $1", str(doctor))
    finally:
        await connection.close()
    return count
