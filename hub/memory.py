"""Gives memory back to the system when a crowd of connections has left."""

from __future__ import annotations

import asyncio
import ctypes
import gc
from collections.abc import Callable

LOOK_S = 5.0
CROWD = 500  # connections that left since the last time; fewer are not worth a full round of the collector
_C_LIBRARY = ctypes.CDLL(None)


async def tidy(connections: Callable[[], int]) -> None:
    """Look every few seconds how many connections there are, and tidy up after a crowd; runs until cancelled.

    A connection leaves some fifty objects that refer to each other, which wait for a collector that seldom looks, and
    free pages that glibc keeps between those in use. A thousand viewers that came and went left 4 of 20 MiB that way;
    most of the rest are pages that Python's allocator keeps for the next crowd.
    """
    most, leaving = connections(), False  # leaving: it did at the last look, and its rest may follow
    while True:
        await asyncio.sleep(LOOK_S)
        now = connections()
        most = max(most, now)
        leaving = most - now >= CROWD or (leaving and most > now)
        if leaving:
            most = now
            gc.collect()
            give_back()


def give_back() -> None:
    """Return free pages to the system, where the C library can (glibc)."""
    trim = getattr(_C_LIBRARY, "malloc_trim", None)
    if trim is not None:
        trim(0)
