"""What the database says once everything has settled: what every screen must show, and must have been told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import asyncpg
import orjson

from hub.clock import to_us
from hub.ingest.stored_fleet import HIDDEN_FLAGS
from hub.live.area import cover, grid
from hub.protocol.filter import Filter

Row = list[object]
MAP_DIGITS = 7  # of a degree: what viewers are sent

UNITS = """
SELECT a.id, a.plate_number, a.driver_name, a.status, a.capability, s.request_id::text, s.status AS stage, r.priority,
       to_us(s.eta_at) AS eta_at
  FROM ambulances a
  LEFT JOIN assignments s ON s.ambulance_id = a.id
   AND s.status IN ('offered', 'accepted', 'en_route', 'on_scene', 'transporting', 'at_destination')
  LEFT JOIN ambulance_requests r ON r.id = s.request_id
"""
# The newest sample of each log is what its tablet recorded last; the map is to be there.
NEWEST = """
SELECT DISTINCT ON (p.ambulance_id) p.ambulance_id AS id, p.latitude, p.longitude
  FROM ambulance_positions p ORDER BY p.ambulance_id, p.seq DESC
"""
# Of an ambulance that fell silent under faults, a sample that came late may count as newer than the last one.
SETTLED = """
SELECT DISTINCT ON (id) id, latitude, longitude FROM (
    SELECT ambulance_id AS id, latitude, longitude, fix_at
      FROM ambulance_positions WHERE ambulance_id = ANY($1) AND flags & $2 = 0
     UNION ALL
    SELECT id, current_location[1], current_location[0], location_fix_at
      FROM ambulances WHERE id = ANY($1) AND current_location IS NOT NULL) AS found
 ORDER BY id, fix_at DESC
"""
FOLLOWED = """
SELECT id, current_location[1] AS latitude, current_location[0] AS longitude, location_fix_at
  FROM ambulances WHERE current_location IS NOT NULL
"""
OPEN = "SELECT ambulance_id, max(raised_at) AS at FROM alarms WHERE acknowledged_at IS NULL GROUP BY ambulance_id"
CALLS = "SELECT id, device_id, alarm_id, acknowledged_at IS NOT NULL AS answered FROM alarms"
EVENTS = """SELECT "offset", kind, body FROM channel_events WHERE channel = 'alarms'"""


@dataclass
class Truth:
    """One reading of the database."""

    units: dict[int, Row] = field(default_factory=dict)  # rows of the table `units`, by id
    places: dict[int, tuple[float, float]] = field(default_factory=dict)  # where its marker is to be, as maps round
    followed: dict[int, tuple[float, float, int]] = field(default_factory=dict)  # current_location and its fix_at
    alarm_at: dict[int, int] = field(default_factory=dict)  # µs: when an ambulance with an open alarm called last
    calls: dict[tuple[int, str], list[tuple[str, bool]]] = field(
        default_factory=dict
    )  # device and its id → id, answered
    events: dict[int, tuple[str, dict[str, object]]] = field(default_factory=dict)  # offset → kind and body

    def shown(self, wanted: Filter | None) -> set[int]:
        """Return the ambulances that a filter lets through."""
        found = set(self.units)
        if wanted is None:
            return found
        if wanted.ids is not None:
            found &= set(wanted.ids)
        if wanted.status is not None:
            found = {key for key in found if self.units[key][3] in wanted.status}
        if wanted.area is not None:
            level, tiles = cover(wanted.area)
            found = {key for key in found if key in self.places and grid(level).tile(*self.places[key]) in tiles}
        return found


async def read(dsn: str, parked: Collection[int] = ()) -> Truth:
    """Read everything in one snapshot; `parked` are the ambulances that fell silent under faults."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            truth = Truth()
            for row in await connection.fetch(UNITS):
                truth.units[row["id"]] = list(row)
            for row in await connection.fetch(NEWEST):
                truth.places[row["id"]] = _place(row)
            for row in await connection.fetch(SETTLED, list(parked), HIDDEN_FLAGS):
                truth.places[row["id"]] = _place(row)
            for row in await connection.fetch(FOLLOWED):
                truth.followed[row["id"]] = (*_place(row), to_us(row["location_fix_at"]))
            for row in await connection.fetch(OPEN):
                truth.alarm_at[row["ambulance_id"]] = to_us(row["at"])
            for row in await connection.fetch(CALLS):
                truth.calls.setdefault((row["device_id"], row["alarm_id"]), []).append(
                    (str(row["id"]), row["answered"])
                )
            for row in await connection.fetch(EVENTS):
                truth.events[row["offset"]] = (row["kind"], orjson.loads(row["body"]))
            return truth
    finally:
        await connection.close()


def _place(row: asyncpg.Record) -> tuple[float, float]:
    return round(row["latitude"], MAP_DIGITS), round(row["longitude"], MAP_DIGITS)
