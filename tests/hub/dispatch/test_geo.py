"""Distances against published ones."""

from __future__ import annotations

import pytest

from hub.dispatch.geo import METRES_PER_DEGREE, distance_m


def test_a_degree_along_a_meridian_is_a_degree() -> None:
    assert distance_m(47.5, 19.0, 48.5, 19.0) == pytest.approx(METRES_PER_DEGREE)


def test_a_known_great_circle_comes_out_right() -> None:
    # Nashville to Los Angeles, the usual example for the formula: 2,886.4 km on a sphere of 6,371 km.
    assert distance_m(36.12, -86.67, 33.94, -118.40) == pytest.approx(2_886_448, rel=1e-4)


def test_the_date_line_and_the_poles_are_no_special_places() -> None:
    assert distance_m(0.0, 179.9, 0.0, -179.9) == pytest.approx(0.2 * METRES_PER_DEGREE)
    assert distance_m(90.0, 0.0, 90.0, 123.0) == pytest.approx(0.0, abs=1e-6)
    assert distance_m(0.0, 0.0, 0.0, 180.0) == pytest.approx(180 * METRES_PER_DEGREE)
