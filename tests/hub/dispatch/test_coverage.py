"""Expected coverage, and what it loses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.dispatch.coverage import NOTHING, Coverage, demand_of, reach_of
from hub.dispatch.geo import distance_m
from hub.dispatch.unit import Place

DEMAND = st.lists(st.floats(0, 5), min_size=6, max_size=6)
REACHES = st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=1, max_size=6)


def brute(demand: list[float], reaches: list[list[bool]], busy_share: float) -> float:
    """Return the expected coverage term by term, as Daskin wrote it."""
    total = 0.0
    for cell, weight in enumerate(demand):
        for k in range(1, sum(reach[cell] for reach in reaches) + 1):
            total += weight * (1 - busy_share) * busy_share ** (k - 1)
    return total


@given(demand=DEMAND, reaches=REACHES, busy_share=st.floats(0, 0.95))
def test_a_loss_is_the_difference_that_a_unit_makes(
    demand: list[float], reaches: list[list[bool]], busy_share: float
) -> None:
    coverage = Coverage(np.array(demand), {unit: np.array(reach) for unit, reach in enumerate(reaches)}, busy_share)
    whole = brute(demand, reaches, busy_share)
    assert coverage.total() == pytest.approx(whole, abs=1e-4)
    for unit in range(len(reaches)):
        without = brute(demand, reaches[:unit] + reaches[unit + 1 :], busy_share)
        assert coverage.loss(unit) == pytest.approx(whole - without, abs=1e-4)
        moved = brute(demand, [*reaches[:unit], *reaches[unit + 1 :], reaches[0]], busy_share)
        [gain] = coverage.gains(np.array([reaches[0]]), without=unit)
        assert gain == pytest.approx(moved - without, abs=1e-4)
    [gain] = coverage.gains(np.array([reaches[-1]]))
    assert gain == pytest.approx(brute(demand, [*reaches, reaches[-1]], busy_share) - whole, abs=1e-4)


def test_a_unit_that_is_not_free_loses_nothing() -> None:
    coverage = Coverage(np.array([2.0]), {7: np.array([True])}, 0.5)
    assert coverage.losses([7, 8]).tolist() == [1.0, 0.0]
    assert NOTHING.loss(7) == 0.0
    assert NOTHING.losses([1, 2]).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("centre", [Place(18.5, 73.8), Place(-36.8, 179.99), Place(64.1, -21.9)], ids=str)
def test_cells_are_about_a_kilometre_and_hold_all_calls(centre: Place) -> None:
    rng = np.random.default_rng(1)
    shifts = rng.uniform(-0.05, 0.05, (400, 2))
    calls = [Place(centre.latitude + north, wrapped(centre.longitude + east)) for north, east in shifts]
    demand = demand_of(calls, 10.0)
    assert demand.per_h.sum() == pytest.approx(40.0)
    for place in calls:
        nearest = min(distance_m(*place, *cell) for cell in demand.cells)
        assert nearest <= 720.0  # half the diagonal of a cell


def wrapped(longitude: float) -> float:
    return (longitude + 180.0) % 360.0 - 180.0


@pytest.mark.parametrize("east", [73.8, 179.98], ids=["inland", "antimeridian"])
def test_reach_is_a_circle_on_the_ground(east: float) -> None:
    rng = np.random.default_rng(2)
    places, cells = (
        [Place(18.5 + north, wrapped(east + far)) for north, far in rng.uniform(-0.06, 0.06, (count, 2))]
        for count in (20, 50)
    )
    found = reach_of(places, cells, 4_000.0)
    for row, place in enumerate(places):
        for column, cell in enumerate(cells):
            metres = distance_m(*place, *cell)
            if abs(metres - 4_000.0) > 40.0:
                assert found[row, column] == (metres < 4_000.0)
    assert reach_of([], cells, 1.0).shape == (0, 50)


def test_no_hours_are_no_rate() -> None:
    with pytest.raises(ValueError, match="time"):
        demand_of([], 0.0)
