"""How fast a whole session opens: a million readings as a chart of 2,000 points a joint, over HTTP.

Every figure is the time of a whole request (sign-in, rights, reading, thinning, the audit row, the answer), one after
the other. The session is filled in by SQL beforehand. In the same run psql copies the same frames to /dev/null.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import statistics
import time
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import orjson

from bench import wards
from bench.broken import Broken
from bench.hub import HubUnderTest
from bench.motion import JOINT_ORDER
from bench.past_motion import HZ, SAMPLES, PastMotion
from bench.psql import Psql
from bench.viewer_accounts import sign_in

SETTINGS: Mapping[str, str] = {"AROGYA_LIMITS__API_PER_S": "1000000", "AROGYA_LIMITS__API_BURST": "1000000"}
MAIN_FIGURE = "chart_p50_ms"
WARMUP = 3  # requests of each kind that are not counted
ZOOM_S = 60.0  # of the session that is looked at closely


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is particular to this benchmark."""
    parser.add_argument("--requests", type=int, default=40, help="charts that are read of each session (40)")
    parser.add_argument("--points", type=int, default=2_000, help="points of a joint (2000)")
    parser.add_argument(
        "--readings", type=int, default=1_000_000, help="readings of a session, over all joints (1000000)"
    )
    parser.add_argument("--joints", type=int, default=5, help="joints of the session; another one has one (5)")
    parser.add_argument(
        "--neighbours",
        type=int,
        default=30,
        help="sessions at the same time as the scattered one: between its frames (30)",
    )


def measure(hub: HubUnderTest, options: argparse.Namespace) -> dict[str, float]:
    """Fill in sessions, open them, and return the figures by name."""
    psql = Psql(hub.psql, hub.dsn)
    joints = JOINT_ORDER[: options.joints]
    ward = asyncio.run(wards.make_ward(hub.dsn, 3 + options.neighbours, joints))
    past, samples = PastMotion(psql), options.readings // options.joints // SAMPLES * SAMPLES
    alone, single, scattered = ward.sessions[:3]
    [alone_stream] = past.add([alone], joints, samples)
    past.add([single], joints[:1], options.readings // SAMPLES * SAMPLES)
    past.add(ward.sessions[2:], joints, samples)
    past.settle()
    with closing(_Reader(hub, sign_in(hub, ward.therapists[0], ward.password))) as reader:
        figures = _charts(reader, alone, options, "", readings=samples * options.joints)
        figures |= _charts(reader, single, options, "single_", readings=options.readings // SAMPLES * SAMPLES)
        figures |= _charts(reader, scattered, options, "scattered_", readings=samples * options.joints)
        figures |= _zooms(reader, alone, options, samples / HZ)
        figures |= _file(reader, alone, samples * options.joints)
    copied = [past.copy_ms(alone_stream) for _ in range(max(3, options.requests // 4))]
    figures["copy_ms"] = round(statistics.median(copied), 1)
    figures["ratio"] = round(figures["copy_ms"] / figures["chart_p50_ms"], 3)
    return figures | {"filled_readings": past.readings, "filled_readings_per_s": round(past.readings / past.seconds)}


class _Reader:
    """A therapist's connection that is kept alive."""

    def __init__(self, hub: HubUnderTest, token: str) -> None:
        self._connection = http.client.HTTPConnection(hub.host, hub.port, timeout=300)
        self._headers = {"Authorization": f"Bearer {token}"}

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def read(self, path: str) -> tuple[float, bytes]:
        """Ask for something of a session; returns ms and the body, raises `Broken` for any other answer than 200."""
        began = time.perf_counter()
        self._connection.request("GET", f"/api/v1/physio_sessions/{path}", headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        elapsed_ms = (time.perf_counter() - began) * 1_000
        if answer.status != 200:
            raise Broken(f"{path} was answered with {answer.status}: {body[:300]!r}")
        return elapsed_ms, body


def _charts(
    reader: _Reader, session: str, options: argparse.Namespace, prefix: str, *, readings: int
) -> dict[str, float]:
    """Open one session again and again."""
    taken, body = [], b""
    for number in range(-WARMUP, options.requests):
        ms, body = reader.read(f"{session}/motion?points={options.points}")
        taken += [ms] if number >= 0 else []
    joints: list[dict[str, Any]] = orjson.loads(body)["joints"]
    if sum(joint["readings"] for joint in joints) != readings:
        raise Broken(f"the chart is made of {[joint['readings'] for joint in joints]} and not of {readings} readings")
    return {
        f"{prefix}chart_p50_ms": round(statistics.median(taken), 1),
        f"{prefix}chart_p99_ms": round(statistics.quantiles(taken, n=100)[98], 1),
        f"{prefix}chart_min_ms": round(min(taken), 1),
        f"{prefix}chart_points": sum(len(joint["seconds"]) for joint in joints),
        f"{prefix}chart_bytes": len(body),
    }


def _zooms(reader: _Reader, session: str, options: argparse.Namespace, length_s: float) -> dict[str, float]:
    """Look at one minute after the other."""
    taken = []
    for number in range(options.requests):
        since = number / options.requests * max(0.0, length_s - ZOOM_S)
        ms, _ = reader.read(f"{session}/motion?points={options.points}&from={since:.3f}&to={since + ZOOM_S:.3f}")
        taken.append(ms)
    return {"zoom_p50_ms": round(statistics.median(taken), 1), "zoom_max_ms": round(max(taken), 1)}


def _file(reader: _Reader, session: str, readings: int) -> dict[str, float]:
    """Download every reading as CSV."""
    ms, body = reader.read(f"{session}/motion.csv")
    rows = body.count(b"\n") - 1
    if rows != readings:
        raise Broken(f"the file has {rows} readings and not {readings}")
    return {"csv_readings_per_s": round(readings / ms * 1_000), "csv_bytes": len(body)}
