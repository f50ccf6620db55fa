"""The bank counts what the counter counts, to the bit, whatever comes and however it is cut."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arogya.simulator.movement import draw, perform
from hub.motion.bank import Bank, Counted
from hub.motion.repetitions import Repetition, Standing
from hub.motion.rules import Rules, Target, rules_of
from tests.hub.motion.moving import START_US, Outcome, Stream, Streaming, one_by_one, streams

FRAMES = st.lists(st.sampled_from([1, 2, 9, 10, 64, 300, 2_000]), min_size=1, max_size=20)


def counted(stream: Stream, frames: list[int]) -> Outcome:
    streaming = Streaming(Bank(), stream)
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
def test_it_counts_what_the_counter_counts_however_the_samples_are_cut(stream: Stream, frames: list[int]) -> None:
    assert counted(stream, frames) == one_by_one(stream)


@settings(max_examples=30)
@given(streams(), FRAMES, st.integers(0, 19))
def test_moving_to_another_bank_anywhere_changes_nothing(stream: Stream, frames: list[int], when: int) -> None:
    streaming = Streaming(Bank(), stream)
    for turn in range(len(stream.at_us)):
        if not streaming.has_more:
            break
        if turn % 20 == when:
            other = Bank()
            other.take([Rules(-1, 40.0, 3.0)] * 7)
            streaming.move(other)
        streaming.count(frames[turn % len(frames)])
    assert streaming.outcome() == one_by_one(stream)


@settings(max_examples=30)
@given(streams(samples_max=1_000), FRAMES)
def test_live_is_final(stream: Stream, frames: list[int]) -> None:
    assert counted(stream, frames) == counted(stream, [len(stream.at_us)])


@settings(max_examples=10)
@given(st.lists(streams(samples_max=600), min_size=2, max_size=5), st.sampled_from([1, 7, 10, 50]))
def test_streams_that_come_together_are_counted_as_if_each_came_alone(some: list[Stream], samples: int) -> None:
    bank = Bank()
    together = [Streaming(bank, each) for each in some]
    while True:
        spans = {each: each.frame(samples) for each in together if each.has_more}
        if not spans:
            break
        shapes = {(len(each.slots), span.stop - span.start) for each, span in spans.items()}
        for shape in shapes:
            alike = [each for each, span in spans.items() if (len(each.slots), span.stop - span.start) == shape]
            _count_together(bank, alike, shape[1])
    assert [each.outcome() for each in together] == [one_by_one(each) for each in some]


def _count_together(bank: Bank, alike: list[Streaming], samples: int) -> None:
    spans = [slice(each.place, each.place + samples) for each in alike]
    found = bank.count(
        np.stack([each.slots for each in alike]),
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


def test_numbers_go_on_where_another_stream_of_the_session_ended() -> None:
    stream = session()
    streaming = Streaming(Bank(), stream)
    streaming.bank.set_number(streaming.slots, [7, 9], [3, 4])
    streaming.count(len(stream.at_us))
    first, second = streaming.repetitions
    assert [each.number for each in first] == list(range(8, 8 + len(first)))
    standing = streaming.bank.standing(int(streaming.slots[1]))
    assert (standing.count, standing.valid) == (9 + len(second), 4 + len(second))


def test_a_slot_that_is_taken_again_is_fresh() -> None:
    bank = Bank()
    stream = session()
    before = Streaming(bank, stream)
    before.count(len(stream.at_us) // 2)
    bank.release(before.slots)
    again = Streaming(bank, stream)
    assert set(again.slots.tolist()) == set(before.slots.tolist())
    assert bank.standing(int(again.slots[0])) == Standing(0, 0, "rest", None, 0.0)
    while again.has_more:
        again.count(10)
    assert again.outcome() == one_by_one(stream)


def test_it_grows_while_it_counts() -> None:
    bank = Bank()
    stream = session()
    streaming = Streaming(bank, stream)
    taken = {int(slot) for slot in streaming.slots}
    while streaming.has_more:
        streaming.count(500)
        taken.update(bank.take([Rules()] * 40).tolist())
    assert len(taken) % 40 == len(streaming.slots)
    assert streaming.outcome() == one_by_one(stream)


def test_an_empty_frame_counts_nothing() -> None:
    bank = Bank()
    slots = bank.take([Rules()])[None]
    empty = np.empty((1, 0), dtype=np.int64)
    assert bank.count(slots, np.array([1]), empty, np.empty((1, 1, 0), dtype=np.float32)) == []


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda state: b"", id="nothing"),
        pytest.param(lambda state: b"\x02" + state[1:], id="another-version"),
        pytest.param(lambda state: state[:-1], id="cut"),
        pytest.param(lambda state: state + state[1:], id="of-more-counters"),
    ],
)
def test_a_state_that_is_not_known_is_refused(spoil: Callable[[bytes], bytes]) -> None:
    bank = Bank()
    slots = bank.take([Rules()])
    with pytest.raises(ValueError, match="not the state of 1 counters"):
        bank.load(slots, spoil(bank.save(slots)))


def test_a_repetition_says_which_frame_and_joint_it_is_of() -> None:
    bank = Bank()
    stream = session()
    slots = np.stack([bank.take(stream.rules[0]) for _ in range(3)])
    at, angles = np.stack([stream.at_us] * 3), np.stack([stream.angles] * 3)
    found = bank.count(slots, np.array([1, 101, 201]), at, angles)
    expected = one_by_one(stream).repetitions
    assert found == [
        Counted(frame, joint, _later(each, frame * 100))
        for frame in range(3)
        for joint in range(2)
        for each in expected[joint]
    ]


def _later(repetition: Repetition, samples: int) -> Repetition:
    return repetition._replace(first_seq=repetition.first_seq + samples, last_seq=repetition.last_seq + samples)
