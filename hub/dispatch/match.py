"""Many calls and many units at once: the assignment of least cost, where a call may also be left waiting. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np


def prepare() -> None:
    """Load scipy: a second of work. Matching does so the first time; who chooses nothing never does."""
    import scipy.optimize  # noqa: F401


def components(rows: Sequence[Mapping[int, float]]) -> list[list[int]]:
    """Return the rows in groups that have no unit in common: each can be solved, and explained, without the others."""
    leader = list(range(len(rows)))

    def find(row: int) -> int:
        while leader[row] != row:
            leader[row] = row = leader[leader[row]]
        return row

    first: dict[int, int] = {}  # row that named a unit first
    for row, costs in enumerate(rows):
        for unit in costs:
            leader[find(row)] = find(first.setdefault(unit, row))
    groups: dict[int, list[int]] = {}
    for row in range(len(rows)):
        groups.setdefault(find(row), []).append(row)
    return list(groups.values())


def match(rows: Sequence[Mapping[int, float]], leave_s: Sequence[float]) -> list[int | None]:
    """Return the unit of each row, none of them twice; None: it is cheaper to leave that row in the queue.

    A row has the cost of each unit that it may have. The sum is least: by the Jonker-Volgenant algorithm in
    `scipy.optimize.linear_sum_assignment` (Crouse 2016, "On implementing 2D rectangular assignment algorithms").
    """
    if len(rows) == 1:
        unit = min(rows[0], key=lambda each: (rows[0][each], each), default=None)
        return [None if unit is None or rows[0][unit] > leave_s[0] else unit]
    from scipy.optimize import linear_sum_assignment  # see `prepare`

    units = sorted({unit for costs in rows for unit in costs})
    column = {unit: number for number, unit in enumerate(units)}
    matrix = np.full((len(rows), len(units) + len(rows)), np.inf)
    for row, costs in enumerate(rows):
        for unit, cost in costs.items():
            matrix[row, column[unit]] = cost
        matrix[row, len(units) + row] = leave_s[row]
    _, chosen = linear_sum_assignment(matrix)
    return [units[number] if number < len(units) else None for number in chosen.tolist()]
