"""Counters become columns and counters again, with nothing lost."""

from __future__ import annotations

import numpy as np

from hub.motion.columns import FLOATS, INTS, Columns
from hub.motion.repetitions import Counter
from hub.motion.rules import Target, rules_of


def moved() -> Counter:
    """Return a counter in the middle of a repetition."""
    counter = Counter(rules_of(Target(105.0, 5.0)), 3)
    for seq in range(1, 120):
        counter.step(seq, 1_700_000_000_000_000 + seq * 10_000, 105.0 - seq)
    assert counter.out
    return counter


def numbers(counter: Counter) -> dict[str, object]:
    return {name: getattr(counter, name) for name in Counter.__slots__}


def test_columns_are_the_attributes_of_a_counter() -> None:
    assert sorted([*FLOATS, *INTS]) == sorted(Counter.__slots__)
    assert set(Columns.__annotations__) == set(Counter.__slots__)


def test_a_counter_comes_back_as_it_was() -> None:
    columns, counter = Columns.empty(5), moved()
    columns.set_counter(3, counter)
    again = columns.counter(3)
    assert numbers(again) == numbers(counter)
    assert {name: type(value) for name, value in numbers(again).items()} == {
        name: type(value) for name, value in numbers(counter).items()
    }
    assert columns.counter(2).standing.count == 0


def test_what_is_picked_is_a_copy_until_it_is_put_back() -> None:
    columns = Columns.empty(5)
    columns.set_counter(3, moved())
    places = np.array([4, 3])
    picked = columns.pick(places)
    assert len(picked) == 2
    picked.number[:] = 7, 8
    assert columns.number.tolist() == [0, 0, 0, 3, 0]
    columns.put(places, picked)
    assert columns.number.tolist() == [0, 0, 0, 8, 7]
