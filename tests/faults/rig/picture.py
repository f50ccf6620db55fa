"""What every dashboard must show, read from the database: the outside truth that the viewers are held against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import asyncpg

from hub.history.track import HIDDEN_FLAGS
from tests.faults.rig.viewer import FIX_AT, Viewer

MAP_DIGITS = 7  # of a degree: what viewers are sent
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Every ambulance, and the newest fix of it that is stored.
TRUTH = """
SELECT a.id, a.plate_number, a.status, p.latitude, p.longitude, p.fix_at
FROM ambulances a LEFT JOIN LATERAL (
    SELECT latitude, longitude, fix_at FROM ambulance_positions
    WHERE ambulance_id = a.id AND flags & $1 = 0 ORDER BY fix_at DESC LIMIT 1
) p ON true
"""
UNIT_PLATE, UNIT_STATUS = 1, 3  # indices into a row of the table "units"


async def differences(dsn: str, viewers: Iterable[Viewer]) -> list[str]:
    """Name what dashboards show otherwise than it is stored; to be asked while nothing moves."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(TRUTH, HIDDEN_FLAGS)
    finally:
        await connection.close()
    return [wrong for number, viewer in enumerate(viewers) for wrong in _wrong(number, viewer, rows)]


def _wrong(number: int, viewer: Viewer, rows: list[asyncpg.Record]) -> list[str]:
    units = {key: (row[UNIT_PLATE], row[UNIT_STATUS]) for key, row in viewer.tables["units"].items()}
    wanted_units = {row["id"]: (row["plate_number"], row["status"]) for row in rows}
    fixes = {key: (row[1], row[2], row[FIX_AT]) for key, row in viewer.tables["fixes"].items()}
    wanted_fixes = {row["id"]: _place(row) for row in rows if row["fix_at"] is not None}
    found = _unlike(units, wanted_units) + _unlike(fixes, wanted_fixes)
    return [f"viewer {number}, ambulance {what}" for what in found]


def _unlike(shown: Mapping[int, object], wanted: Mapping[int, object]) -> list[str]:
    keys = sorted(shown.keys() | wanted.keys())
    return [f"{key}: {shown.get(key)}, not {wanted.get(key)}" for key in keys if shown.get(key) != wanted.get(key)]


def _place(row: asyncpg.Record) -> tuple[float, float, int]:
    fix_at = (row["fix_at"] - EPOCH) // datetime.resolution
    return round(row["latitude"], MAP_DIGITS), round(row["longitude"], MAP_DIGITS), fix_at
