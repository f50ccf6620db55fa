"""Map tiles: a plain grid of degrees, in steps of halved size, and the tiles that cover a box.

A tile is named by one integer, row * columns + column, counted from the south-west corner (-90, -180).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from hub.protocol.filter import Area

LEVELS = 17  # from 180 degrees a side down to 0.0027 (300 m)
TILES_MAX = 16  # what a box may need: more would make more frames, fewer would let more of the surroundings in


class Grid(NamedTuple):
    """The Earth in `rows` by `columns` tiles, `per_degree` to the degree."""

    rows: int
    columns: int
    per_degree: float

    def row(self, latitude: float) -> int:
        """Return the row of a latitude; the pole is in the northernmost."""
        return min(int((latitude + 90.0) * self.per_degree), self.rows - 1)

    def column(self, longitude: float) -> int:
        """Return the column of a longitude, where 180 degrees begin the one after the last."""
        return int((longitude + 180.0) * self.per_degree)

    def tile(self, latitude: float, longitude: float) -> int:
        """Return the tile of a place in degrees."""
        return self.row(latitude) * self.columns + self.column(longitude) % self.columns


@cache
def grid(level: int) -> Grid:
    """Return the grid of a level, 0 to LEVELS - 1: each halves the tiles of the one before."""
    return Grid(2**level, 2 ** (level + 1), 2**level / 180.0)


def cover(area: Area) -> tuple[int, frozenset[int]]:
    """Return the finest level whose tiles cover a box with TILES_MAX of them at most, and those tiles."""
    return next(
        (level, tiles) for level in reversed(range(LEVELS)) if len(tiles := _tiles(grid(level), area)) <= TILES_MAX
    )


def _tiles(of: Grid, area: Area) -> frozenset[int]:
    rows = range(of.row(area.south), of.row(area.north) + 1)
    west, east = of.column(area.west), of.column(area.east)
    if area.west > area.east:
        east += of.columns
    columns = range(west, min(east, west + of.columns - 1) + 1)
    if len(rows) * len(columns) > 4 * TILES_MAX:
        return frozenset(range(TILES_MAX + 1))  # too many to be worth naming
    return frozenset(row * of.columns + column % of.columns for row in rows for column in columns)
