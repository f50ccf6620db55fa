"""Cells: who is in them, who came, who left, and for how long that is remembered."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from hub.live.partition import Cell, CellOf, Partition, Tables
from hub.live.state import State


def _row(key: int, value: object) -> list[object]:
    return [key, value]


@dataclass(frozen=True)
class ByValue:
    """Cells by what stands in table `a`."""

    def cell_of(self, tables: Tables) -> CellOf:
        """Return the function that finds a key's cell."""

        def cell_of(key: int) -> Cell | None:
            entry = tables["a"].get(key)
            return None if entry is None else str(entry.row[1])

        return cell_of


class Bench:
    """A state cut by value."""

    def __init__(self, moves_max: int = 100) -> None:
        self.state = State({"a": _row, "b": _row}, epoch="e1", moves_max=moves_max)
        self.partition: Partition = self.state.enter(ByValue())

    def tick(self, **puts: object) -> None:
        """Put rows by names like a1=…; a value of None removes the key."""
        for name, value in puts.items():
            if value is None:
                self.state.remove(int(name[1:]))
            else:
                self.state.put(name[0], int(name[1:]), value)
        self.state.advance()

    def since(self, base: int) -> tuple[object, object]:
        """Return what came and what left after an offset."""
        changes = self.partition.since(base)
        return changes.came, changes.left


def test_a_partition_that_is_made_late_knows_the_present_and_no_past() -> None:
    state = State({"a": _row, "b": _row}, epoch="e1")
    state.put("a", 1, "x")
    state.put("b", 2, "no cell")
    state.advance()
    partition = state.enter(ByValue())
    assert partition.snapshot("x") == {"a": [[1, "x"]], "b": []}
    assert len(partition) == 1
    assert partition.oldest == partition.offset == 1
    with pytest.raises(ValueError, match="0"):
        partition.since(0)


def test_a_key_that_changes_cells_leaves_one_and_brings_all_its_rows_to_the_other() -> None:
    bench = Bench()
    bench.tick(a1="x", b1="extra", a2="x")
    bench.tick(a1="y")
    assert bench.since(1) == ({"y": {"a": [[1, "y"]], "b": [[1, "extra"]]}}, {"x": {"a": [1], "b": [1]}})
    assert bench.partition.snapshot("x") == {"a": [[2, "x"]], "b": []}
    assert bench.partition.snapshot("nowhere") == {"a": [], "b": []}


def test_a_key_that_went_and_came_back_is_not_removed() -> None:
    bench = Bench()
    bench.tick(a1="x", b1="extra")
    bench.tick(a1="y")
    bench.tick(a1="x")
    assert bench.since(1) == ({"x": {"a": [[1, "x"]], "b": [[1, "extra"]]}}, {"y": {"a": [1], "b": [1]}})


def test_a_key_that_was_removed_and_returned_with_less_loses_the_rest() -> None:
    bench = Bench()
    bench.tick(a1="x", b1="extra")
    bench.tick(a1=None)
    assert bench.since(1) == ({}, {"x": {"a": [1], "b": [1]}})
    bench.tick(a1="x")
    assert bench.since(1) == ({"x": {"a": [[1, "x"]]}}, {"x": {"b": [1]}})


def test_a_key_without_a_cell_is_in_nobodys_picture_until_it_has_one() -> None:
    bench = Bench()
    bench.tick(b1="extra")
    assert bench.since(0) == ({}, {})
    bench.tick(a1="x")
    assert bench.since(1) == ({"x": {"a": [[1, "x"]], "b": [[1, "extra"]]}}, {})


def test_forgotten_moves_end_what_can_be_told_from_before_them() -> None:
    bench = Bench(moves_max=2)
    bench.tick(a1="x", a2="x", a3="x", a4="x")
    for key in range(1, 5):
        bench.tick(**{f"a{key}": None})
    assert bench.partition.oldest == 3
    assert bench.since(3) == ({}, {"x": {"a": [4, 3], "b": [4, 3]}})
    for base in (2, 6):
        with pytest.raises(ValueError, match=str(base)):
            bench.since(base)


def test_what_is_missing_is_worked_out_once_for_all_who_ask_from_the_same_offset() -> None:
    bench = Bench()
    bench.tick(a1="x", a2="y")
    assert bench.partition.since(0) is bench.partition.since(0)
    bench.tick(a1="x")
    assert bench.partition.since(0).came == {"x": {"a": [[1, "x"]]}, "y": {"a": [[2, "y"]]}}


def test_empty_cells_are_not_kept() -> None:
    bench = Bench()
    for value in range(100):
        bench.tick(a1=value)
    assert len(bench.partition) == 1
    bench.tick(a1=None)
    assert len(bench.partition) == 0
