"""Keeps one cause from filling the log: said once, then counted, then said again with the count. Pure."""

from __future__ import annotations

from collections.abc import Hashable

EVERY_S = 10.0
CAUSES_MAX = 1_000


class Repeats:
    """What was said when, by cause; the causes are few, as each is a name of ours."""

    def __init__(self, *, every_s: float = EVERY_S) -> None:
        self._every_s = every_s
        self._said: dict[Hashable, tuple[float, int]] = {}  # cause → when it was said (s), how often it came since

    def since(self, cause: Hashable, now_s: float) -> int | None:
        """Return how often a cause came without being said since the last time, None when it is not to be said now."""
        said_s, unsaid = self._said.get(cause, (float("-inf"), 0))
        if now_s - said_s < self._every_s:
            self._said[cause] = (said_s, unsaid + 1)
            return None
        if len(self._said) >= CAUSES_MAX:
            self._said.clear()
        self._said[cause] = (now_s, 0)
        return unsaid
