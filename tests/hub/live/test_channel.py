"""The snapshot law, by examples and by random histories."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.live.channel import StateChannel
from tests.hub.live.viewer import State


def _row(key: int, value: object) -> list[object]:
    return [key, value]


def _channel(tombstones_max: int = 10_000) -> StateChannel:
    return StateChannel("things", {"a": _row, "b": _row}, epoch="e1", tombstones_max=tombstones_max)


def _state(channel: StateChannel) -> State:
    return {table: {row[0]: row for row in rows} for table, rows in channel.snapshot().items()}


def test_what_is_put_is_seen_after_the_next_advance_and_not_before() -> None:
    channel = _channel()
    channel.put("a", 1, "x")
    assert channel.snapshot() == {"a": [], "b": []}
    assert channel.advance()
    assert channel.offset == 1
    assert channel.snapshot() == {"a": [[1, "x"]], "b": []}


def test_a_key_that_moves_twice_within_a_tick_is_built_and_sent_once() -> None:
    built: list[object] = []

    def row(key: int, value: object) -> list[object]:
        built.append(value)
        return [key, value]

    channel = StateChannel("things", {"a": row}, epoch="e1")
    for value in range(50):
        channel.put("a", 1, value)
    channel.advance()
    assert built == [49]
    assert channel.since(0) == ({"a": [[1, 49]]}, {})


def test_a_quiet_tick_and_one_that_only_removes_what_is_not_there_keep_the_offset() -> None:
    channel = _channel()
    assert not channel.advance()
    channel.remove("a", 1)
    assert not channel.advance()
    channel.put("a", 1, "x")
    channel.remove("a", 1)
    assert not channel.advance()
    assert channel.offset == 0


def test_only_the_first_change_after_an_advance_calls_out() -> None:
    channel = _channel()
    calls: list[int] = []
    channel.changed = lambda: calls.append(channel.offset)
    channel.put("a", 1, "x")
    channel.put("b", 1, "x")
    channel.advance()
    channel.remove("a", 1)
    assert calls == [0, 1]


def test_a_key_that_went_and_came_back_is_set_and_not_removed() -> None:
    channel = _channel()
    channel.put("a", 1, "x")
    channel.advance()
    channel.remove("a", 1)
    channel.advance()
    assert channel.since(1) == ({}, {"a": [1]})
    channel.put("a", 1, "y")
    channel.advance()
    assert channel.since(1) == ({"a": [[1, "y"]]}, {})


def test_forgotten_removals_end_what_can_be_told_from_before_them() -> None:
    channel = _channel(tombstones_max=2)
    for key in range(4):
        channel.put("a", key, "x")
    channel.advance()
    for key in range(4):
        channel.remove("a", key)
        channel.advance()
    assert channel.offset == 5
    assert [offset for offset in range(7) if channel.serves("e1", offset)] == [3, 4, 5]
    assert channel.since(3) == ({}, {"a": [3, 2]})
    with pytest.raises(ValueError, match="2"):
        channel.since(2)


def test_another_epoch_and_an_offset_of_the_future_are_not_served() -> None:
    channel = _channel()
    assert channel.serves("e1", 0)
    assert not channel.serves("e2", 0)
    assert not channel.serves(None, None)
    assert not channel.serves("e1", 1)
    assert not channel.serves("e1", -1)


PUT = st.tuples(st.just("put"), st.sampled_from("ab"), st.integers(0, 5), st.integers(0, 99))
REMOVE = st.tuples(st.just("remove"), st.sampled_from("ab"), st.integers(0, 5))
ADVANCE = st.just(("advance",))
STEPS = st.lists(st.one_of(PUT, PUT, REMOVE, ADVANCE), max_size=60)


def _do(channel: StateChannel, step: tuple[object, ...]) -> None:
    match step:
        case ("put", str(table), int(key), value):
            channel.put(table, key, value)
        case ("remove", str(table), int(key)):
            channel.remove(table, key)
        case _:
            channel.advance()


@given(STEPS, st.integers(0, 4))
def test_a_snapshot_and_the_change_since_it_make_the_later_snapshot(
    steps: list[tuple[object, ...]], tombstones_max: int
) -> None:
    channel = _channel(tombstones_max)
    snapshots = {0: _state(channel)}
    for step in steps:
        _do(channel, step)
        snapshots.setdefault(channel.offset, _state(channel))
    for base, state in snapshots.items():
        if not channel.serves("e1", base):
            continue
        changed, removed = channel.since(base)
        rebuilt = {table: dict(rows) for table, rows in state.items()}
        for table, rows in changed.items():
            rebuilt[table].update({row[0]: row for row in rows})
        for table, keys in removed.items():
            assert not set(keys) & {row[0] for row in changed.get(table, [])}
            for key in keys:
                rebuilt[table].pop(key, None)
        assert rebuilt == snapshots[channel.offset]
    assert len(channel._removed) <= tombstones_max
