"""How late the event loop runs what is due: the one number that tells of every kind of blocking."""

from __future__ import annotations

import asyncio

from hub.clock import Clock
from hub.metrics import Metrics

PERIOD_S = 0.1


async def observe(clock: Clock, metrics: Metrics) -> None:
    """Note ten times a second how much later than planned a timer fires; runs until cancelled."""
    while True:
        planned_s = clock.monotonic_s() + PERIOD_S
        await asyncio.sleep(PERIOD_S)
        metrics.loop_lag_seconds.observe(max(0.0, clock.monotonic_s() - planned_s))
