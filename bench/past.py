"""A past to read: fixes put straight into yesterday's partition, in the order in which a hub would have stored them."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from bench.psql import Psql

DAY_S = 86_400
SCATTER_FROM = 80  # ambulances: with so many no two rows of one of them share a page of 8 KiB

# Drives for twenty minutes and stands for twenty, along a winding road, with some metres of noise.
FILL = """
INSERT INTO ambulance_positions
SELECT id, at, now_at + interval '200 ms', id, now_at, now_at,
       18.5 + id % 40 * 0.01 + 0.05 * sin(driven / 1500.0) + 0.01 * sin(driven / 170.0) + (random() - 0.5) * 0.00008,
       73.8 + id % 25 * 0.01 + 0.05 * cos(driven / 2100.0) + 0.01 * cos(driven / 130.0) + (random() - 0.5) * 0.00008,
       CASE WHEN driving THEN 12 ELSE 0 END, 90, 5, 500, CASE WHEN driving THEN 0 ELSE 32 END
  FROM generate_series({first}, {last}, {every}) AS at
 CROSS JOIN LATERAL (SELECT at / 1200 % 2 = 0 AS driving,
                            at / 2400 * 1200 + least(at % 2400, 1200) AS driven,
                            '{day}'::timestamptz + at * interval '1 s' AS now_at) AS moment
 CROSS JOIN unnest(ARRAY[{ids}]) AS id
 ORDER BY at
"""
SLICE_S = 600  # of the day that one statement fills in: what it sorts stays small


class Past:
    """Yesterday (UTC) of some ambulances."""

    def __init__(self, psql: Psql) -> None:
        self._psql = psql
        self.day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
        self.rows = 0  # that were filled in
        self.seconds = 0.0  # that filling took

    def add(self, ids: list[int], first_s: int, last_s: int, every_s: int = 1) -> None:
        """Let ambulances send a fix every so many seconds, from `first_s` up to `last_s` of the day; all take turns."""
        began = time.perf_counter()
        listed, day = ",".join(map(str, ids)), self.day.isoformat()
        slices = [
            FILL.format(first=at, last=min(at + SLICE_S, last_s) - 1, every=every_s, day=day, ids=listed)
            for at in range(first_s, last_s, SLICE_S)
        ]
        self._psql.script(";\n".join(slices))
        self.rows += len(ids) * ((last_s - first_s) // every_s)
        self.seconds += time.perf_counter() - began

    def settle(self) -> None:
        """Leave the tables as autovacuum would have left them by today."""
        self._psql.run("VACUUM ANALYZE ambulance_positions", "CHECKPOINT")

    def copy_ms(self, ambulance_id: int) -> float:
        """Return how long psql takes to copy the day of an ambulance to nowhere: what the rows cost at least."""
        until = self.day + timedelta(days=1)
        rows = (
            "SELECT fix_at, latitude, longitude, speed, flags FROM ambulance_positions"  # noqa: S608 - our own
            f" WHERE ambulance_id = {ambulance_id} AND received_at >= '{self.day}'"
            f" AND fix_at >= '{self.day}' AND fix_at < '{until}' ORDER BY fix_at"
        )
        said = self._psql.script(f"\\timing on\n\\copy ({rows}) TO '/dev/null' (FORMAT binary)\n")
        return float(said.split("Time: ")[1].split()[0])
