"""A past that the demonstration has not had yet: rows in its own database, as the hub would have stored them."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import asyncpg

from tests.browser.demo import Demo

STARTED_S = 30.0  # until every ambulance of a demonstration has sent a fix
PLACES = "SELECT id, current_location[1] AS latitude, current_location[0] AS longitude FROM ambulances ORDER BY id"
STREAM = 9_000_000  # beyond those that the demonstration opens
COLUMNS = (
    *("stream_id", "seq", "received_at", "ambulance_id", "recorded_at", "fix_at", "latitude", "longitude"),
    *("speed", "heading", "accuracy", "altitude", "flags"),
)
MINUTE = 60
HOUR = 3_600
SPEED = 12.0  # m/s
METRES_PER_DEGREE = 111_195
DRIVE, STAND, SILENCE = 20 * MINUTE, 10 * MINUTE, 6 * MINUTE
ROUND = DRIVE + STAND + DRIVE + SILENCE  # what every ambulance does again and again


class Past(NamedTuple):
    """What was put into the database."""

    ambulance_ids: list[int]
    until: datetime  # the newest of these fixes is younger than a step before this
    length: timedelta


class Fix(NamedTuple):
    """Seconds since the beginning of the past, degrees, m/s."""

    second: int
    latitude: float
    longitude: float
    speed: float


def remember(demo: Demo, *, hours: int, step_s: int) -> Past:
    """Let every ambulance have driven around its place of now for `hours`, with a stop and a silence in each round."""
    return asyncio.run(_remember(demo, hours, step_s))


async def _remember(demo: Demo, hours: int, step_s: int) -> Past:
    running = json.loads(await asyncio.to_thread((demo.state / "running.json").read_text))
    connection = await asyncpg.connect(running["dsn"])
    try:
        async with asyncio.timeout(STARTED_S):
            while await connection.fetchval("SELECT bool_or(current_location IS NULL) FROM ambulances"):
                await connection.execute("SELECT pg_sleep(0.1)")
        # before the demonstration's own fixes, and before the silence in front of them
        until = await connection.fetchval("SELECT min(fix_at) FROM ambulance_positions") - timedelta(minutes=2)
        since = until - timedelta(hours=hours)
        places = await connection.fetch(PLACES)
        for place in places:
            fixes = list(_drives(place["latitude"], place["longitude"], hours * HOUR, step_s, place["id"]))
            rows = [_row(place["id"], seq, since, fix) for seq, fix in enumerate(fixes, 1)]
            await connection.copy_records_to_table("ambulance_positions", records=rows, columns=COLUMNS)
    finally:
        await connection.close()
    return Past([place["id"] for place in places], until, until - since)


def _drives(latitude: float, longitude: float, length_s: int, step_s: int, ambulance_id: int) -> Iterator[Fix]:
    """Rounds of a drive along blocks, a stop, another drive, and silence; each ambulance begins elsewhere in them."""
    shift = ambulance_id * 7 * MINUTE
    for second in range(0, length_s, step_s):
        phase = (second + shift) % ROUND
        driven_s = (second + shift) // ROUND * 2 * DRIVE + min(phase, DRIVE) + max(0, phase - DRIVE - STAND)
        moving = phase < DRIVE or phase >= DRIVE + STAND
        if phase >= DRIVE + STAND + DRIVE:
            continue
        north_m, east_m = _along_blocks(driven_s * SPEED)
        yield Fix(
            second,
            latitude + north_m / METRES_PER_DEGREE,
            longitude + east_m / (METRES_PER_DEGREE * math.cos(math.radians(latitude))),
            SPEED * (0.4 + 0.6 * abs(math.sin(second / 90))) if moving else 0.0,
        )


def _along_blocks(metres: float) -> tuple[float, float]:
    """Where a drive around three blocks of 600 m is after so many metres: north and east of its start."""
    corners = [(0, 0), (600, 0), (600, 600), (1200, 600), (1200, 1200), (0, 1200), (0, 600), (-600, 600), (-600, 0)]
    legs = [math.dist(one, other) for one, other in zip(corners, corners[1:] + corners[:1], strict=True)]
    rest = metres % sum(legs)
    for at, leg in enumerate(legs):
        if rest <= leg:
            (north, east), (north_to, east_to) = corners[at], corners[(at + 1) % len(corners)]
            return north + (north_to - north) * rest / leg, east + (east_to - east) * rest / leg
        rest -= leg
    return 0.0, 0.0


def _row(ambulance_id: int, seq: int, since: datetime, fix: Fix) -> tuple[object, ...]:
    taken = since + timedelta(seconds=fix.second)
    nothing = math.nan
    place = (fix.latitude, fix.longitude, fix.speed, nothing, 5.0, nothing, 0)
    return (STREAM + ambulance_id, seq, datetime.now(UTC), ambulance_id, taken, taken, *place)
