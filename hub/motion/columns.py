"""Many counters side by side: an array for each number of a `Counter`, an element for each counter."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from hub.motion.repetitions import Counter
from hub.motion.rules import Rules

Slots = NDArray[np.intp]

FLOATS: Final = (
    *("direction", "delta", "reach", "x1", "x2", "y", "travelled"),
    *("turn", "floor", "start_travelled", "fastest", "peak"),
)
INTS: Final = ("number", "valid", "started", "out", "last_at", "start_at", "start_seq", "peak_at", "hold_us")


class Columns:
    """The attributes of `Counter`, as columns; see there."""

    direction: NDArray[np.float64]
    delta: NDArray[np.float64]
    reach: NDArray[np.float64]
    x1: NDArray[np.float64]
    x2: NDArray[np.float64]
    y: NDArray[np.float64]
    travelled: NDArray[np.float64]
    turn: NDArray[np.float64]
    floor: NDArray[np.float64]
    start_travelled: NDArray[np.float64]
    fastest: NDArray[np.float64]
    peak: NDArray[np.float64]
    number: NDArray[np.int64]
    valid: NDArray[np.int64]
    started: NDArray[np.int64]  # 0 | 1
    out: NDArray[np.int64]  # 0 | 1
    last_at: NDArray[np.int64]
    start_at: NDArray[np.int64]
    start_seq: NDArray[np.int64]
    peak_at: NDArray[np.int64]
    hold_us: NDArray[np.int64]

    def __init__(self, floats: NDArray[np.float64], ints: NDArray[np.int64]) -> None:
        self.floats = floats  # (FLOATS, counters); the columns are its rows
        self.ints = ints  # (INTS, counters)
        for name, row in zip(FLOATS, floats, strict=True):
            setattr(self, name, row)
        for name, row in zip(INTS, ints, strict=True):
            setattr(self, name, row)

    @classmethod
    def empty(cls, counters: int) -> Columns:
        """Return columns of zeros."""
        return cls(np.zeros((len(FLOATS), counters)), np.zeros((len(INTS), counters), dtype=np.int64))

    def __len__(self) -> int:
        return len(self.y)

    def pick(self, slots: Slots) -> Columns:
        """Return a copy of some."""
        return Columns(self.floats.take(slots, axis=1), self.ints.take(slots, axis=1))

    def put(self, slots: Slots, picked: Columns) -> None:
        """Write back what was picked, in the same order."""
        self.floats[:, slots] = picked.floats
        self.ints[:, slots] = picked.ints

    def counter(self, slot: int) -> Counter:
        """Return one as a counter of its own."""
        counter = Counter(Rules())
        for name, value in zip(FLOATS, self.floats[:, slot].tolist(), strict=True):
            setattr(counter, name, value)
        for name, value in zip(INTS, self.ints[:, slot].tolist(), strict=True):
            setattr(counter, name, value)
        counter.direction, counter.started, counter.out = (
            int(counter.direction),
            bool(counter.started),
            bool(counter.out),
        )
        return counter

    def set_counter(self, slot: int, counter: Counter) -> None:
        """Write one back."""
        self.floats[:, slot] = [getattr(counter, name) for name in FLOATS]
        self.ints[:, slot] = [getattr(counter, name) for name in INTS]
