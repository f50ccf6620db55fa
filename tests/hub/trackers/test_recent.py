"""Knowing again what a tracker has sent before."""

from __future__ import annotations

from hub.trackers.recent import REMEMBERED, Recent


def test_a_fix_is_known_by_its_time_and_place_and_call() -> None:
    recent = Recent([(1, 18.5, 73.8, False)])
    assert (1, 18.5, 73.8, False) in recent
    for other in ((2, 18.5, 73.8, False), (1, 18.6, 73.8, False), (1, 18.5, 73.9, False), (1, 18.5, 73.8, True)):
        assert other not in recent


def test_the_oldest_is_forgotten() -> None:
    recent = Recent((number, 0.0, 0.0, False) for number in range(REMEMBERED + 1))
    assert (0, 0.0, 0.0, False) not in recent
    assert (1, 0.0, 0.0, False) in recent
    recent.add((1, 0.0, 0.0, False))
    assert (2, 0.0, 0.0, False) in recent
