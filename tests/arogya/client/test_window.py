"""What a connection may send next."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from arogya.client.window import Hole, Kept, Run, Window


def kept(first: int, last: int, acked_ever: int = 0) -> Kept:
    return Kept(first, last, acked_ever)


def test_one_live_sample_goes_alone_and_a_backlog_in_full_frames() -> None:
    window = Window(acked=0, credit=1000)
    assert window.next_step(kept(1, 1)) == Run(1, 1)
    assert window.next_step(kept(1, 500)) == Run(1, 50)


def test_credit_bounds_what_is_on_the_way() -> None:
    window = Window(acked=0, credit=70)
    window.sent(Run(1, 50))
    assert window.next_step(kept(1, 500)) == Run(51, 20)
    window.sent(Run(51, 20))
    assert window.next_step(kept(1, 500)) is None
    window.accept(50)
    assert window.unacked == 20
    assert window.next_step(kept(1, 500)) == Run(71, 50)


def test_credit_taken_back_by_the_hub_stops_sending() -> None:
    window = Window(acked=0, credit=70)
    window.sent(Run(1, 50))
    window.credit = 0
    assert window.next_step(kept(1, 500)) is None


def test_nothing_new_is_nothing_to_send() -> None:
    assert Window(acked=7, credit=70).next_step(kept(8, 7, 7)) is None


def test_a_nack_goes_back_and_gives_the_credit_back() -> None:
    window = Window(acked=0, credit=100)
    window.sent(Run(1, 50))
    window.sent(Run(51, 50))
    assert window.go_back(20)
    assert window.unacked == 19
    assert window.next_step(kept(1, 100)) == Run(20, 50)


def test_a_nack_for_a_place_that_can_not_be_is_ignored() -> None:
    window = Window(acked=10, credit=100)
    window.sent(Run(11, 5))
    assert not window.go_back(10)
    assert not window.go_back(17)
    assert window.go_back(16)
    assert window.next_seq == 16


def test_an_old_ack_changes_nothing() -> None:
    window = Window(acked=10, credit=100)
    assert not window.accept(10)
    assert window.acked == 10


def test_samples_the_hub_lost_and_samples_the_spool_dropped_are_told_apart() -> None:
    window = Window(acked=5, credit=100)
    spool = kept(31, 40, acked_ever=20)
    hole = window.next_step(spool)
    assert hole == Hole(6, 20, "hub_lost")
    window.skipped(hole)
    hole = window.next_step(spool)
    assert hole == Hole(21, 30, "spool_full")
    window.skipped(hole)
    assert window.next_step(spool) == Run(31, 10)
    assert window.unacked == 2  # the hub counts a skip as one sample


def test_a_hole_waits_for_credit_too() -> None:
    window = Window(acked=0, credit=5)
    window.sent(Run(1, 5))
    assert window.next_step(kept(8, 10)) is None
    window.accept(5)
    assert window.next_step(kept(8, 10)) == Hole(6, 7, "spool_full")


def test_a_hub_restored_to_before_an_empty_spool_is_told_at_once() -> None:
    assert Window(acked=5, credit=100).next_step(kept(21, 20, acked_ever=20)) == Hole(6, 20, "hub_lost")


def test_refused_samples_count_as_acked_in_their_turn() -> None:
    window = Window(acked=0, credit=100)
    window.sent(Run(1, 10))
    assert not window.refuse(3)
    assert not window.refuse(4)
    assert window.accept(2)
    assert window.acked == 4
    assert window.refuse(5)
    assert window.acked == 5
    assert window.accept(10)
    assert window.unacked == 0


def test_a_viewer_needs_a_hint_only_when_the_newest_sample_has_to_wait() -> None:
    window = Window(acked=0, credit=60)
    assert not window.lags(kept(1, 50))
    assert window.lags(kept(1, 51))
    window.sent(Run(1, 60))
    assert window.lags(kept(1, 61))
    assert not window.lags(kept(1, 60))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=60), st.randoms(use_true_random=False), st.integers(1, 30))
def test_go_back_n_delivers_every_sample_in_order_through_any_loss(script: list[int], rng: object, credit: int) -> None:
    """A receiver that drops what it likes and nacks gaps gets 1..n, and never more than its credit unacked."""
    window, last, got = Window(acked=0, credit=credit, frame_fixes=7), 100, 0
    choices = [*script, *([1] * 400)]  # then a network that works
    for choice in choices:
        step = window.next_step(kept(window.acked + 1, last, window.acked))
        if isinstance(step, Run):
            window.sent(step)
            assert window.unacked <= credit
            if choice == 0:
                continue  # lost on the way, which a hub notices by the next frame
            if step.first > got + 1:
                window.go_back(got + 1)
                continue
            got = max(got, step.first + step.samples - 1)
        if choice != 5:
            window.accept(got)
        if step is None and window.acked == got < last and window.next_seq > got + 1:
            window.go_back(got + 1)  # as a reconnect does
    assert got == last
    assert window.acked == last


def test_a_refused_run_counts_as_acked_as_a_refused_sample_does() -> None:
    window = Window(acked=0, credit=100)
    window.sent(Run(1, 5))
    window.sent(Run(6, 5))
    window.sent(Run(11, 5))
    assert not window.refuse(6, 10)  # what is before it has no ack yet
    assert window.accept(5)
    assert window.acked == 10
    assert window.refuse(11, 15)
    assert (window.acked, window.unacked) == (15, 0)
    assert not window.refuse(11, 15)  # told twice
