"""Real recordings through the rules; they lie beside the project and are skipped where they are absent."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import nan
from pathlib import Path

import pytest

from hub.dispatch.geo import distance_m
from hub.ingest import flags
from hub.ingest.hygiene import Track, Verdict, judge

GPS = Path(__file__).parents[4] / "shared" / "data" / "gps"
SECOND = 1_000_000


@dataclass
class Recorded:
    """One row of a recording and what became of it."""

    at: int
    place: tuple[float, float]
    verdict: Verdict
    marker: tuple[float, float]


def _replay(name: str) -> list[Recorded]:
    path = GPS / name
    if not path.exists():
        pytest.skip(f"the recording {name} is not on this machine")
    track = Track()
    rows: list[Recorded] = []
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            at = round(datetime.fromisoformat(row["t_utc"]).timestamp()) * SECOND
            place = (float(row["lat"]), float(row["lon"]))
            verdict = judge(
                track,
                latitude=place[0],
                longitude=place[1],
                accuracy=nan,
                fix_at=at,
                recorded_at=at,
                received_at=at,
                sent_at=at,
            )
            rows.append(Recorded(at, place, verdict, (track.latitude, track.longitude)))
    return rows


def test_the_munich_tunnel_neither_jumps_back_nor_loses_the_fixes_behind_it() -> None:
    rows = _replay("munich_1hz.csv")
    leaps = [i for i in range(1, len(rows)) if distance_m(*rows[i - 1].place, *rows[i].place) > 300]
    assert len(leaps) == 1, "one tunnel"
    exit_at = leaps[0]
    frozen = rows[exit_at - 34 : exit_at]
    assert len({row.place for row in frozen}) == 1
    assert len({row.marker for row in frozen}) == 1, "the marker waits at the entrance"
    for row in rows[exit_at : exit_at + 9]:
        assert row.verdict.show and row.marker == row.place
    assert all(row.verdict.show for row in rows)
    assert not any(row.verdict.flags & flags.JUMP for row in rows)


def test_the_dresden_recording_stands_where_it_stands_and_its_odometer_does_not_grow() -> None:
    rows = _replay("dresden_1_1hz.csv")
    assert all(row.verdict.show for row in rows)
    standing = [(a, b) for a, b in pairwise(rows) if a.verdict.flags & b.verdict.flags & flags.STATIONARY]
    assert 0.15 < len(standing) / len(rows) < 0.6
    assert sum(distance_m(*a.marker, *b.marker) for a, b in standing) == 0.0
    driven = sum(distance_m(*a.place, *b.place) for a, b in pairwise(rows))
    shown = sum(distance_m(*a.marker, *b.marker) for a, b in pairwise(rows))
    assert shown == pytest.approx(driven, rel=0.05)


@pytest.mark.parametrize("bus", ["4716", "4720", "4733", "4842"])
def test_buses_that_report_rarely_and_with_long_gaps_lose_nothing(bus: str) -> None:
    rows = _replay(f"liverpool_bus_{bus}.csv")
    assert not any(row.verdict.flags & flags.JUMP for row in rows)
    assert all(row.verdict.show for row in rows)


@pytest.mark.parametrize("bus", ["4716", "4720", "4733", "4842"])
def test_a_parked_bus_stands_and_its_marker_rests(bus: str) -> None:
    rows = _replay(f"liverpool_bus_{bus}.csv")
    parked = [row for row in rows if row.verdict.flags & flags.STATIONARY]
    assert len(parked) > 10, "every one of them waits somewhere"
    for before, after in pairwise(rows):
        if before.verdict.flags & after.verdict.flags & flags.STATIONARY:
            assert before.marker == after.marker
