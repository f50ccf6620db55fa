"""What is said of a cause that comes again and again."""

from __future__ import annotations

from handlers.repeats import CAUSES_MAX, Repeats


def test_a_cause_is_said_once_in_its_time_and_then_with_how_often_it_came() -> None:
    repeats = Repeats(every_s=10)
    assert repeats.since("slow", 100.0) == 0
    assert [repeats.since("slow", 100.0 + step) for step in range(1, 10)] == [None] * 9
    assert repeats.since("slow", 110.0) == 9
    assert repeats.since("slow", 120.0) == 0


def test_each_cause_is_said_for_itself() -> None:
    repeats = Repeats(every_s=10)
    assert [repeats.since(cause, 0.0) for cause in ("a", "b", "a")] == [0, 0, None]


def test_it_remembers_a_bounded_number_of_causes() -> None:
    repeats = Repeats(every_s=10)
    for cause in range(3 * CAUSES_MAX):
        assert repeats.since(cause, 0.0) == 0
    assert len(repeats._said) <= CAUSES_MAX
