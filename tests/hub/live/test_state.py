"""What a state takes in, and how it is numbered."""

from __future__ import annotations

from hub.live.filters import FleetCut
from hub.live.partition import Whole
from hub.live.state import State


def _row(key: int, value: object) -> list[object]:
    return [key, value]


def _state(moves_max: int = 10_000) -> State:
    return State({"a": _row, "b": _row}, epoch="e1", moves_max=moves_max)


def test_what_is_put_is_seen_after_the_next_advance_and_not_before() -> None:
    state = _state()
    state.put("a", 1, "x")
    assert state.whole.snapshot(()) == {"a": [], "b": []}
    assert 1 not in state
    assert state.advance()
    assert state.offset == 1
    assert 1 in state
    assert state.whole.snapshot(()) == {"a": [[1, "x"]], "b": []}


def test_a_key_that_changes_twice_within_a_tick_is_built_and_sent_once() -> None:
    built: list[object] = []

    def row(key: int, value: object) -> list[object]:
        built.append(value)
        return [key, value]

    state = State({"a": row}, epoch="e1")
    for value in range(50):
        state.put("a", 1, value)
    state.advance()
    assert built == [49]
    assert state.whole.since(0).came == {(): {"a": [[1, 49]]}}


def test_a_quiet_tick_and_one_that_only_removes_what_is_not_there_keep_the_offset() -> None:
    state = _state()
    assert not state.advance()
    state.remove(1)
    assert not state.advance()
    state.put("a", 1, "x")
    state.remove(1)
    assert not state.advance()
    assert state.offset == 0


def test_only_the_first_change_after_an_advance_calls_out() -> None:
    state = _state()
    calls: list[int] = []
    state.changed = lambda: calls.append(state.offset)
    state.put("a", 1, "x")
    state.put("b", 1, "x")
    state.advance()
    state.remove(1)
    assert calls == [0, 1]


def test_a_key_that_goes_and_comes_back_within_a_tick_has_only_its_new_rows() -> None:
    state = _state()
    state.put("a", 1, "x")
    state.put("b", 1, "x")
    state.advance()
    state.remove(1)
    state.put("a", 1, "y")
    state.advance()
    assert state.whole.snapshot(()) == {"a": [[1, "y"]], "b": []}
    changes = state.whole.since(1)
    assert (changes.came, changes.left) == ({(): {"a": [[1, "y"]]}}, {(): {"b": [1]}})


def test_equal_cuts_share_a_partition_and_the_last_one_out_drops_it() -> None:
    state = State({"units": _row, "fixes": _row}, epoch="e1")
    one, other = state.enter(FleetCut(ids=True)), state.enter(FleetCut(ids=True))
    assert one is other is not state.whole
    assert state.partitions == 2
    state.leave(one)
    assert state.partitions == 2
    state.leave(other)
    assert state.partitions == 1
    assert state.enter(FleetCut(ids=True)) is not one


def test_the_whole_is_kept_while_nobody_watches() -> None:
    state = _state()
    state.leave(state.enter(Whole()))
    assert state.partitions == 1
    assert state.enter(Whole()) is state.whole
