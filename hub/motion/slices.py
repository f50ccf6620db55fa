"""A log as it is stored, cut into slices to be counted one after the other: by the same rules, and without a hole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from storage.motion import Frames


class Slice(NamedTuple):
    """Samples of one log that follow each other."""

    seq: int  # of the first one
    received_at: int  # µs since 1970; what was to be reached then holds for all of it
    at_us: NDArray[np.int64]  # (samples,) by the clock of the device
    angles: NDArray[np.float32]  # (joints, samples) degrees


def slices(block: Frames, joints: int, changes: Sequence[int], readings_max: int) -> Iterator[Slice]:
    """Yield the samples of a block in their order, at most so many readings at a time, all joints together.

    `changes` are the times (received, µs since 1970) at which something is to be reached that was not before.
    """
    samples = block.values // joints
    frame = np.repeat(np.arange(len(samples)), samples)
    within = np.arange(len(frame)) - np.repeat(np.cumsum(samples) - samples, samples)
    seq = block.seq[frame] + within
    at = block.started_at[frame] + within * block.interval_us[frame]
    stated = (block.offsets > 0)[frame]
    at[stated] = block.started_at[frame[stated]] + block.offset_us
    first = (np.cumsum(block.values) - block.values)[frame]
    angles = block.angle[first + np.arange(joints)[:, None] * samples[frame] + within]
    since = np.searchsorted(np.array(changes, np.int64), block.received_at, side="right")[frame]
    breaks = np.flatnonzero((np.diff(seq) != 1) | (np.diff(since) != 0)) + 1
    longest = max(readings_max // joints, 1)
    edges = [0, *breaks.tolist(), len(frame)]
    for begin, end in pairwise(edges):
        for start in range(begin, end, longest):
            part = slice(start, min(start + longest, end))
            yield Slice(int(seq[start]), int(block.received_at[frame[start]]), at[part], angles[:, part])
