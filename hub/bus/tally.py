"""Finding what was missed on one channel, by the numbers that its messages carry. Pure."""

from __future__ import annotations

from enum import Enum

Life = tuple[str, bytes]  # node and epoch: two processes of one name are told apart


class Verdict(Enum):
    """How a message follows those before it."""

    NEXT = "next"  # nothing is missing
    GAP = "gap"  # something before it is missing
    FIRST = "first"  # of a life that was not heard on this channel yet
    REPEATED = "repeated"  # was heard before


class Tally:
    """The last number of each sender on one channel."""

    def __init__(self) -> None:
        self._last: dict[Life, int] = {}

    def message(self, life: Life, seq: int) -> Verdict:
        """Note a message, which has a number of its own."""
        last = self._last.get(life)
        if last is not None and seq <= last:
            return Verdict.REPEATED
        self._last[life] = seq
        if last is None:
            return Verdict.FIRST
        return Verdict.NEXT if seq == last + 1 else Verdict.GAP

    def beat(self, life: Life, seq: int) -> Verdict:
        """Note a beat, which carries the number of the last message."""
        last = self._last.get(life)
        if last is not None and seq <= last:
            return Verdict.NEXT if seq == last else Verdict.REPEATED
        self._last[life] = seq
        return Verdict.FIRST if last is None else Verdict.GAP

    def forget(self, life: Life) -> None:
        """Drop a sender that is gone."""
        self._last.pop(life, None)
