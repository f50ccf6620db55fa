"""From a filter to cells."""

from __future__ import annotations

import pytest

from hub.errors import InvalidValue
from hub.live.area import LEVELS, TILES_MAX
from hub.live.board import FleetBoard, LiveFix, Unit
from hub.live.filters import FleetCut, chosen
from hub.live.partition import Whole
from hub.protocol.filter import STATUSES, Area, Filter
from hub.protocol.limits import FILTER_CELLS_MAX

BOX = Area(48.0, 11.0, 48.3, 11.8)


def test_no_filter_is_the_whole_in_one_cell() -> None:
    assert chosen(None) == (Whole(), frozenset({()}))


def test_one_condition_is_cells_by_its_values() -> None:
    assert chosen(Filter(status=("offline", "available"))) == (
        FleetCut(status=True),
        frozenset({"offline", "available"}),
    )
    assert chosen(Filter(ids=(7, 9))) == (FleetCut(ids=True), frozenset({7, 9}))


def test_several_conditions_are_the_cross_product_of_their_values() -> None:
    cut, cells = chosen(Filter(("offline", "available"), (7,), None))
    assert (cut, cells) == (FleetCut(status=True, ids=True), frozenset({("offline", 7), ("available", 7)}))
    cut, cells = chosen(Filter(("offline", "available"), None, BOX))
    assert isinstance(cut, FleetCut) and cut.level is not None
    assert len(cells) == 2 * len(chosen(Filter(area=BOX))[1])


def test_too_many_combinations_are_refused_and_the_most_that_are_allowed_are_taken() -> None:
    statuses = tuple(sorted(STATUSES))
    chosen(Filter(statuses[:5], tuple(range(1, 201))))
    assert len(chosen(Filter(statuses, tuple(range(1, 1 + FILTER_CELLS_MAX // 8))))[1]) == FILTER_CELLS_MAX
    with pytest.raises(InvalidValue):
        chosen(Filter(statuses, tuple(range(1, 130))))
    with pytest.raises(InvalidValue):
        chosen(Filter(statuses, tuple(range(1, 201)), BOX))


def test_the_ways_to_cut_the_fleet_are_few_whatever_viewers_ask() -> None:
    cuts = set()
    for size in (0.0001, 0.001, 0.01, 0.1, 0.5, 1.0, 3.0, 10.0, 50.0, 89.0):
        for shift in range(20):
            area = Area(-size + shift / 100, -size, size, size + shift / 77)
            cuts.add(chosen(Filter(area=area))[0])
            assert len(chosen(Filter(area=area))[1]) <= TILES_MAX
    assert len(cuts) <= LEVELS


@pytest.mark.parametrize(
    ("wanted", "seen"),
    [
        (Filter(status=("available",)), {1, 3}),
        (Filter(ids=(1, 2, 9)), {1, 2}),
        (Filter(area=Area(47.9, 10.9, 48.1, 11.1)), {1, 2}),
        (Filter(("available",), None, Area(47.9, 10.9, 48.1, 11.1)), {1}),
        (Filter(("available", "offline"), (2, 3), None), {2, 3}),
        (Filter(("offline",), (1, 3), None), set()),
        (Filter(None, (3,), Area(-90.0, -180.0, 90.0, 180.0)), set()),
    ],
)
def test_an_ambulance_is_seen_while_all_conditions_hold_and_never_by_place_without_one(
    wanted: Filter, seen: set[int]
) -> None:
    board = FleetBoard()
    for key, status in ((1, "available"), (2, "offline"), (3, "available")):
        board.upsert_unit(Unit(key, f"A-{key}", None, status))
    for key in (1, 2):
        board.move(key, LiveFix(48.0, 11.0, 1.0, 2.0, 3.0, 1))
    board.channel.advance()
    cut, cells = chosen(wanted)
    partition = board.state.enter(cut)
    assert {row[0] for cell in cells for row in partition.snapshot(cell)["units"]} == seen
