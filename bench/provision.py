"""The ambulances and devices that a benchmark drives, put into the database under one prefix and found by it."""

from __future__ import annotations

import secrets
from typing import Any, NamedTuple

import asyncpg

from hub.access.tokens import digest, new_token
from hub.ingest.stored_fleet import HIDDEN_FLAGS


class Fleet(NamedTuple):
    """Credentials of freshly made devices, one ambulance each."""

    prefix: str  # of the plate numbers
    secrets: list[str]
    ids: list[int]  # of the ambulances, in the same order


class Stored(NamedTuple):
    """What the database holds of a run."""

    rows: int
    streams: int  # with at least one row
    holes: int  # rows missing below the highest seq of their stream
    twice: int


async def make_fleet(dsn: str, size: int) -> Fleet:
    """Insert `size` ambulances, each with a device and its secret."""
    prefix = f"BENCH-{secrets.token_hex(3).upper()}"
    tokens = [new_token() for _ in range(size)]
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            ambulances = await connection.fetch(
                "INSERT INTO ambulances (plate_number, status) SELECT $1 || '-' || n, 'available' "
                "FROM generate_series(1, $2::int) AS n RETURNING id",
                prefix,
                size,
            )
            devices = await connection.fetch(
                "INSERT INTO devices (kind, name, ambulance_id) SELECT 'tablet', $1 || '-' || id, id "
                "FROM unnest($2::bigint[]) AS id RETURNING id, ambulance_id",
                prefix,
                [row["id"] for row in ambulances],
            )
            await connection.executemany(
                "INSERT INTO device_secrets (hash, device_id) VALUES ($1, $2)",
                [(digest(token), row["id"]) for token, row in zip(tokens, devices, strict=True)],
            )
    finally:
        await connection.close()
    return Fleet(prefix, tokens, [row["ambulance_id"] for row in devices])


async def count_streams(dsn: str, prefix: str) -> int:
    """Count the streams that the devices of a fleet have opened."""
    connection = await asyncpg.connect(dsn)
    try:
        count: int = await connection.fetchval(
            "SELECT count(*) FROM streams JOIN ambulances ON ambulances.id = ambulance_id "
            "WHERE plate_number LIKE $1 || '-%'",
            prefix,
        )
    finally:
        await connection.close()
    return count


async def newest_fixes(dsn: str, ids: list[int]) -> dict[int, list[Any]]:
    """Return the newest sound fix of each ambulance: id, latitude and longitude as the map rounds them."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(
            "SELECT DISTINCT ON (ambulance_id) ambulance_id, latitude, longitude FROM ambulance_positions "
            "WHERE ambulance_id = ANY ($1::bigint[]) AND flags & $2 = 0 ORDER BY ambulance_id, fix_at DESC, seq DESC",
            ids,
            HIDDEN_FLAGS,
        )
    finally:
        await connection.close()
    return {id_: [id_, round(latitude, 7), round(longitude, 7)] for id_, latitude, longitude in rows}


async def stored_alarms(dsn: str, alarm_ids: list[str]) -> list[str]:
    """Return the ids of the alarms that the database has of these calls for help, sorted."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch("SELECT id FROM alarms WHERE alarm_id = ANY ($1::text[])", alarm_ids)
    finally:
        await connection.close()
    return sorted(str(row["id"]) for row in rows)


async def count_stored(dsn: str, prefix: str) -> Stored:
    """Count what the streams of a fleet hold."""
    connection = await asyncpg.connect(dsn)
    try:
        row = await connection.fetchrow(
            "WITH held AS (SELECT p.stream_id, count(*) AS rows, count(DISTINCT p.seq) AS seqs, max(p.seq) AS top "
            "FROM ambulance_positions p WHERE p.ambulance_id IN "
            "(SELECT id FROM ambulances WHERE plate_number LIKE $1 || '-%') GROUP BY 1) "
            "SELECT coalesce(sum(rows), 0)::bigint, count(*), coalesce(sum(top - seqs), 0)::bigint, "
            "coalesce(sum(rows - seqs), 0)::bigint FROM held",
            prefix,
        )
    finally:
        await connection.close()
    assert row is not None
    return Stored(*row)
