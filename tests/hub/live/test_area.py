"""Tiles: every place is in one, and those of a box cover it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.live.area import LEVELS, TILES_MAX, cover, grid
from hub.protocol.filter import Area

LATITUDES = st.floats(-90.0, 90.0)
LONGITUDES = st.floats(-180.0, 180.0)


@st.composite
def areas(draw: st.DrawFn) -> Area:
    """Any box."""
    south, north = sorted(draw(st.tuples(LATITUDES, LATITUDES).filter(lambda pair: pair[0] != pair[1])))
    return Area(south, draw(LONGITUDES), north, draw(LONGITUDES))


def _inside(area: Area, latitude: float, longitude: float) -> bool:
    if area.west <= area.east:
        return area.south <= latitude <= area.north and area.west <= longitude <= area.east
    return area.south <= latitude <= area.north and (longitude >= area.west or longitude <= area.east)


@given(st.integers(0, LEVELS - 1), LATITUDES, LONGITUDES)
def test_every_place_is_in_a_tile_of_the_grid(level: int, latitude: float, longitude: float) -> None:
    assert 0 <= grid(level).tile(latitude, longitude) < grid(level).rows * grid(level).columns


@given(areas(), LATITUDES, LONGITUDES)
def test_what_is_inside_a_box_is_in_one_of_its_tiles(area: Area, latitude: float, longitude: float) -> None:
    level, tiles = cover(area)
    assert 1 <= len(tiles) <= TILES_MAX
    if _inside(area, latitude, longitude):
        assert grid(level).tile(latitude, longitude) in tiles
    for corner in ((area.south, area.west), (area.south, area.east), (area.north, area.west), (area.north, area.east)):
        assert grid(level).tile(*corner) in tiles


@pytest.mark.parametrize(
    ("area", "tiles"),
    [
        (Area(-90.0, -180.0, 90.0, 180.0), 8),
        (Area(48.0, 11.0, 48.3, 11.8), 12),
        (Area(-5.0, 175.0, 5.0, -175.0), 16),
        (Area(48.0, 11.0, 48.00001, 11.00001), 1),
        (Area(89.0, 0.0, 90.0, 0.1), None),
        (Area(0.0, 180.0, 1.0, -180.0), None),
        (Area(0.0, 180.0, 1.0, 180.0), None),
    ],
)
def test_a_box_needs_few_tiles_whatever_its_size(area: Area, tiles: int | None) -> None:
    level, covering = cover(area)
    assert len(covering) == tiles or (tiles is None and 1 <= len(covering) <= TILES_MAX)
    if level < LEVELS - 1:
        finer = grid(level + 1)
        rows = finer.row(area.north) - finer.row(area.south) + 1
        east = finer.column(area.east) + (finer.columns if area.west > area.east else 0)
        assert rows * min(finer.columns, east - finer.column(area.west) + 1) > TILES_MAX


def test_a_box_across_the_antimeridian_has_both_sides_and_not_the_rest() -> None:
    level, tiles = cover(Area(-5.0, 175.0, 5.0, -175.0))
    assert {grid(level).tile(0.0, longitude) in tiles for longitude in (176.0, 180.0, -180.0, -176.0)} == {True}
    assert {grid(level).tile(0.0, longitude) in tiles for longitude in (0.0, 90.0, -90.0, 170.0, -170.0)} == {False}


def test_180_degrees_east_and_west_are_one_meridian() -> None:
    for level in range(LEVELS):
        assert grid(level).tile(10.0, 180.0) == grid(level).tile(10.0, -180.0)
