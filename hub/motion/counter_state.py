"""All that the counters of a stream know, as bytes: kept with its frames, so that another hub goes on from there."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from operator import attrgetter
from struct import Struct
from typing import Final

from hub.motion.repetitions import Counter

_FLOATS: Final = (
    *("direction", "delta", "reach", "x1", "x2", "y", "travelled"),
    *("turn", "floor", "start_travelled", "fastest", "peak"),
)
_INTS: Final = ("number", "valid", "started", "out", "last_at", "start_at", "start_seq", "peak_at", "hold_us")
_VERSION: Final = b"\x01"  # another one for other numbers: what an older hub kept is counted again then
_STATE: Final = Struct(f"<{len(_FLOATS)}d{len(_INTS)}q")
_TYPES: Final = {"direction": int, "started": bool, "out": bool}  # of what is none of a float and an int, or not here

_numbers = attrgetter(*_FLOATS, *_INTS)


def save(counters: Sequence[Counter]) -> bytes:
    """Return all that these counters know, rules too."""
    return _VERSION + b"".join([_STATE.pack(*_numbers(counter)) for counter in counters])


def load(counters: Sequence[Counter], state: bytes) -> None:
    """Let counters take over what was saved of as many; raises ValueError for anything else."""
    if state[:1] != _VERSION or len(state) != 1 + len(counters) * _STATE.size:
        raise ValueError(f"these {len(state)} bytes are not the state of {len(counters)} counters")
    kept = [*_STATE.iter_unpack(state[1:])]
    if not all(numbers[0] in (-1, 1) and isfinite(numbers[1] + sum(numbers[3:])) for numbers in kept):
        raise ValueError(f"damaged: these numbers are not the state of {len(counters)} counters")
    for counter, numbers in zip(counters, kept, strict=True):
        for name, number in zip((*_FLOATS, *_INTS), numbers, strict=True):
            setattr(counter, name, _TYPES[name](number) if name in _TYPES else number)
