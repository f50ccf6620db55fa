"""A cursor tells duplicates from what is next and from gaps, for every order of runs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.ingest.cursor import REMEMBERED, Cursor


def test_the_sample_behind_the_mark_is_next() -> None:
    assert Cursor(0).place(1, 3) == 0
    assert Cursor(10).place(11, 1) == 0


def test_samples_up_to_the_cursor_are_duplicates() -> None:
    assert Cursor(10).place(1, 4) == 4
    assert Cursor(10).place(10, 1) == 1


def test_a_run_that_straddles_the_cursor_is_partly_duplicate() -> None:
    assert Cursor(10).place(9, 5) == 2


def test_a_run_behind_a_hole_is_a_gap() -> None:
    assert Cursor(10).place(12, 5) is None


def test_advancing_lets_a_gap_be_told_again() -> None:
    cursor = Cursor(0)
    cursor.gap_told = True
    cursor.advance(4)
    assert cursor.next_seq == 5
    assert not cursor.gap_told


def test_a_resent_sample_with_another_body_is_a_conflict() -> None:
    cursor = Cursor(0)
    cursor.remember(3, [11, 12, 13])
    cursor.advance(3)
    assert not cursor.conflicts(2, 12)
    assert cursor.conflicts(2, 99)


def test_samples_that_are_not_remembered_are_never_a_conflict() -> None:
    cursor = Cursor(1_000)
    assert not cursor.conflicts(1_000, 5)
    cursor.remember(1_001, [7])
    cursor.advance(1_001)
    assert not cursor.conflicts(1_000, 5)
    assert not cursor.conflicts(1_001 - REMEMBERED, 5)


def test_a_skipped_sample_is_not_compared_with_an_older_one_in_its_place() -> None:
    cursor = Cursor(0)
    cursor.remember(1, [7])
    cursor.advance(1)
    cursor.skip(1 + REMEMBERED)
    assert not cursor.conflicts(1 + REMEMBERED, 5)


@given(st.integers(0, 50), st.lists(st.tuples(st.integers(1, 80), st.integers(1, 20)), max_size=40))
def test_every_sample_is_admitted_once_and_in_order(acked: int, runs: list[tuple[int, int]]) -> None:
    cursor = Cursor(acked)
    admitted: list[int] = []
    for first, count in runs:
        duplicates = cursor.place(first, count)
        if duplicates is None:
            assert first > cursor.next_seq
            continue
        fresh = list(range(first + duplicates, first + count))
        if fresh:
            admitted += fresh
            cursor.advance(fresh[-1])
    assert admitted == list(range(acked + 1, acked + 1 + len(admitted)))
    assert cursor.next_seq == acked + 1 + len(admitted)
