"""Staying connected: one attempt after the other, with the pauses that the endings ask for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from random import Random

from arogya.client.backoff import Backoff, Ending
from arogya.client.counters import Counters

logger = logging.getLogger(__name__)


async def stay_connected(attempt: Callable[[], Awaitable[Ending]], backoff: Backoff, counters: Counters) -> None:
    """Connect again and again until cancelled; `counters.connects` tells whether the hub said welcome meanwhile."""
    rng = Random()  # noqa: S311 - spreads clients over time, keeps no secret
    while True:
        connects = counters.connects
        ending = await attempt()
        if counters.connects > connects:
            backoff.succeeded()
        delay_s = backoff.delay_s(ending, rng)
        logger.info("connection ended (%s); next attempt in %.1f s", ending, delay_s)
        await asyncio.sleep(delay_s)
