"""One real hub for the benchmarks that the tests run for a moment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench import chart, connections, fanout, live, motion, offers
from bench.hub import HubUnderTest, hub_under_test

SHORT_HEARTBEAT = {"AROGYA_INGEST__HEARTBEAT_S": "1"}  # so that everybody is pinged soon


@pytest.fixture(scope="module")
def hub() -> Iterator[HubUnderTest]:
    """A hub with a database of its own, and the limits that the benchmarks ask for."""
    settings = {
        **live.SETTINGS,
        **fanout.SETTINGS,
        **connections.SETTINGS,
        **offers.SETTINGS,
        **motion.SETTINGS,
        **chart.SETTINGS,
        **SHORT_HEARTBEAT,
    }
    with hub_under_test(None, None, settings) as running:
        yield running
