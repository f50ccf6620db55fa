"""The assignment of least cost."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.dispatch.match import components, match, prepare

ROWS = st.lists(
    st.dictionaries(st.integers(0, 4), st.integers(0, 1_000).map(float), max_size=4), min_size=1, max_size=4
)


@given(rows=ROWS, leave=st.lists(st.integers(0, 1_200).map(float), min_size=4, max_size=4))
def test_no_other_assignment_costs_less(rows: list[dict[int, float]], leave: list[float]) -> None:
    found = match(rows, leave[: len(rows)])
    assert len({unit for unit in found if unit is not None}) == sum(unit is not None for unit in found)
    assert cost(rows, leave, found) == pytest.approx(least(rows, leave))


def cost(rows: list[dict[int, float]], leave: list[float], units: list[int | None]) -> float:
    return sum(leave[row] if unit is None else rows[row][unit] for row, unit in enumerate(units))


def least(rows: list[dict[int, float]], leave: list[float]) -> float:
    """Try all ways: each unit or none for each row."""
    places: list[int | None] = [0, 1, 2, 3, 4, *[None] * len(rows)]
    return min(
        cost(rows, leave, list(units))
        for units in set(permutations(places, len(rows)))
        if all(unit is None or unit in rows[row] for row, unit in enumerate(units))
    )


@given(ROWS)
def test_groups_have_no_unit_in_common_and_leave_out_nobody(rows: list[dict[int, float]]) -> None:
    groups = components(rows)
    assert sorted(row for group in groups for row in group) == list(range(len(rows)))
    units = [{unit for row in group for unit in rows[row]} for group in groups]
    assert len(set().union(*units)) == sum(map(len, units))


def test_a_chain_of_calls_is_one_group() -> None:
    assert components([{1: 0.0}, {2: 0.0}, {1: 0.0, 2: 0.0}, {3: 0.0}, {}]) == [[0, 1, 2], [3], [4]]


def test_scipy_can_be_loaded_beforehand() -> None:
    prepare()
