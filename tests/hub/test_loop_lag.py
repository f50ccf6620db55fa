"""A blocked event loop shows in the metrics."""

from __future__ import annotations

import asyncio
import time

from hub.clock import Clock
from hub.loop_lag import PERIOD_S, observe
from hub.metrics import Metrics
from tests.faults.rig.checker import wait_until


async def test_a_loop_that_was_blocked_is_observed_as_late() -> None:
    metrics = Metrics()

    def count(most_s: str) -> float:
        found = metrics.registry.get_sample_value("hub_loop_lag_seconds_bucket", {"le": most_s})
        return found or 0.0

    async with asyncio.TaskGroup() as tasks:
        observing = tasks.create_task(observe(Clock(), metrics))
        await asyncio.sleep(0)
        time.sleep(PERIOD_S + 0.3)  # noqa: ASYNC251  (the fault itself)
        await wait_until(lambda: count("+Inf") >= 2, 5, "two observations")
        observing.cancel()
    assert count("+Inf") - count("0.25") >= 1
