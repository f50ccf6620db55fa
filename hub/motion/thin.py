"""Fewer points of a signal, with its extremes: of each stretch of readings the lowest and the highest one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def min_max(angle: NDArray[np.float32], points_max: int) -> NDArray[np.int64]:
    """Return the places of at most `points_max` (4 or more) readings, ascending: the ends, and extremes between them.

    The readings between the ends are cut into stretches of equal length, so that no peak is lost wherever it is:
    what an M4 chart of that width shows (Jugel et al. 2014, "M4").
    """
    count = len(angle)
    if count <= points_max:
        return np.arange(count)
    inner = angle[1:-1]
    stretches = (points_max - 2) // 2
    edges = np.linspace(0, len(inner), stretches + 1).astype(np.int64)
    longest = int(np.diff(edges).max())
    # Stretches differ in length by one at most: a shorter one sees its own last reading twice.
    places = edges[:-1, None] + np.arange(longest)
    places = np.minimum(places, edges[1:, None] - 1)
    window = inner[places]
    rows = np.arange(stretches)
    lowest, highest = places[rows, window.argmin(axis=1)], places[rows, window.argmax(axis=1)]
    return np.unique(np.concatenate(([0], lowest + 1, highest + 1, [count - 1])))
