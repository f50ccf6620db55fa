"""Fixes that were stored some time ago, put into the database as they are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import asyncpg

NAN = float("nan")
Row = tuple[datetime, float, float, int]  # fix_at, degrees north, degrees east, flags


async def add_seconds(connection: asyncpg.Connection[asyncpg.Record], ambulance_id: int, count: int) -> datetime:
    """Add so many fixes at one place, one a second until now; returns the moment before the first, which is flagged."""
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=count)
    rows = [(start + timedelta(seconds=seq), 48.0, 11.0, 1 if seq == 1 else 0) for seq in range(1, count + 1)]
    await add_fixes(connection, ambulance_id, rows, heading=1.5, altitude=500.0, recorded_at=start)
    return start


async def add_fixes(
    connection: asyncpg.Connection[asyncpg.Record],
    ambulance_id: int,
    rows: Iterable[Row],
    *,
    stream_id: int = 1,
    speed: float = NAN,
    heading: float = NAN,
    altitude: float = NAN,
    recorded_at: datetime | None = None,
    received_after: timedelta = timedelta(0),
) -> None:
    """Add fixes, received as soon as they were taken or so much later."""
    await connection.executemany(
        "INSERT INTO ambulance_positions VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        [
            (
                *(stream_id, seq, at + received_after, ambulance_id, recorded_at or at, at),
                *(latitude, longitude, speed, heading, 5.0, altitude, flags),
            )
            for seq, (at, latitude, longitude, flags) in enumerate(rows, 1)
        ],
    )


async def readings(connection: asyncpg.Connection[asyncpg.Record]) -> list[tuple[str, str | None, str]]:
    """Return who read which history, and whether they were let: role's id, ambulance, outcome."""
    rows = await connection.fetch(
        "SELECT actor_id, entity_id, outcome FROM audit_log WHERE action = 'positions.R' ORDER BY id"
    )
    return [tuple(row) for row in rows]
