"""How a hub process tells its supervisor why it ended."""

from __future__ import annotations

STOPPED = 0  # asked to stop, or to make room for its successor
FAILED = 1  # the database was away when it started
DRAINED = 80  # asked to leave the system, and not to come back
