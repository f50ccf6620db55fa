"""Cancelled is cancelled, also when a library has swallowed it.

`asyncio.wait_for`, under every write of redis-py, returns as if nothing were when what it waits for ends in the same
turn (until Python 3.12), and a TaskGroup with an error of its own forgets that it was cancelled (until 3.13).
"""

from __future__ import annotations

import asyncio


def is_ending() -> bool:
    """Tell whether the running task was cancelled, whatever became of that."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def end_if_cancelled() -> None:
    """Raise CancelledError if the running task was cancelled."""
    if is_ending():
        raise asyncio.CancelledError
