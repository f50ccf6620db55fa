"""Histories as files."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray

from arogya.replay.traces import read_traces
from hub.history.formats import Csv, Format, GeoJson, Gpx, safe_cell
from hub.history.track import GAP_US
from hub.ingest.flags import JUMP, LATE, NULL_ISLAND
from storage.history import Records
from tests.hub.history.lines import SECOND, START

NAN = float("nan")
GPX = "{http://www.topografix.com/GPX/1/1}"
GARMIN = "{http://www.garmin.com/xmlschemas/TrackPointExtension/v2}"
# The order that the schema of GPX 1.1 prescribes for what we write in a track point.
ORDER = ["ele", "time", "cmt", "extensions"]


def _records(at_s: list[int], *, flags: list[int] | None = None, speed: float = 8.25, altitude: float = NAN) -> Records:
    count = len(at_s)
    at = START + np.array(at_s, dtype=np.int64) * SECOND + 250_000

    def real(value: float) -> NDArray[np.float32]:
        return np.full(count, value, dtype=np.float32)

    return Records(
        at,
        at - SECOND,
        at + SECOND,
        np.linspace(48.0, 48.0 + (count - 1) * 1e-4, count),
        np.full(count, -11.123456789),
        real(speed),
        real(90.0),
        real(NAN),
        real(altitude),
        np.array(flags or [0] * count, dtype=np.int32),
        np.full(count, 5, dtype=np.int64),
        np.arange(count, dtype=np.int64) + 1,
    )


def _file(made: Format, *pages: Records, second: Records | None = None) -> str:
    parts = [made.head(), *map(made.rows, pages), made.end_pass()]
    if len(made.PASSES) > 1:
        parts += [made.rows(second)] if second else []
        parts.append(made.end_pass())
    return "".join([*parts, made.tail()])


def test_csv_has_a_row_a_fix_with_every_column() -> None:
    text = _file(Csv("MH 12"), _records([0, 1]), _records([2], flags=[LATE | JUMP]))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["flags"] for row in rows] == ["", "", "late jump"]
    first = rows[0]
    assert first["fix_at"] == "2026-09-21T14:13:20.250000Z"
    assert (float(first["latitude"]), float(first["longitude"])) == (48.0, -11.123456789)
    assert (first["speed_mps"], first["bearing_deg"], first["accuracy_m"]) == ("8.25", "90.0", "")
    assert (first["stream_id"], first["seq"], first["plate_number"]) == ("5", "1", "MH 12")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    (row,) = csv.DictReader(io.StringIO(_file(Csv(text), _records([0])), newline=""))
    assert row["plate_number"] == f"'{text}"


def test_a_cell_that_is_none_stays_as_it_is() -> None:
    assert safe_cell("MH-12 A=1") == "MH-12 A=1"
    assert safe_cell("") == ""


def test_geojson_is_one_collection_however_many_pages_it_came_in() -> None:
    document = json.loads(_file(GeoJson('a "b"'), _records([0, 1]), _records([2], altitude=12.5, flags=[NULL_ISLAND])))
    assert (document["type"], document["plate_number"], len(document["features"])) == ("FeatureCollection", 'a "b"', 3)
    assert document["features"][0]["geometry"] == {"type": "Point", "coordinates": [-11.123456789, 48.0]}
    assert document["features"][2]["geometry"]["coordinates"][2] == 12.5
    assert document["features"][2]["properties"]["flags"] == ["null_island"]
    assert json.loads(_file(GeoJson("x")))["features"] == []


def test_gpx_is_well_formed_in_the_order_of_its_schema_and_cut_at_silences() -> None:
    gap_s = GAP_US // SECOND + 1
    pages = [_records([0, 1], altitude=3.5), _records([1 + gap_s, 2 + gap_s])]
    root = ElementTree.fromstring(_file(Gpx("<&>\x00"), *pages))  # noqa: S314 - our own
    assert (root.tag, root.get("version")) == (f"{GPX}gpx", "1.1")
    assert [child.tag for child in root] == [f"{GPX}metadata", f"{GPX}trk"]
    (track,) = root.findall(f"{GPX}trk")
    assert track.findtext(f"{GPX}name") == "<&>\ufffd"
    assert [len(segment) for segment in track.findall(f"{GPX}trkseg")] == [2, 2]
    for point in track.iter(f"{GPX}trkpt"):
        names = [child.tag.removeprefix(GPX) for child in point]
        assert names == [name for name in ORDER if name in names] and "time" in names
        assert -90 <= float(point.attrib["lat"]) <= 90 and -180 <= float(point.attrib["lon"]) <= 180
        assert point.findtext(f".//{GARMIN}speed") == "8.25"


def test_gpx_keeps_what_is_not_believed_on_a_track_of_its_own() -> None:
    text = _file(Gpx("A"), _records([0, 1]), second=_records([2], flags=[JUMP], speed=NAN))
    root = ElementTree.fromstring(text)  # noqa: S314 - our own
    tracks = root.findall(f"{GPX}trk")
    assert [track.findtext(f"{GPX}name") for track in tracks] == ["A", "A (not believed)"]
    assert [point.findtext(f"{GPX}cmt") for point in tracks[1].iter(f"{GPX}trkpt")] == ["jump"]
    assert ElementTree.fromstring(_file(Gpx("A"))).findall(f"{GPX}trk") == []  # noqa: S314 - our own


@pytest.mark.parametrize("kind", [Csv, Gpx])
def test_a_file_can_be_replayed(kind: type[Csv] | type[Gpx], tmp_path: Path) -> None:
    path = tmp_path / f"drive.{kind.ENDING}"
    path.write_text(_file(kind("MH-12"), _records([0, 1, 2])))
    (trace,) = read_traces(path)
    assert trace.plate_number == "MH-12"
    assert [fix.speed for fix in trace.fixes] == [8.25] * 3
    assert trace.fixes[1].latitude == pytest.approx(48.0001)
    assert trace.fixes[1].recorded_at - trace.fixes[0].recorded_at == SECOND
