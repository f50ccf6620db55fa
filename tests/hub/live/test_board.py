"""The fleet in memory."""

from __future__ import annotations

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.live.board import FleetBoard, LiveFix, Unit


def _unit(ambulance_id: int, status: str = "available") -> Unit:
    return Unit(ambulance_id, f"A-{ambulance_id}", None, status)


def _fix(fix_at: int, latitude: float = 48.0, longitude: float = 11.0) -> LiveFix:
    return LiveFix(latitude, longitude, nan, nan, nan, fix_at)


@pytest.fixture
def board() -> FleetBoard:
    """A board with one ambulance."""
    board = FleetBoard()
    board.upsert_unit(_unit(1))
    board.channel.advance()
    return board


def test_rows_are_as_the_protocol_says_with_null_for_what_is_not_known(board: FleetBoard) -> None:
    assert board.move(1, LiveFix(48.123456789, 11.0, nan, 359.96, 4.44, 17, 0))
    board.channel.advance()
    assert board.state.whole.snapshot(()) == {
        "units": [[1, "A-1", None, "available", "basic", None, None, None, None]],
        "fixes": [[1, 48.1234568, 11.0, None, 0.0, 4.4, 17, None]],
    }


def test_a_fix_never_goes_back_in_time_and_one_of_the_same_instant_replaces(board: FleetBoard) -> None:
    assert board.move(1, _fix(20))
    assert not board.move(1, _fix(19, 49.0))
    assert board.current(1) == _fix(20)
    assert board.move(1, _fix(20, 50.0))
    assert board.current(1) == _fix(20, 50.0)


@given(st.lists(st.integers(0, 50), min_size=1))
def test_whatever_arrives_the_newest_is_shown(times: list[int]) -> None:
    board = FleetBoard()
    board.upsert_unit(_unit(1))
    for fix_at in times:
        board.move(1, _fix(fix_at))
    assert board.current(1) == _fix(max(times))


def test_an_alarm_is_part_of_every_fix_until_it_is_taken_back(board: FleetBoard) -> None:
    board.set_alarm(1, 5)
    for fix_at in (20, 30):
        board.move(1, _fix(fix_at))
        assert board.current(1) == _fix(fix_at)._replace(alarm_at=5)
    board.set_alarm(1, 7)
    assert board.current(1) == _fix(30)._replace(alarm_at=7)
    board.set_alarm(1, 0)
    assert board.current(1) == _fix(30)
    board.channel.advance()
    assert board.state.whole.snapshot(())["fixes"][0][-1] is None


def test_an_alarm_that_is_set_again_is_no_change(board: FleetBoard) -> None:
    board.move(1, _fix(20))
    board.set_alarm(1, 5)
    assert board.channel.advance()
    board.set_alarm(1, 5)
    assert not board.channel.advance()


def test_an_ambulance_that_is_not_on_the_board_is_not_shown(board: FleetBoard) -> None:
    assert not board.move(2, _fix(20))
    board.channel.advance()
    assert board.state.whole.snapshot(())["fixes"] == []


def test_removing_takes_unit_and_position_and_a_later_fix_does_not_bring_it_back(board: FleetBoard) -> None:
    board.move(1, _fix(20))
    board.channel.advance()
    board.remove_unit(1)
    assert not board.move(1, _fix(21))
    board.channel.advance()
    assert board.state.whole.snapshot(()) == {"units": [], "fixes": []}
    changes = board.state.whole.since(2)
    assert (changes.came, changes.left) == ({}, {(): {"units": [1], "fixes": [1]}})
    assert (board.unit(1), board.current(1), len(board)) == (None, None, 0)
    board.remove_unit(1)


def test_an_unchanged_ambulance_is_no_news(board: FleetBoard) -> None:
    board.upsert_unit(_unit(1))
    assert not board.channel.advance()
    board.upsert_unit(_unit(1, "dispatched"))
    assert board.channel.advance()
    assert board.unit(1) == _unit(1, "dispatched")


def test_replacing_all_units_keeps_the_positions_of_those_that_stay(board: FleetBoard) -> None:
    board.upsert_unit(_unit(2))
    board.move(1, _fix(20))
    board.move(2, _fix(20))
    board.replace_units([_unit(2), _unit(3)])
    board.channel.advance()
    assert {row[0] for row in board.state.whole.snapshot(())["units"]} == {2, 3}
    assert {row[0] for row in board.state.whole.snapshot(())["fixes"]} == {2}


def test_the_nearest_come_first_also_across_the_date_line() -> None:
    board = FleetBoard()
    for ambulance_id, longitude in ((1, 179.9), (2, -179.95), (3, 170.0), (4, 0.0)):
        board.upsert_unit(_unit(ambulance_id))
        board.move(ambulance_id, _fix(1, 0.0, longitude))
    board.upsert_unit(_unit(5))  # without a position
    near = board.nearest(0.0, 180.0, 3)
    assert [place.unit.id for place in near] == [2, 1, 3]
    assert near[0].distance_m == pytest.approx(5_560, abs=5)
    assert len(board.nearest(0.0, 180.0, 99)) == 4


@given(st.permutations([(20, 49.0), (20, 48.0), (19, 50.0), (20, 47.5), (18, 51.0)]))
def test_fixes_of_other_hubs_end_in_one_picture_whatever_is_heard_first(order: list[tuple[int, float]]) -> None:
    board = FleetBoard()
    board.upsert_unit(_unit(1))
    for fix_at, latitude in order:
        board.hear(1, _fix(fix_at, latitude))
    assert board.current(1) == _fix(20, 49.0)
    assert not board.hear(1, _fix(20, 49.0))
