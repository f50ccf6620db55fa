"""What the queue of the audit log has counted, as metrics."""

from __future__ import annotations

import asyncio

from hub.metrics import Metrics
from storage.audit_queue import AuditQueue

PERIOD_S = 1.0


async def observe(queue: AuditQueue, metrics: Metrics) -> None:
    """Take over once a second what the queue has counted; runs until cancelled."""
    counters = metrics.audit_written, metrics.audit_refused, metrics.audit_failures
    last = (0,) * len(counters)
    while True:
        metrics.audit_waiting.set(len(queue))
        counts = queue.written, queue.refused, queue.failures
        for counter, count, former in zip(counters, counts, last, strict=True):
            counter.inc(count - former)
        last = counts
        await asyncio.sleep(PERIOD_S)
