"""The yardstick: psql's own binary \\copy of the rows that a run stored, into a twin of their table."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

TWIN = "bench_positions"
ROWS_MAX = 2_000_000

# The twin has the columns, checks and indexes of the table, a partition for each day of the rows, and no foreign key.
MAKE_TWIN = f"""
DROP TABLE IF EXISTS {TWIN};
CREATE TABLE {TWIN} (LIKE ambulance_positions INCLUDING ALL) PARTITION BY RANGE (received_at);
SELECT format('CREATE TABLE {TWIN}_%s PARTITION OF {TWIN} FOR VALUES FROM (%L) TO (%L)',
              to_char(day, 'YYYYMMDD'), day, day + interval '1 day')
FROM (SELECT DISTINCT date_trunc('day', received_at, 'UTC') AS day
      FROM (SELECT min(received_at) AS first, max(received_at) AS last FROM ambulance_positions) AS span,
           generate_series(span.first, span.last + interval '1 day', interval '1 day') AS received_at) AS days \\gexec
"""  # noqa: S608 - fixed names


class Psql:
    """One psql program against one database."""

    def __init__(self, program: str, dsn: str) -> None:
        self.program = program
        self.dsn = dsn

    def run(self, *commands: str) -> str:
        """Run SQL or backslash commands; returns what psql printed, raises with its words when it fails."""
        flags = [part for command in commands for part in ("-c", command)]
        return self._call(flags, "")

    def script(self, text: str) -> str:
        """Run a script given as text."""
        return self._call(["-f", "-"], text)

    def _call(self, flags: list[str], text: str) -> str:
        command = [self.program, "--no-psqlrc", "--quiet", "-At", "-v", "ON_ERROR_STOP=1", "-d", self.dsn, *flags]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"psql failed: {done.stderr.strip()}")
        return done.stdout.strip()


def copy_rows_per_s(psql: Psql, folder: Path, prefix: str) -> tuple[float, int]:
    """Copy a run's stored rows out to a file and time copying them into the twin; returns rows a second and rows.

    The rows keep the order in which the hub stored them; the run is found by the prefix of its plate numbers.
    """
    file = folder / "rows.pgcopy"
    mine = f"ambulance_id IN (SELECT id FROM ambulances WHERE plate_number LIKE '{prefix}-%')"  # noqa: S608 - our own
    psql.run(f"\\copy (SELECT * FROM ambulance_positions WHERE {mine} LIMIT {ROWS_MAX}) TO '{file}' (FORMAT binary)")  # noqa: S608 - our own
    psql.script(MAKE_TWIN)
    psql.run("CHECKPOINT")
    started = time.perf_counter()
    psql.run("SET synchronous_commit = on", f"\\copy {TWIN} FROM '{file}' (FORMAT binary)")
    elapsed_s = time.perf_counter() - started
    rows = int(psql.run(f"SELECT count(*) FROM {TWIN}"))  # noqa: S608 - a fixed name
    psql.run(f"DROP TABLE {TWIN}")
    file.unlink()
    return rows / elapsed_s, rows
