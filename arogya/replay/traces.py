"""Recorded traces: CSV and GPX files in, one list of fixes a vehicle out."""

from __future__ import annotations

import csv
from datetime import datetime
from math import nan
from pathlib import Path
from typing import NamedTuple

from arogya.replay.gpx import GpxError, read_points
from hub.protocol.fix import Fix

# Names of a CSV column that are understood, the first that a file has is taken.
COLUMNS = {
    "vehicle": ("vehicle_id", "vehicle", "plate_number", "id"),
    "time": ("t_utc", "time", "timestamp", "recorded_at"),
    "latitude": ("lat", "latitude"),
    "longitude": ("lon", "lng", "longitude"),
    "speed": ("speed_mps", "speed"),
    "heading": ("bearing_deg", "bearing", "heading", "course"),
    "accuracy": ("accuracy_m", "accuracy"),
    "altitude": ("altitude_m", "altitude", "elevation", "ele"),
}
REQUIRED = ("time", "latitude", "longitude")
NAME_CHARACTERS_MAX = 100  # as of any other ambulance


class TraceError(Exception):
    """A file that can not be replayed; says where and why."""


class Trace(NamedTuple):
    """What one vehicle recorded, in the order of the file; times that go back or stand twice stay as they are."""

    plate_number: str
    source: Path
    fixes: list[Fix]

    @property
    def began_at(self) -> int:
        """Return the earliest time, µs."""
        return min(fix.recorded_at for fix in self.fixes)

    @property
    def ended_at(self) -> int:
        """Return the latest time, µs."""
        return max(fix.recorded_at for fix in self.fixes)


def read_traces(path: Path) -> list[Trace]:
    """Read a .csv or .gpx file; a CSV can hold several vehicles. Raises `TraceError`."""
    try:
        if path.suffix.lower() == ".gpx":
            return _from_gpx(path)
        return _from_csv(path)
    except OSError as error:
        raise TraceError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise TraceError(f"{path}: not a text file in UTF-8") from None


def _from_gpx(path: Path) -> list[Trace]:
    try:
        points = list(read_points(path.read_bytes()))
    except GpxError as error:
        raise TraceError(f"{path}: {error}") from error
    fixes: dict[str, list[Fix]] = {}
    for number, point in enumerate(points, 1):
        row = {"time": point.time, "latitude": point.latitude, "longitude": point.longitude}
        row |= {"speed": point.speed, "heading": point.course, "altitude": point.elevation}
        where = f"{path}: point {number}"
        fixes.setdefault(_name(point.track or path.stem, where), []).append(_fix(row, where))
    if not fixes:
        raise TraceError(f"{path}: there are no track points in it")
    return [Trace(plate, path, recorded) for plate, recorded in fixes.items()]


def _from_csv(path: Path) -> list[Trace]:
    fixes: dict[str, list[Fix]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        columns = _columns(reader.fieldnames or [], path)
        for record in reader:
            row = {field: record[column] or "" for field, column in columns.items()}
            where = f"{path}, line {reader.line_num}"
            fixes.setdefault(_name(row.get("vehicle") or path.stem, where), []).append(_fix(row, where))
    if not fixes:
        raise TraceError(f"{path}: there are no fixes in it")
    return [Trace(plate, path, recorded) for plate, recorded in fixes.items()]


def _columns(names: object, path: Path) -> dict[str, str]:
    present = {str(name).strip().lower(): str(name) for name in names} if isinstance(names, list) else {}
    columns = {
        field: present[known] for field, aliases in COLUMNS.items() for known in reversed(aliases) if known in present
    }
    missing = [f"{field} ({' or '.join(COLUMNS[field])})" for field in REQUIRED if field not in columns]
    if missing:
        raise TraceError(f"{path}: no column for {', '.join(missing)}")
    return columns


def _name(text: str, where: str) -> str:
    """Return a vehicle's name; a trace of somebody else's must not write to the terminal whatever it likes."""
    if len(text) > NAME_CHARACTERS_MAX or not text.isprintable():
        raise TraceError(f"{where}: a vehicle's name has at most {NAME_CHARACTERS_MAX} printable characters")
    return text


def _fix(row: dict[str, str], where: str) -> Fix:
    try:
        heading = _number(row.get("heading", ""))
        return Fix(
            _microseconds(row["time"]),
            float(row["latitude"]),
            float(row["longitude"]),
            speed=_number(row.get("speed", "")),
            heading=0.0 if heading == 360.0 else heading,
            accuracy=_number(row.get("accuracy", "")),
            altitude=_number(row.get("altitude", "")),
        )
    except (ValueError, OverflowError) as error:
        raise TraceError(f"{where}: {error}") from error


def _number(text: str) -> float:
    return float(text) if text.strip() else nan


def _microseconds(text: str) -> int:
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} does not say which time zone it is in: end it with Z for UTC")
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def common_clocks(traces: list[Trace], next_at: list[int]) -> list[int]:
    """Return for each trace the recorded time (µs) at which its replay begins; `next_at` is its next fix's.

    Traces that were recorded at the same time keep their common clock: it begins at the first fix still to come of
    them all. A trace recorded at another time begins at its own.
    """
    groups: list[list[int]] = []
    ended_at = 0
    for index in sorted(range(len(traces)), key=lambda index: traces[index].began_at):
        if not groups or traces[index].began_at > ended_at:
            groups.append([])
            ended_at = traces[index].ended_at
        groups[-1].append(index)
        ended_at = max(ended_at, traces[index].ended_at)
    begins = [0] * len(traces)
    for group in groups:
        for index in group:
            begins[index] = min(next_at[member] for member in group)
    return begins
