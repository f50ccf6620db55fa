"""Made-up drives and recorded ones, and the distance of a place from a line worked out in the plainest way."""

from __future__ import annotations

import csv
from datetime import datetime
from itertools import pairwise
from math import cos, hypot, radians
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hub.dispatch.geo import METRES_PER_DEGREE
from storage.history import Fixes

GPS = Path(__file__).parents[4] / "shared" / "data" / "gps"
RECORDINGS = (
    "munich_1hz.csv",
    "dresden_1_1hz.csv",
    *(f"liverpool_bus_{bus}.csv" for bus in (4716, 4720, 4733, 4842)),
)
SECOND = 1_000_000
START = 1_790_000_000 * SECOND

Floats = NDArray[np.float64]


def fixes(
    at_s: list[float] | Floats,
    north_m: list[float] | Floats,
    east_m: list[float] | Floats,
    *,
    flags: int | list[int] = 0,
    speed: float = float("nan"),
    origin: tuple[float, float] = (48.0, 11.0),
) -> Fixes:
    """Return fixes at metres north and east of a place, seconds after START."""
    latitude = origin[0] + np.array(north_m, dtype=float) / METRES_PER_DEGREE
    longitude = origin[1] + np.array(east_m, dtype=float) / METRES_PER_DEGREE / cos(radians(origin[0]))
    count = len(latitude)
    return Fixes(
        START + np.round(np.array(at_s, dtype=float) * SECOND).astype(np.int64),
        latitude,
        (longitude + 180.0) % 360.0 - 180.0,
        np.full(count, speed, dtype=np.float32),
        np.broadcast_to(np.array(flags, dtype=np.int32), count).copy(),
    )


def part(whole: Fixes, first: int, last: int) -> Fixes:
    """Return the fixes from `first` up to `last`."""
    return Fixes(
        whole.fix_at[first:last],
        whole.latitude[first:last],
        whole.longitude[first:last],
        whole.speed[first:last],
        whole.flags[first:last],
    )


def recorded(name: str) -> Fixes:
    """Return a real recording; skips where the folder is absent."""
    path = GPS / name
    if not path.exists():
        pytest.skip(f"the recording {name} is not on this machine")
    with path.open(newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: datetime.fromisoformat(row["t_utc"]))
    return Fixes(
        np.array([round(datetime.fromisoformat(row["t_utc"]).timestamp() * SECOND) for row in rows]),
        np.array([float(row["lat"]) for row in rows]),
        np.array([float(row["lon"]) for row in rows]),
        np.array([float(row.get("speed_mps") or "nan") for row in rows], dtype=np.float32),
        np.zeros(len(rows), dtype=np.int32),
    )


def farthest_m(latitude: Floats, longitude: Floats, chosen: list[int]) -> float:
    """Return how far the farthest place lies from the chord of the chosen places around it: a loop over all of them."""
    worst = 0.0
    for first, last in pairwise(chosen):
        shrink = cos(radians((latitude[first] + latitude[last]) / 2))
        north, east = (latitude[last] - latitude[first]), (longitude[last] - longitude[first]) * shrink
        for place in range(first + 1, last):
            up, right = latitude[place] - latitude[first], (longitude[place] - longitude[first]) * shrink
            square = north * north + east * east
            share = 0.0 if square == 0 else min(1.0, max(0.0, (up * north + right * east) / square))
            worst = max(worst, hypot(up - share * north, right - share * east) * METRES_PER_DEGREE)
    return worst
