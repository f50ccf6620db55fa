"""The benchmark of charts, small: its figures mean nothing then, but its checks do."""

from __future__ import annotations

import pytest

from bench import chart
from bench.__main__ import parse
from bench.hub import HubUnderTest

SMALL = ["--requests", "3", "--points", "50", "--readings", "3000", "--neighbours", "2", "--joints", "3"]


@pytest.mark.timeout(120)
def test_chart_opens_what_it_filled_in(hub: HubUnderTest) -> None:
    figures = chart.measure(hub, parse(["chart", *SMALL]))
    assert figures["filled_readings"] == 2 * 3_000 + 2 * 3_000 + 3_000
    assert figures["chart_points"] == figures["scattered_chart_points"] == 3 * 50
    assert figures["single_chart_points"] == 50
    assert 0 < figures["chart_min_ms"] <= figures["chart_p50_ms"] <= figures["chart_p99_ms"]
    assert figures["ratio"] > 0
    assert figures["csv_readings_per_s"] > 0
