"""Frames of many streams are counted as each sample by itself, to the bit, whatever comes and however it is cut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arogya.simulator.movement import draw, perform
from hub.motion.repetitions import Counted, Counter, Repetition, count
from hub.motion.rules import Rules, Target, rules_of
from tests.hub.motion.moving import START_US, Outcome, Stream, Streaming, one_by_one, streams

FRAMES = st.lists(st.sampled_from([1, 2, 9, 10, 64, 300, 2_000]), min_size=1, max_size=20)


def counted(stream: Stream, frames: list[int]) -> Outcome:
    streaming = Streaming(stream)
    while streaming.has_more:
        streaming.count(frames[streaming.place % len(frames)])
    return streaming.outcome()


def session(seed: int = 1) -> Stream:
    rng = np.random.default_rng(seed)
    exercise = draw(rng)
    done = perform(exercise, rng)
    rules = [rules_of(Target(exercise.rest_angle, exercise.target_angle)), Rules()]
    return Stream(START_US + done.at_us, np.stack([done.angle, done.angle[::-1]]), {0: rules})


@settings(max_examples=40)
@given(streams(), FRAMES)
def test_it_counts_the_same_however_the_samples_are_cut(stream: Stream, frames: list[int]) -> None:
    assert counted(stream, frames) == one_by_one(stream)


@settings(max_examples=30)
@given(streams(), FRAMES, st.integers(0, 19))
def test_going_on_from_what_was_saved_anywhere_changes_nothing(stream: Stream, frames: list[int], when: int) -> None:
    streaming = Streaming(stream)
    for turn in range(len(stream.at_us)):
        if not streaming.has_more:
            break
        if turn % 20 == when:
            streaming.move()
        streaming.count(frames[turn % len(frames)])
    assert streaming.outcome() == one_by_one(stream)


@settings(max_examples=10)
@given(st.lists(streams(samples_max=600), min_size=2, max_size=5), st.sampled_from([1, 7, 10, 50]))
def test_streams_that_come_together_are_counted_as_if_each_came_alone(some: list[Stream], samples: int) -> None:
    together = [Streaming(each) for each in some]
    while True:
        spans = {each: each.frame(samples) for each in together if each.has_more}
        if not spans:
            break
        shapes = {(len(each.counters), span.stop - span.start) for each, span in spans.items()}
        for shape in shapes:
            alike = [each for each, span in spans.items() if (len(each.counters), span.stop - span.start) == shape]
            _count_together(alike, shape[1])
    assert [each.outcome() for each in together] == [one_by_one(each) for each in some]


def _count_together(alike: list[Streaming], samples: int) -> None:
    spans = [slice(each.place, each.place + samples) for each in alike]
    found = count(
        [each.counters for each in alike],
        np.array([each.place + 1 for each in alike]),
        np.stack([each.stream.at_us[span] for each, span in zip(alike, spans, strict=True)]),
        np.stack([each.stream.angles[:, span] for each, span in zip(alike, spans, strict=True)]),
    )
    assert found == sorted(found, key=lambda each: (each.frame, each.joint, each.repetition.number))
    for each in found:
        alike[each.frame].repetitions[each.joint].append(each.repetition)
    for streaming in alike:
        streaming.place += samples


def test_a_session_is_counted_the_same_in_frames_of_any_length() -> None:
    stream = session()
    expected = one_by_one(stream)
    assert len(expected.repetitions[0]) > 2
    for samples in (9, 10, 128, 401, len(stream.at_us)):
        assert counted(stream, [samples]) == expected


def test_two_frames_of_a_stream_are_counted_one_after_the_other() -> None:
    stream = session()
    half = len(stream.at_us) // 2
    counters = [Counter(rules) for rules in stream.rules[0]]
    at, angles = stream.at_us[: 2 * half].reshape(2, half), stream.angles[:, : 2 * half].reshape(2, 2, half)
    found = count([counters, counters], np.array([1, 1 + half]), at, angles.swapaxes(0, 1))
    again: list[list[Repetition]] = [[], []]
    for each in found:
        again[each.joint].append(each.repetition)
    expected = one_by_one(Stream(stream.at_us[: 2 * half], stream.angles[:, : 2 * half], stream.rules))
    assert again == expected.repetitions


def test_an_empty_frame_counts_nothing() -> None:
    empty = np.empty((1, 0), dtype=np.int64)
    assert count([[Counter(Rules())]], np.array([1]), empty, np.empty((1, 1, 0), dtype=np.float32)) == []
    assert count([], np.empty(0, np.int64), np.empty((0, 3), np.int64), np.empty((0, 2, 3), np.float32)) == []


@pytest.mark.parametrize(
    ("streams", "seq", "at_us"),
    [
        pytest.param([2], 1, (1, 3), id="no-counters-for-a-frame"),
        pytest.param([2, 1], 2, (2, 3), id="a-joint-without-a-counter"),
        pytest.param([2, 3], 2, (2, 3), id="a-counter-without-a-joint"),
        pytest.param([2, 2], 1, (2, 3), id="a-frame-without-a-number"),
        pytest.param([2, 2], 2, (2, 2), id="a-sample-without-a-time"),
        pytest.param([2, 2], 2, (3, 3), id="times-without-a-frame"),
    ],
)
def test_what_does_not_fit_together_is_refused(streams: list[int], seq: int, at_us: tuple[int, int]) -> None:
    counters = [[Counter(Rules()) for _ in range(joints)] for joints in streams]
    with pytest.raises(ValueError, match=r"these are not the counters|are not those of angles"):
        count(counters, np.ones(seq, np.int64), np.ones(at_us, np.int64), np.ones((2, 2, 3), np.float32))
    assert not any(counter.started for each in counters for counter in each)


def test_a_repetition_says_which_frame_and_joint_it_is_of() -> None:
    stream = session()
    counters = [[Counter(rules) for rules in stream.rules[0]] for _ in range(3)]
    at, angles = np.stack([stream.at_us] * 3), np.stack([stream.angles] * 3)
    found = count(counters, np.array([1, 101, 201]), at, angles)
    expected = one_by_one(stream).repetitions
    assert found == [
        Counted(frame, joint, _later(each, frame * 100))
        for frame in range(3)
        for joint in range(2)
        for each in expected[joint]
    ]


def _later(repetition: Repetition, samples: int) -> Repetition:
    return repetition._replace(first_seq=repetition.first_seq + samples, last_seq=repetition.last_seq + samples)
