"""Frames put together: those that look alike in one group, and each stream's in its order."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.ingest.stream import Stream
from hub.motion.admission import Frame, alike
from hub.motion.standing import SessionStanding, Targets
from hub.motion.stream import NEVER, MotionStream
from storage.counters import SessionOf
from storage.marks import Claim

JOINTS = ("knee_left_flexion", "knee_right_flexion")


class Connection:
    """Whom a stream tells what became of its samples: nobody here."""

    def stream_committed(self, stream: Stream, settled: int) -> None:
        """Pass over it."""

    def stream_superseded(self) -> None:
        """Pass over it."""

    def stream_set_back(self) -> None:
        """Pass over it."""


def stream(number: int, *, until: int = NEVER) -> MotionStream:
    """Return a stream whose targets may change at a time."""
    started = datetime(2026, 1, 1, tzinfo=UTC)
    standing = SessionStanding(SessionOf(UUID(int=number), "in_progress", started, None, False), Targets())
    made = MotionStream(Connection(), Claim(number, 1, 0, None), JOINTS, standing)
    made.targets_until = until
    return made


def frame(owner: MotionStream, first: int, samples: int = 2, *, received_at: int = 0, regular: bool = True) -> Frame:
    """Return a frame without angles, which are not looked at here."""
    offsets = None if regular else np.arange(samples, dtype=np.int32)
    return Frame(owner, first, samples, received_at, 0, 0, 10, offsets, b"")


def test_a_turn_of_one_shape_is_one_group_in_the_order_of_arrival() -> None:
    one, two = stream(1), stream(2)
    frames = [frame(one, 1), frame(two, 1), frame(one, 3)]
    assert alike(frames) == [frames]
    assert alike([]) == []


def test_another_shape_of_one_stream_comes_behind_and_holds_up_nobody() -> None:
    one, two = stream(1), stream(2)
    frames = [frame(one, 1), frame(two, 1), frame(one, 3, 5), frame(two, 3), frame(one, 8), frame(two, 5)]
    groups = alike(frames)
    assert groups[0] == [frames[0], frames[1], frames[3], frames[5]]
    assert groups[1:] == [[frames[2]], [frames[4]]]


@pytest.mark.parametrize("until", [-1, 5], ids=["unknown", "known"])
def test_what_other_targets_may_hold_for_is_not_counted_with_what_came_before(until: int) -> None:
    one = stream(1, until=until)
    frames = [frame(one, 1, received_at=1), frame(one, 3, received_at=7)]
    assert alike(frames) == [[frames[0]], [frames[1]]]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3), st.booleans()), max_size=40))
def test_every_frame_is_in_one_group_with_its_like_and_each_stream_keeps_its_order(
    sent: list[tuple[int, int, bool]],
) -> None:
    streams = [stream(number, until=number * 7) for number in range(4)]
    frames = [
        frame(streams[number], place, samples, received_at=place, regular=regular)
        for place, (number, samples, regular) in enumerate(sent)
    ]
    groups = alike(frames)
    taken = [each for group in groups for each in group]
    assert sorted(taken, key=lambda each: each.first) == frames
    for group in groups:
        assert len({(each.samples, each.offsets is None) for each in group}) == 1
    for owner in streams:
        own = [each.first for each in taken if each.stream is owner]
        assert own == sorted(own)
