"""From a viewer's filter to a partition of the fleet and the cells in it that the viewer sees.

A filter is the cross product of its values: the ambulances in these tiles that have one of these statuses and one of
these ids. A cell's name is one value, or a tuple of values where there are several conditions.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod

from hub.errors import InvalidValue
from hub.live.area import cover, grid
from hub.live.partition import Cell, CellOf, Cut, Tables, Whole
from hub.live.view import FIXES, UNITS
from hub.protocol.filter import Filter
from hub.protocol.limits import FILTER_CELLS_MAX

LATITUDE, LONGITUDE = 1, 2  # places in a row of fixes
STATUS = 3  # place in a row of units


@dataclass(frozen=True, slots=True)
class FleetCut:
    """Which conditions tell cells apart."""

    level: int | None = None  # the grid of tiles, where the place does
    status: bool = False
    ids: bool = False

    def cell_of(self, tables: Tables) -> CellOf:
        """Return the function that finds an ambulance's cell; one without a position is in no tile."""
        each: list[CellOf] = []
        if self.level is not None:
            each.append(_by_tile(tables, self.level))
        if self.status:
            each.append(_by_status(tables))
        if self.ids:
            each.append(_by_id(tables))
        return each[0] if len(each) == 1 else _by_all(each)


def chosen(wanted: Filter | None) -> tuple[Cut, frozenset[Cell]]:
    """Return the cut and the cells of a filter; raises `InvalidValue` for more than FILTER_CELLS_MAX of them."""
    if wanted is None:
        return Whole(), frozenset({()})
    level, values = None, list[tuple[Cell, ...]]()
    if wanted.area is not None:
        level, tiles = cover(wanted.area)
        values.append(tuple(tiles))
    if wanted.status is not None:
        values.append(wanted.status)
    if wanted.ids is not None:
        values.append(wanted.ids)
    if prod(map(len, values)) > FILTER_CELLS_MAX:
        raise InvalidValue("the filter has too many combinations", field="filter")
    cells = values[0] if len(values) == 1 else tuple(product(*values))
    return FleetCut(level, wanted.status is not None, wanted.ids is not None), frozenset(cells)


def _by_tile(tables: Tables, level: int) -> CellOf:
    fixes = tables[FIXES]
    tile = grid(level).tile

    def cell_of(key: int) -> Cell | None:
        fix = fixes.get(key)
        return None if fix is None else tile(fix.row[LATITUDE], fix.row[LONGITUDE])  # type: ignore[arg-type] # as built

    return cell_of


def _by_status(tables: Tables) -> CellOf:
    units = tables[UNITS]

    def cell_of(key: int) -> Cell | None:
        unit = units.get(key)
        return None if unit is None else unit.row[STATUS]

    return cell_of


def _by_id(tables: Tables) -> CellOf:
    units = tables[UNITS]
    return lambda key: key if key in units else None


def _by_all(each: list[CellOf]) -> CellOf:
    def cell_of(key: int) -> Cell | None:
        cell = tuple(one(key) for one in each)
        return None if None in cell else cell

    return cell_of
