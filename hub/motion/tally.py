"""The counters of one log that is counted alone: a few joints one by one, many in columns, as it takes less time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from hub.motion.bank import Bank
from hub.motion.repetitions import Counter, Repetition
from hub.motion.rules import Rules
from hub.motion.slices import Slice

# Measured: 1.5 µs a reading one by one; in columns 10 µs for one joint, 3.1 for five, 0.5 for 32.
FEW: Final = 7  # joints


class OneByOne:
    """A counter a joint."""

    READINGS: Final = 2_000  # of a slice: some 3 ms

    def __init__(self, rules: Sequence[Rules]) -> None:
        self._counters = [Counter(each) for each in rules]

    def set_rules(self, rules: Sequence[Rules]) -> None:
        """Go on by other rules."""
        for counter, each in zip(self._counters, rules, strict=True):
            counter.set_rules(each)

    def take(self, piece: Slice) -> Iterator[tuple[int, Repetition]]:
        """Yield the repetitions that a slice completes, with the place of their joint."""
        times = piece.at_us.tolist()
        for joint, counter in enumerate(self._counters):
            for seq, (at, angle) in enumerate(zip(times, piece.angles[joint].tolist(), strict=True), piece.seq):
                found = counter.step(seq, at, angle)
                if found is not None:
                    yield joint, found


class Together:
    """All joints in columns."""

    READINGS: Final = 5_000  # of a slice: some 3 ms

    def __init__(self, rules: Sequence[Rules]) -> None:
        self._bank = Bank()
        self._slots = self._bank.take(rules)

    def set_rules(self, rules: Sequence[Rules]) -> None:
        """Go on by other rules."""
        self._bank.set_rules(self._slots, rules)

    def take(self, piece: Slice) -> Iterator[tuple[int, Repetition]]:
        """Yield the repetitions that a slice completes, with the place of their joint."""
        first = np.array([piece.seq], np.int64)
        for found in self._bank.count(self._slots[None], first, piece.at_us[None], piece.angles[None]):
            yield found.joint, found.repetition


def tally(rules: Sequence[Rules]) -> OneByOne | Together:
    """Return fresh counters for joints with these rules."""
    return OneByOne(rules) if len(rules) <= FEW else Together(rules)
