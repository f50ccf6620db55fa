"""How a hub process tells its supervisor that it is ready: all hubs of a machine share one port, so none can be asked.

A line on a pipe that the supervisor made for this process alone; the end of the pipe without one is a hub that failed.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable

EVERY_S = 0.1  # between two looks at what is not ready yet
READY = b"ready\n"


async def announce(ready: Callable[[], Awaitable[bool]], fd: int) -> None:
    """Wait until `ready` says so, then tell the supervisor on this descriptor and close it."""
    while not await ready():  # noqa: ASYNC110 - what it asks, like a database, sets no event
        await asyncio.sleep(EVERY_S)
    tell(fd)


def tell(fd: int) -> None:
    """Say that this process is ready; nothing happens when the supervisor does not listen any more."""
    try:
        os.write(fd, READY)
    except BrokenPipeError:
        pass
    finally:
        os.close(fd)
