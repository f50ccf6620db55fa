"""`ambulances.current_location` and what stands beside it: the newest good fix, in the ambulance's own row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

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
    """One ambulance as the map needs it: its unit, its live assignment and its newest shown fix where there is one."""

    ambulance_id: int
    plate_number: str
    driver_name: str | None
    status: str
    capability: str
    request_id: UUID | None
    stage: str | None
    priority: int | None
    eta_at: datetime | None
    latitude: float | None
    longitude: float | None
    speed: float | None
    heading: float | None
    accuracy: float | None
    fix_at: datetime | None
    behind: bool  # the fix is stored, and current_location has not followed it


class Place(NamedTuple):
    """A location as it is stored; None stands for what the receiver did not give."""

    ambulance_id: int
    latitude: float
    longitude: float
    speed: float | None
    heading: float | None
    accuracy: float | None
    fix_at: datetime


class Moved(NamedTuple):
    """Which locations were written, and the place to go on from."""

    mark: str  # opaque
    places: list[Place]


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


async def read_fleet(db: Database, *, hidden_flags: int, ambulance_ids: Sequence[int] | None = None) -> list[FleetRow]:
    """Return these ambulances (None: all), each with its newest fix that the map may show (none of `hidden_flags`)."""
    rows = await db.fetch(_QUERIES.read_fleet, hidden_flags=hidden_flags, ids=ambulance_ids)
    return [FleetRow(*row) for row in rows]


async def read_moved(db: Database, since: str | None) -> Moved:
    """Return the locations that were written since an earlier call, whose `mark` that is; None: all of them.

    Exact, whatever the clocks say: nothing that was committed in between is missing, and little comes twice. A mark
    counts for some hundred million transactions.
    """
    rows = await db.fetch(_QUERIES.read_moved, since=since)
    return Moved(rows[0]["mark"], [Place(*row[1:]) for row in rows if row["ambulance_id"] is not None])
