"""Sessions to read: frames put straight into today's partition, in the order in which a hub would have stored them."""

from __future__ import annotations

import time

from bench.psql import Psql

SAMPLES = 10  # of each joint in a frame
HZ = 100
OPEN = """
INSERT INTO streams (device_id, log_id, kind, physio_session_id, joints, last_seq)
SELECT device_id, replace(id::text, '-', ''), 'motion', id, '{{{joints}}}', {samples}
FROM physio_sessions WHERE id = ANY ('{{{sessions}}}'::uuid[]) RETURNING id
"""
# Every joint bends and stretches every three seconds; the frames of all streams take turns.
FILL = """
INSERT INTO motion_frames (stream_id, seq, received_at, started_at, interval_us, offsets_us, angles)
SELECT stream, k * {samples} + 1, now(), now() - interval '1 hour' + k * {samples} * interval '{interval_us} us',
       {interval_us}, '{{}}', angles
FROM (SELECT k, ARRAY(SELECT (45 + joint - 40 * cos((k * {samples} + n) * 2 * pi() / {cycle}) + random())::real
                      FROM generate_series(1, {joints}) AS joint, generate_series(0, {samples} - 1) AS n
                      ORDER BY joint, n) AS angles
      FROM generate_series({first}, {last}) AS k) AS frame
CROSS JOIN unnest(ARRAY[{streams}]) AS stream
ORDER BY k
"""
COUNTED = """
INSERT INTO motion_repetitions (stream_id, joint, number, first_seq, last_seq, started_at, peak_at, ended_at,
                                peak_angle, range_deg, hold_s, out_s, back_s, valid, smoothness)
SELECT stream, joint, n, (n - 1) * {cycle} + 2, n * {cycle}, now(), now(), now(), 85, 80, 0.3, 1.5, 1.5, true, 0.5
FROM unnest(ARRAY[{streams}]) AS stream, unnest('{{{joints}}}'::text[]) AS joint, generate_series(1, {repetitions}) AS n
"""
SLICE = 2_000  # frames of each stream that one statement fills in
CYCLE = 3 * HZ  # samples of a repetition


class PastMotion:
    """What sessions of the last hour measured."""

    def __init__(self, psql: Psql) -> None:
        self._psql = psql
        self.readings = 0  # that were filled in
        self.seconds = 0.0  # that filling took

    def add(self, sessions: list[str], joints: list[str], samples: int) -> list[int]:
        """Let sensors of these sessions measure so many samples, all at the same time; returns their streams."""
        began, frames = time.perf_counter(), samples // SAMPLES
        opened = OPEN.format(joints=",".join(joints), samples=frames * SAMPLES, sessions=",".join(sessions))
        streams = self._psql.run(opened).split()
        common = {"samples": SAMPLES, "interval_us": 1_000_000 // HZ, "cycle": CYCLE, "streams": ",".join(streams)}
        slices = [
            FILL.format(first=at, last=min(at + SLICE, frames) - 1, joints=len(joints), **common)
            for at in range(0, frames, SLICE)
        ]
        slices.append(COUNTED.format(joints=",".join(joints), repetitions=frames * SAMPLES // CYCLE, **common))
        self._psql.script(";\n".join(slices))
        self.readings += len(sessions) * frames * SAMPLES * len(joints)
        self.seconds += time.perf_counter() - began
        return [int(stream) for stream in streams]

    def settle(self) -> None:
        """Leave the tables as autovacuum would have left them by tomorrow."""
        self._psql.run("VACUUM ANALYZE motion_frames", "VACUUM ANALYZE motion_repetitions", "CHECKPOINT")

    def copy_ms(self, stream: int) -> float:
        """Return how long psql takes to copy the frames of a stream to nowhere: what they cost at least."""
        rows = f"SELECT seq, started_at, angles FROM motion_frames WHERE stream_id = {stream} ORDER BY seq"  # noqa: S608 - our own
        said = self._psql.script(f"\\timing on\n\\copy ({rows}) TO '/dev/null' (FORMAT binary)\n")
        return float(said.split("Time: ")[1].split()[0])
