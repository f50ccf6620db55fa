"""Boxes and polygons on the map."""

from __future__ import annotations

from math import cos, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.dispatch.region import Box, Polygon

degrees_north = st.integers(-90, 90).map(float)
degrees_east = st.integers(-180, 180).map(float)


def test_a_box_holds_its_edges() -> None:
    box = Box(10, 20, 11, 22)
    assert all(box.contains(*place) for place in [(10, 20), (11, 22), (10.5, 21), (10, 22)])
    assert not any(box.contains(*place) for place in [(9.999, 21), (11.001, 21), (10.5, 19.999), (10.5, 22.001)])


def test_a_box_across_the_antimeridian_holds_both_sides_of_it() -> None:
    fiji = Box(-20, 177, -15, -178)
    assert all(fiji.contains(-17, longitude) for longitude in (177, 179.9, 180, -180, -178.5))
    assert not any(fiji.contains(-17, longitude) for longitude in (0, 176.9, -177.9))


def test_a_whole_turn_holds_everything() -> None:
    assert Box(-90, -180, 90, 180).contains(-90, 180)


def test_an_l_shape_holds_its_arms_and_not_its_notch() -> None:
    shape = Polygon([(0, 0), (0, 4), (1, 4), (1, 1), (4, 1), (4, 0)])
    assert shape.contains(0.5, 3) and shape.contains(3, 0.5)
    assert not shape.contains(3, 3)
    assert not shape.contains(-0.1, 0.5) and not shape.contains(0.5, -0.1)


def test_a_polygon_across_the_antimeridian_is_where_it_was_drawn() -> None:
    ring = [(-1, 179), (-1, -179), (1, -179), (1, 179)]
    for turned in range(4):
        shape = Polygon([*ring[turned:], *ring[:turned]])
        assert all(shape.contains(0, longitude) for longitude in (179.5, 180, -180, -179.5))
        assert not any(shape.contains(0, longitude) for longitude in (0, 178.9, -178.9))


def test_a_ring_round_a_pole_is_refused() -> None:
    with pytest.raises(ValueError):
        Polygon([(80, 0), (80, 120), (80, -120)])


def test_what_is_crossed_twice_is_outside_again() -> None:
    star = Polygon([(sin(radians(144 * n)), cos(radians(144 * n))) for n in range(5)])
    assert not star.contains(0, 0)
    assert star.contains(0, 0.9)


def test_a_ring_without_an_area_holds_nothing_beside_it() -> None:
    assert not Polygon([(0, 0), (0, 0), (0, 0)]).contains(1, 1)
    assert not Polygon([(0, 0), (1, 1), (2, 2)]).contains(0.5, 1)


@given(
    st.tuples(degrees_north, degrees_north),
    degrees_east,
    st.integers(1, 170),
    degrees_north.map(lambda value: value + 0.5),
    degrees_east.map(lambda value: value + 0.5),
)
def test_a_box_drawn_as_a_polygon_holds_the_same_places(
    sides: tuple[float, float], west: float, width: int, latitude: float, longitude: float
) -> None:
    south, north = sorted(sides)
    latitude, longitude = min(latitude, 89.5), min(longitude, 179.5)
    east = (west + width + 180.0) % 360.0 - 180.0
    box = Box(south, west, north, east)
    ring = Polygon([(south, west), (south, east), (north, east), (north, west)])
    assert ring.contains(latitude, longitude) == (box.contains(latitude, longitude) and south < north)
