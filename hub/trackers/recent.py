"""The fixes that a tracker sent last, by what they say: it repeats the head of its queue until it is answered. Pure.

Times are in whole seconds in some apps, so a fix is known by its time and place together, and by whether it calls for
help.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

REMEMBERED: Final = 512  # more than apps post at once

Content = tuple[int, float, float, bool]  # recorded_at in µs, latitude, longitude, whether it calls for help


class Recent:
    """What the newest fixes said."""

    __slots__ = ("_known", "_order", "_size")

    def __init__(self, oldest_first: Iterable[Content] = (), size: int = REMEMBERED) -> None:
        self._size = size
        self._order: deque[int] = deque()  # hashes: a tenth of what the contents would take, and as good at 64 bits
        self._known: set[int] = set()
        for content in oldest_first:
            self.add(content)

    def __contains__(self, content: Content) -> bool:
        return hash(content) in self._known

    def add(self, content: Content) -> None:
        """Remember a fix that is stored, and forget the oldest where there are too many."""
        digest = hash(content)
        if digest in self._known:
            return
        self._known.add(digest)
        self._order.append(digest)
        if len(self._order) > self._size:
            self._known.discard(self._order.popleft())
