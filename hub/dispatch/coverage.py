"""How well the free units cover the demand, and what is lost while one of them is away. Pure.

MEXCLP (Daskin 1983, "A maximum expected covering location model"): each unit is busy with probability q, so the k-th
unit that reaches a cell in time adds w·(1 - q)·q^(k-1) to what is covered of its demand w. What the removal of a unit
costs is the last such term of each cell that it reaches (Jagtenberg, Bhulai, van der Mei 2015, "An efficient heuristic
for real-time ambulance redeployment"; 2017, "Dynamic ambulance dispatching: is the closest-idle policy always
optimal?").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, floor, radians

import numpy as np
from numpy.typing import NDArray

from hub.dispatch.geo import METRES_PER_DEGREE
from hub.dispatch.unit import Place

Reach = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Demand:
    """Cells of about 1 km, and how many calls come from each in an hour."""

    cells: tuple[Place, ...]  # their middles
    per_h: NDArray[np.float64]


def demand_of(calls: Iterable[Place], hours: float, cell_m: float = 1_000.0) -> Demand:
    """Return the demand that so many hours of calls show; raises ValueError for no hours."""
    if hours <= 0:
        raise ValueError("there is no rate without time")
    counted: Counter[tuple[int, int]] = Counter()
    step = cell_m / METRES_PER_DEGREE
    for place in calls:
        row = floor(place.latitude / step)
        counted[row, floor(place.longitude / _step_east(row, step))] += 1
    cells = tuple(Place((row + 0.5) * step, (column + 0.5) * _step_east(row, step)) for row, column in sorted(counted))
    return Demand(cells, np.array([counted[key] for key in sorted(counted)], float) / hours)


def _step_east(row: int, step: float) -> float:
    """Return the width of a cell in degrees: that of the parallel in the middle of its row."""
    return step / max(0.01, cos(radians((row + 0.5) * step)))


def reach_of(places: Sequence[Place], cells: Sequence[Place], radius_m: float) -> Reach:
    """Say for each place (row) and cell (column) whether they lie within a radius; on a plane, good for a region."""
    if not len(places) or not len(cells):
        return np.zeros((len(places), len(cells)), bool)
    origin = np.array(cells[0], float)  # a region may lie across the antimeridian
    scale = np.array([1.0, cos(radians(cells[len(cells) // 2].latitude))]) * METRES_PER_DEGREE
    start, end = (
        (((np.array(each, float) - origin + 180.0) % 360.0 - 180.0) * scale).astype(np.float32)
        for each in (places, cells)
    )
    north = start[:, 0, None] - end[None, :, 0]
    east = start[:, 1, None] - end[None, :, 1]
    north *= north
    east *= east
    north += east
    found: Reach = north <= np.float32(radius_m * radius_m)
    return found


class Coverage:
    """What the free units cover: how often each cell is reached, and the worth of the last unit that does."""

    def __init__(self, per_h: NDArray[np.float64], reach: Mapping[int, NDArray[np.bool_]], busy_share: float) -> None:
        """Take the demand of each cell, the cells that each free unit reaches in time, and q."""
        self.per_h = per_h
        self._row = {unit: row for row, unit in enumerate(reach)}
        self._reach = np.array(list(reach.values()), bool).reshape(len(reach), len(per_h))
        self.count = self._reach.sum(axis=0)  # units that reach each cell
        self.busy_share = busy_share
        last = per_h * _nth(self.count, busy_share)
        self._losses = self._reach.astype(np.float32) @ last.astype(np.float32)

    @classmethod
    def of(cls, demand: Demand, free: Mapping[int, Place], radius_m: float, busy_share: float) -> Coverage:
        """Return the coverage by free units at these places, each of which reaches as far as `radius_m`."""
        reach = reach_of(list(free.values()), demand.cells, radius_m)
        return cls(demand.per_h, dict(zip(free, reach, strict=True)), busy_share)

    def loss(self, unit_id: int) -> float:
        """Return the calls an hour that would come late without a unit; 0 for one that is not free."""
        row = self._row.get(unit_id)
        return 0.0 if row is None else float(self._losses[row])

    def losses(self, unit_ids: Iterable[int]) -> NDArray[np.float64]:
        """Return the same for many."""
        rows = np.array([self._row.get(int(unit), -1) for unit in unit_ids], np.int64)
        return np.append(self._losses, np.float32(0.0))[rows].astype(float)

    def gains(self, reach: Reach, *, without: int | None = None) -> NDArray[np.float64]:
        """Return what one more unit would add that reaches the cells of a row; `without`: the unit that would move."""
        count = self.count
        if without in self._row:
            count = count - self._reach[self._row[without]]
        gains: NDArray[np.float64] = reach @ (self.per_h * _nth(count + 1, self.busy_share))
        return gains

    def total(self) -> float:
        """Return the calls an hour that are reached in time, as expected."""
        return float((self.per_h * (1.0 - self.busy_share**self.count)).sum())


def _nth(count: NDArray[np.int64], busy_share: float) -> NDArray[np.float64]:
    """Return what the last of `count` units adds: (1 - q)·q^(count - 1); nothing where there is none."""
    worth: NDArray[np.float64] = np.where(
        count > 0, (1.0 - busy_share) * busy_share ** np.maximum(count - 1, 0).astype(float), 0.0
    )
    return worth


NOTHING = Coverage(np.zeros(0), {}, 0.0)  # no demand is known: every unit is worth the same
