"""Ambulances and their history, read within the caller's reach."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from storage.pool import Database
from storage.sql import load

_QUERIES = load("ambulances")


class Reach(NamedTuple):
    """Which rows the caller reads: all, or those that one of the ids leads to."""

    everything: bool = False
    ambulance_id: int | None = None  # this one
    patient_id: UUID | None = None  # assigned to a request of this patient
    facility_id: UUID | None = None  # on its way to this facility
    doctor_id: UUID | None = None  # on its way to a facility of this doctor


class AmbulanceRow(NamedTuple):
    """An ambulance with where it was last seen; angles in degrees, speed in m/s, accuracy in m, NaN or None = none."""

    id: int
    plate_number: str
    driver_name: str | None
    status: str
    latitude: float | None
    longitude: float | None
    fix_at: datetime | None
    speed: float | None
    heading: float | None
    accuracy: float | None


class PositionRow(NamedTuple):
    """One fix of the history; NaN = none."""

    seq: int
    stream_id: int
    recorded_at: datetime
    fix_at: datetime
    received_at: datetime
    latitude: float
    longitude: float
    speed: float
    heading: float
    accuracy: float
    altitude: float
    flags: int


class PositionKey(NamedTuple):
    """Where a page of the history ended."""

    fix_at: datetime
    stream_id: int
    seq: int


async def find_one(db: Database, reach: Reach, ambulance_id: int) -> AmbulanceRow | None:
    """Return one ambulance, None when it is missing or out of reach."""
    row = await db.fetch_one(_QUERIES.find_one, id=ambulance_id, **reach._asdict())
    return None if row is None else AmbulanceRow(**row)


async def within_reach(db: Database, asked: Sequence[tuple[int, Reach]]) -> set[int]:
    """Return the places, from 0, of those pairs of ambulance and reach that hold now; one query for all."""
    rows = await db.fetch(
        _QUERIES.within_reach,
        ids=[ambulance_id for ambulance_id, _ in asked],
        patient_ids=[reach.patient_id for _, reach in asked],
        facility_ids=[reach.facility_id for _, reach in asked],
        doctor_ids=[reach.doctor_id for _, reach in asked],
    )
    return {row["place"] - 1 for row in rows}


async def list_positions(
    db: Database, ambulance_id: int, *, since: datetime, until: datetime, after: PositionKey | None, rows_max: int
) -> list[PositionRow]:
    """Return up to `rows_max` fixes taken in [since, until), in order, after a key."""
    start = after or PositionKey(since, 0, 0)
    rows = await db.fetch(
        _QUERIES.list_positions,
        ambulance_id=ambulance_id,
        since=since,
        until=until,
        after_fix_at=start.fix_at,
        after_stream_id=start.stream_id,
        after_seq=start.seq,
        rows_max=rows_max,
    )
    return [PositionRow(**row) for row in rows]
