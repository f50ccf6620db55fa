"""How fast the past is read: a day of one ambulance as a track for a screen, and the whole fleet's for a time slider.

Every figure is the time of a whole request over HTTP (sign-in, rights, reading, thinning, the audit row, the answer),
one after the other. The past is filled in by SQL beforehand. In the same run psql copies the same rows to /dev/null:
nothing that reads them all is faster.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import statistics
import time
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import urlencode

import orjson

from bench import provision
from bench.broken import Broken
from bench.hub import HubUnderTest
from bench.past import DAY_S, SCATTER_FROM, Past
from bench.psql import Psql
from bench.viewer_accounts import make_dispatchers, sign_in

SETTINGS: Mapping[str, str] = {"AROGYA_LIMITS__API_PER_S": "1000000", "AROGYA_LIMITS__API_BURST": "1000000"}
MAIN_FIGURE = "track_p50_ms"
HOUR_S = 3_600
PLAYED_FROM_S = 6 * HOUR_S  # of the day
PLAYED_S = 6 * HOUR_S
WINDOW_S = 600  # what the page asks for at a time
WINDOW_POINTS = 100_000
WARMUP = 3  # requests of each kind that are not counted


class Answer(NamedTuple):
    """What a request took and brought."""

    ms: float
    body: bytes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is particular to this benchmark."""
    parser.add_argument("--requests", type=int, default=40, help="tracks that are read of each layout (40)")
    parser.add_argument("--points", type=int, default=1_000, help="points of a track (1000)")
    parser.add_argument("--day", type=int, default=DAY_S, metavar="S", help="length of the tracks' day (86400)")
    parser.add_argument(
        "--neighbours", type=int, default=SCATTER_FROM, help="ambulances between the rows of the scattered day (80)"
    )
    parser.add_argument("--ambulances", type=int, default=1_000, help="fleet of the playback (1000)")
    parser.add_argument("--every", type=int, default=5, metavar="S", help="seconds between two fixes of the fleet (5)")


def measure(hub: HubUnderTest, options: argparse.Namespace) -> dict[str, float]:
    """Fill in a past, read it, and return the figures by name."""
    psql = Psql(hub.psql, hub.dsn)
    past = Past(psql)
    ids = asyncio.run(provision.make_fleet(hub.dsn, 2 + options.neighbours + options.ambulances)).ids
    alone, scattered, fleet = ids[0], ids[1], ids[2 + options.neighbours :]
    past.add([alone], 0, options.day)
    past.add(ids[1 : 2 + options.neighbours], 0, options.day)
    past.add(fleet, PLAYED_FROM_S, PLAYED_FROM_S + PLAYED_S, options.every)
    past.settle()
    emails, password = asyncio.run(make_dispatchers(hub.dsn, 1))
    with closing(_Reader(hub, sign_in(hub, emails[0], password), past)) as reader:
        figures = _tracks(reader, past, alone, options, "")
        figures |= _tracks(reader, past, scattered, options, "scattered_")
        figures |= _playbacks(reader, options)
    return figures | {"filled_rows": past.rows, "filled_rows_per_s": round(past.rows / past.seconds)}


class _Reader:
    """A dispatcher's connection that is kept alive."""

    def __init__(self, hub: HubUnderTest, token: str, past: Past) -> None:
        self._connection = http.client.HTTPConnection(hub.host, hub.port, timeout=120)
        self._token = token
        self._past = past

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def read(self, path: str, from_s: int, to_s: int, *, packed: bool = False, **query: int) -> Answer:
        """Ask for a part of the day; raises `Broken` for any other answer than 200."""
        since, until = (self._past.day + timedelta(seconds=at) for at in (from_s, to_s))
        asked = urlencode({"from": since.isoformat(), "to": until.isoformat(), **query})
        headers = {"Authorization": f"Bearer {self._token}"} | ({"Accept-Encoding": "gzip"} if packed else {})
        began = time.perf_counter()
        self._connection.request("GET", f"/api/v1/{path}?{asked}", headers=headers)
        answer = self._connection.getresponse()
        body = answer.read()
        elapsed_ms = (time.perf_counter() - began) * 1_000
        if answer.status != 200:
            raise Broken(f"{path} was answered with {answer.status}: {body[:300]!r}")
        return Answer(elapsed_ms, body)


def _tracks(
    reader: _Reader, past: Past, ambulance_id: int, options: argparse.Namespace, prefix: str
) -> dict[str, float]:
    """Read a day's track again and again, and in between let psql copy its rows."""
    taken, copied, track = [], [], {}
    for number in range(-WARMUP, options.requests):
        answer = reader.read(f"ambulances/{ambulance_id}/track", 0, options.day, points=options.points)
        track = orjson.loads(answer.body)
        copy_ms = past.copy_ms(ambulance_id) if number % 4 == 0 else None
        if number >= 0:
            taken.append(answer.ms)
            copied += [] if copy_ms is None else [copy_ms]
    if track["fixes"] != options.day:
        raise Broken(f"the track is made of {track['fixes']} fixes and not of {options.day}")
    track_ms, copy_ms = statistics.median(taken), statistics.median(copied)
    return {
        f"{prefix}track_p50_ms": round(track_ms, 1),
        f"{prefix}track_p99_ms": round(statistics.quantiles(taken, n=100)[98], 1),
        f"{prefix}track_min_ms": round(min(taken), 1),
        f"{prefix}track_points": len(track["points"]),
        f"{prefix}tolerance_m": track["tolerance_m"],
        f"{prefix}copy_ms": round(copy_ms, 1),
        f"{prefix}ratio": round(copy_ms / track_ms, 3),
    }


def _playbacks(reader: _Reader, options: argparse.Namespace) -> dict[str, float]:
    """Play the fleet's six hours in windows, as the page does, and as a whole."""
    step_s = max(1, -(-options.ambulances * WINDOW_S // WINDOW_POINTS))
    starts = range(PLAYED_FROM_S, PLAYED_FROM_S + PLAYED_S, WINDOW_S)
    windows = [reader.read("fleet/playback", at, at + WINDOW_S, packed=True, step_s=step_s).ms for at in starts]
    until_s = PLAYED_FROM_S + PLAYED_S
    packed = reader.read("fleet/playback", PLAYED_FROM_S, until_s, packed=True)
    plain = reader.read("fleet/playback", PLAYED_FROM_S, until_s)
    played = orjson.loads(plain.body)
    if len(played["tracks"]) < options.ambulances:
        raise Broken(f"{len(played['tracks'])} of {options.ambulances} ambulances were played")
    return {
        "playback_window_p50_ms": round(statistics.median(windows), 1),
        "playback_window_max_ms": round(max(windows), 1),
        "playback_window_step_s": step_s,
        "playback_ms": round(plain.ms, 1),
        "playback_packed_ms": round(packed.ms, 1),
        "playback_points": sum(len(track[1]) for track in played["tracks"]),
        "playback_step_s": played["step_s"],
        "playback_bytes": len(plain.body),
        "playback_packed_bytes": len(packed.body),
    }
