"""What the bus has counted, as metrics."""

from __future__ import annotations

import asyncio

from hub.bus.bus import Bus
from hub.metrics import Metrics

PERIOD_S = 1.0


async def observe(bus: Bus, metrics: Metrics) -> None:
    """Take over once a second what the bus has counted; runs until cancelled."""
    counters = (
        metrics.bus_sent,
        metrics.bus_heard,
        metrics.bus_dropped,
        metrics.bus_refused,
        metrics.bus_gaps,
        metrics.bus_reconnects,
        metrics.bus_busy_seconds,
    )
    last = (0.0,) * len(counters)
    while True:
        metrics.bus_deaf_seconds.set(bus.deaf_s)
        metrics.bus_peers.set(len(bus.peers()))
        counts = bus.sent, bus.heard, bus.dropped, bus.refused, bus.gaps, bus.reconnects, bus.busy_ns / 1e9
        for counter, count, former in zip(counters, counts, last, strict=True):
            counter.inc(count - former)
        last = counts
        await asyncio.sleep(PERIOD_S)
