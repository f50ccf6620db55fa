"""The yardsticks of motion: psql's own binary \\copy of a run's readings, a row each, and of its frames as they are."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

from bench.psql import Psql

READINGS_MAX = 2_000_000
FRAMES_MAX = 200_000
READINGS, FRAMES = "bench_readings", "bench_frames"

# The fields of joint_motion_logs as a plain table, with its primary key and no other index.
MAKE_READINGS = f"""
DROP TABLE IF EXISTS {READINGS};
CREATE TABLE {READINGS} (
    id {{key}} PRIMARY KEY, session_id uuid NOT NULL, "timestamp" timestamptz NOT NULL, joint text NOT NULL,
    angle real NOT NULL, repetition int)
"""
# The key as the view joint_motion_logs gives it, and the cheapest that there is: 8 bytes, ascending as the rows come.
KEYS = {
    "uuid": "joint_motion_log_id(f.stream_id, f.seq + (place - 1) % samples, ((place - 1) / samples)::int + 1)",
    "bigint": "row_number() OVER ()",
}
# The twin has the columns, checks and the index of the table, and a partition for each day of the rows.
MAKE_FRAMES = f"""
DROP TABLE IF EXISTS {FRAMES};
CREATE TABLE {FRAMES} (LIKE motion_frames INCLUDING ALL) PARTITION BY RANGE (received_at);
SELECT format('CREATE TABLE {FRAMES}_%s PARTITION OF {FRAMES} FOR VALUES FROM (%L) TO (%L)',
              to_char(day, 'YYYYMMDD'), day, day + interval '1 day')
FROM (SELECT DISTINCT date_trunc('day', received_at, 'UTC') AS day
      FROM (SELECT min(received_at) AS first, max(received_at) AS last FROM motion_frames) AS span,
           generate_series(span.first, span.last + interval '1 day', interval '1 day') AS received_at) AS days \\gexec
"""  # noqa: S608 - fixed names
SIZE = """
SELECT coalesce(sum(pg_total_relation_size(relid)), 0) FROM pg_partition_tree('motion_frames') WHERE isleaf
"""


class Copied(NamedTuple):
    """What a copy took."""

    rows: int
    seconds: float
    bytes: int  # of the table with its indexes, on disk


def frames_bytes(psql: Psql) -> int:
    """Return what all motion frames take on disk: rows, indexes and maps."""
    psql.run("CHECKPOINT")
    return int(psql.run(SIZE))


def copy_frames(psql: Psql, folder: Path, prefix: str) -> Copied:
    """Copy stored frames into their twin, in the order in which the hub stored them."""
    mine = f"stream_id IN ({_streams(prefix)})"
    psql.script(MAKE_FRAMES)
    return _copy(psql, folder, FRAMES, f"SELECT * FROM motion_frames WHERE {mine} LIMIT {FRAMES_MAX}")  # noqa: S608 - our own


def copy_readings(psql: Psql, folder: Path, prefix: str, frame_readings: int, key: str) -> Copied:
    """Copy the readings of stored frames, a row each, frame after frame in the order in which the hub stored them."""
    frames = max(1, READINGS_MAX // frame_readings)
    readings = (
        f"SELECT {KEYS[key]}, s.physio_session_id, "  # noqa: S608 - our own
        "f.started_at + (place - 1) % samples * f.interval_us * interval '1 us', "
        "s.joints[(place - 1) / samples + 1], angle, NULL::int "
        f"FROM (SELECT * FROM motion_frames WHERE stream_id IN ({_streams(prefix)}) LIMIT {frames}) AS f "
        "JOIN streams s ON s.id = f.stream_id "
        "CROSS JOIN LATERAL (SELECT cardinality(f.angles) / cardinality(s.joints) AS samples) AS shape "
        "CROSS JOIN LATERAL unnest(f.angles) WITH ORDINALITY AS one (angle, place)"
    )
    psql.script(MAKE_READINGS.format(key=key))
    return _copy(psql, folder, READINGS, readings)


def _streams(prefix: str) -> str:
    return f"SELECT s.id FROM streams s JOIN devices d ON d.id = s.device_id WHERE d.name LIKE '{prefix}-%'"  # noqa: S608 - our own


def _copy(psql: Psql, folder: Path, table: str, query: str) -> Copied:
    file = folder / "rows.pgcopy"
    psql.run(f"\\copy ({query}) TO '{file}' (FORMAT binary)")
    psql.run("CHECKPOINT")
    started = time.perf_counter()
    psql.run("SET synchronous_commit = on", f"\\copy {table} FROM '{file}' (FORMAT binary)")
    seconds = time.perf_counter() - started
    rows = int(psql.run(f"SELECT count(*) FROM {table}"))  # noqa: S608 - a fixed name
    size = int(
        psql.run(f"SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('{table}') WHERE isleaf")  # noqa: S608 - a fixed name
        or psql.run(f"SELECT pg_total_relation_size('{table}')")
    )
    psql.run(f"DROP TABLE {table}")
    file.unlink()
    return Copied(rows, seconds, size)
