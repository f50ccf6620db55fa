"""Cutting a frame keeps every angle at its time, whatever the spacing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from arogya.client.motion_frame import MotionFrame
from tests.arogya.client.moving import BEGAN
from tests.arogya.client.tiny_motion_hub import readings


@st.composite
def frames(draw: st.DrawFn) -> tuple[int, MotionFrame]:
    joints, samples = draw(st.integers(1, 4)), draw(st.integers(1, 12))
    angle = st.floats(-360, 360, width=32)
    rows = draw(st.lists(st.lists(angle, min_size=samples, max_size=samples), min_size=joints, max_size=joints))
    steps = draw(st.lists(st.integers(1, 20_000), min_size=samples - 1, max_size=samples - 1))
    offsets = [sum(steps[:place]) for place in range(samples)]
    spacing = draw(st.one_of(st.integers(1, 20_000), st.just(offsets)))
    return joints, MotionFrame.of(joints, BEGAN, spacing, rows, draw(st.none() | st.integers(0, 9)))


@given(frames(), st.data())
def test_the_parts_of_a_frame_are_the_frame(made: tuple[int, MotionFrame], data: st.DataObject) -> None:
    joints, frame = made
    whole = readings(frame.message(1, 1, 0, binary=True), joints)
    assert readings(frame.message(1, 1, 0, binary=False), joints) == whole
    cut = data.draw(st.integers(0, frame.samples))
    pieces = [(0, cut), (cut, frame.samples - cut)]
    parts = [frame.part(first, samples) for first, samples in pieces if samples]
    assert [each for part in parts for each in readings(part.message(1, 1, 0, binary=True), joints)] == whole
    assert all(part.repetition == frame.repetition for part in parts)


@given(frames())
def test_a_frame_is_unpacked_as_it_was_packed(made: tuple[int, MotionFrame]) -> None:
    assert MotionFrame.unpack(made[1].pack()) == made[1]
