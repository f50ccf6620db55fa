"""`ambulances.current_location` and what stands beside it: the newest good fix, in the ambulance's own row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from storage.pool import Database
from storage.sql import load

_QUERIES = load("locations")


class Location(NamedTuple):
    """Where one ambulance is; NaN stands for what the receiver did not give."""

    ambulance_id: int
    place: tuple[float, float]  # longitude and latitude in degrees, the order of PostgreSQL's point
    fix_at: datetime
    speed: float  # m/s
    heading: float  # degrees
    accuracy: float  # metres


class FleetRow(NamedTuple):
    """One ambulance as the map needs it after a start: its unit, and its newest shown fix where there is one."""

    ambulance_id: int
    plate_number: str
    driver_name: str | None
    status: str
    latitude: float | None
    longitude: float | None
    speed: float | None
    heading: float | None
    accuracy: float | None
    fix_at: datetime | None


async def follow(db: Database, rows: Sequence[Location]) -> set[int]:
    """Write newer locations, passing over rows that are locked; returns the ambulances that need no other try."""
    settled = await db.fetch(
        _QUERIES.follow,
        ids=[row.ambulance_id for row in rows],
        longitudes=[row.place[0] for row in rows],
        latitudes=[row.place[1] for row in rows],
        fix_at=[row.fix_at for row in rows],
        speeds=[row.speed for row in rows],
        headings=[row.heading for row in rows],
        accuracies=[row.accuracy for row in rows],
    )
    return {row["id"] for row in settled}


async def read_fleet(db: Database, *, hidden_flags: int) -> list[FleetRow]:
    """Return every ambulance with its newest fix that the map may show (none of `hidden_flags`)."""
    return [FleetRow(*row) for row in await db.fetch(_QUERIES.read_fleet, hidden_flags=hidden_flags)]


async def read_unit(db: Database, ambulance_id: int) -> FleetRow | None:
    """Return one ambulance without a position, or None when it is gone."""
    row = await db.fetch_one(_QUERIES.read_unit, ambulance_id=ambulance_id)
    return None if row is None else FleetRow(*row)
