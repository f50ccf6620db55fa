"""Reading recorded traces."""

from __future__ import annotations

from math import isnan
from pathlib import Path

import pytest

from arogya.replay.traces import TraceError, common_clocks, read_traces

RECORDINGS = Path(__file__).parents[4] / "shared" / "data" / "gps"
SECOND = 1_000_000

GPX = """<?xml version="1.0"?>
<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1" xmlns:x="http://example.org/x">
  <metadata><name>not this</name><time>2020-01-01T00:00:00Z</time></metadata>
  <trk><name>MH-12-1</name><trkseg>
    <trkpt lat="18.5" lon="73.8"><ele>560.5</ele><time>2026-01-01T10:00:00Z</time>
      <extensions><x:speed>7.5</x:speed><x:course>360</x:course></extensions></trkpt>
    <trkpt lat="18.6" lon="73.9"><time>2026-01-01T10:00:01.250Z</time></trkpt>
  </trkseg></trk>
</gpx>"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_csv_keeps_every_row_in_its_order_also_equal_ones(tmp_path: Path) -> None:
    rows = "a,2026-01-01T00:00:02Z,1.5,2.5,,\n" + "a,2026-01-01T00:00:01Z,1.5,2.5,3.0,90\n" * 2
    path = write(tmp_path / "t.csv", "vehicle_id,t_utc,lat,lon,speed_mps,bearing_deg\n" + rows)
    (trace,) = read_traces(path)
    assert trace.plate_number == "a"
    assert [fix.recorded_at // SECOND % 60 for fix in trace.fixes] == [2, 1, 1]
    assert isnan(trace.fixes[0].speed)
    assert (trace.fixes[1].speed, trace.fixes[1].heading) == (3.0, 90.0)
    assert (trace.began_at, trace.ended_at) == (trace.fixes[1].recorded_at, trace.fixes[0].recorded_at)


def test_a_csv_of_several_vehicles_is_several_traces(tmp_path: Path) -> None:
    path = write(
        tmp_path / "t.csv",
        "vehicle_id,trip_id,t_utc,lat,lon,bearing_deg\nb,1,2026-01-01T00:00:00Z,1,2,\na,2,2026-01-01T00:00:00Z,1,2,5\n",
    )
    assert [trace.plate_number for trace in read_traces(path)] == ["b", "a"]


def test_a_time_with_an_offset_and_fractions_is_exact(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "t_utc,lat,lon\n2026-01-01T05:30:00.123456+05:30,1,2\n")
    (trace,) = read_traces(path)
    assert trace.plate_number == "t"
    assert trace.fixes[0].recorded_at == 1_767_225_600_123_456


def test_gpx_points_come_with_what_their_recorder_added(tmp_path: Path) -> None:
    (trace,) = read_traces(write(tmp_path / "t.gpx", GPX))
    first, second = trace.fixes
    assert trace.plate_number == "MH-12-1"
    assert (first.latitude, first.longitude, first.altitude, first.speed, first.heading) == (18.5, 73.8, 560.5, 7.5, 0)
    assert second.recorded_at - first.recorded_at == 1_250_000
    assert isnan(second.speed)


@pytest.mark.parametrize(
    ("name", "text", "mistake"),
    [
        ("t.csv", "lat,lon\n1,2\n", "no column for time"),
        ("t.csv", "t_utc,lat,lon\n", "no fixes"),
        ("t.csv", "t_utc,lat,lon\n2026-01-01T00:00:00Z,x,2\n", "line 2: could not convert"),
        ("t.csv", "t_utc,lat,lon\n2026-01-01T00:00:00,1,2\n", "line 2: .* time zone"),
        ("t.gpx", "<gpx><trk>", "not well-formed"),
        ("t.gpx", "<gpx/>", "no track points"),
        ("t.gpx", '<gpx><trk><trkpt lat="1" lon="2"/></trk></gpx>', "has no time"),
        ("t.gpx", '<gpx><trk><trkpt lat="1"/></trk></gpx>', "no lat or lon"),
        ("t.gpx", '<!DOCTYPE g [<!ENTITY a "b">]><gpx>&a;</gpx>', "entities"),
    ],
)
def test_a_file_that_can_not_be_replayed_says_where_and_why(tmp_path: Path, name: str, text: str, mistake: str) -> None:
    with pytest.raises(TraceError, match=mistake):
        read_traces(write(tmp_path / name, text))


def test_a_missing_file_is_a_trace_error(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="No such file"):
        read_traces(tmp_path / "none.csv")


@pytest.mark.skipif(not RECORDINGS.exists(), reason="the recordings are not on this machine")
def test_the_real_recordings_are_read_whole_and_buses_share_their_clock() -> None:
    paths = sorted(RECORDINGS.glob("*.csv"))
    traces = [trace for path in paths for trace in read_traces(path)]
    assert {trace.plate_number: len(trace.fixes) for trace in traces} == {
        "dresden-1": 817,
        "munich-x0001": 1_194,
        "bus-4716": 136,
        "bus-4720": 278,
        "bus-4733": 245,
        "bus-4842": 235,
    }
    begins = common_clocks(traces, [trace.began_at for trace in traces])
    first_bus = min(trace.began_at for trace in traces if trace.plate_number.startswith("bus"))
    for trace, begin in zip(traces, begins, strict=True):
        assert begin == (first_bus if trace.plate_number.startswith("bus") else trace.began_at)


def test_a_replay_taken_up_again_begins_at_the_first_fix_still_to_come(tmp_path: Path) -> None:
    rows = "".join(f"{vehicle},2026-01-01T00:00:{second:02}Z,1,2\n" for second in range(30) for vehicle in "ab")
    traces = read_traces(write(tmp_path / "t.csv", "vehicle_id,t_utc,lat,lon\n" + rows))
    next_at = [traces[0].began_at + 20 * SECOND, traces[1].began_at + 25 * SECOND]
    assert common_clocks(traces, next_at) == [traces[0].began_at + 20 * SECOND] * 2


@pytest.mark.parametrize("name", ["\x1b]0;owned\x07", "a\tb", "x" * 101])
def test_a_vehicle_whose_name_would_break_a_terminal_is_refused(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "t.csv", f"vehicle_id,t_utc,lat,lon\n{name},2026-01-01T00:00:00Z,1,2\n")
    with pytest.raises(TraceError, match="line 2: a vehicle's name has at most 100 printable characters"):
        read_traces(path)
