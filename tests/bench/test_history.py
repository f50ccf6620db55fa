"""The benchmark of histories, small: its figures mean nothing then, but its checks do."""

from __future__ import annotations

import pytest

from bench import history
from bench.__main__ import parse
from bench.hub import HubUnderTest

SMALL = [
    "--requests",
    "3",
    "--points",
    "50",
    "--day",
    "1500",
    "--neighbours",
    "2",
    "--ambulances",
    "3",
    "--every",
    "60",
]


@pytest.mark.timeout(120)
def test_history_reads_what_it_filled_in(hub: HubUnderTest) -> None:
    figures = history.measure(hub, parse(["history", *SMALL]))
    assert figures["filled_rows"] == 4 * 1_500 + 3 * 360
    assert figures["track_points"] == figures["scattered_track_points"] == 50
    assert 0 < figures["track_min_ms"] <= figures["track_p50_ms"] <= figures["track_p99_ms"]
    assert figures["ratio"] > 0
    assert figures["playback_points"] == 3 * 360
    assert figures["playback_packed_bytes"] < figures["playback_bytes"]
