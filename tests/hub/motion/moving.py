"""Streams of any kind, drawn by hypothesis, and counted sample by sample or frame by frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from arogya.simulator.movement import Exercise, perform
from hub.motion import counter_state
from hub.motion.repetitions import Counter, Repetition, Standing, count
from hub.motion.rules import Rules, Target, rules_of

START_US = 1_700_000_000_000_000
# Dropped, ordinary, slow, the longest that is no gap, gaps, clocks that were set.
STEPS_US = (-3_600_000_000, -1_000_001, -1_000_000, -1, 0, 1, 400_000, 1_000_000, 1_000_001, 9_999_999, 25_000_000)
RULES = (
    Rules(),
    rules_of(Target(0.0, 90.0)),
    rules_of(Target(90.0, 0.0)),
    rules_of(Target(0.0, 40.0)),
    Rules(1, 15.0, 60.0),
    Rules(-1, 15.0, None),
)


@dataclass(frozen=True, slots=True)
class Stream:
    """Samples of some joints; `rules` of all joints since some samples, the first ones since sample 0."""

    at_us: NDArray[np.int64]  # (samples,)
    angles: NDArray[np.float32]  # (joints, samples)
    rules: dict[int, list[Rules]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was counted of each joint, and how far it is in the end."""

    repetitions: list[list[Repetition]]
    standings: list[Standing]


@st.composite
def streams(draw: st.DrawFn, samples_max: int = 3_000) -> Stream:
    """Draw a stream: patients with every kind of trouble, or any numbers; clocks that jump, targets that change."""
    joints = draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    lanes = [_lane(draw, rng, samples_max) for _ in range(joints)]
    samples = min(len(lane) for lane in lanes)
    steps = np.full(samples, draw(st.sampled_from([5_000, 10_000, 20_000, 100_000, 700_000])))
    if draw(st.booleans()):
        steps = steps + rng.integers(-4_000, 4_000, samples)
    for place, step in draw(st.lists(st.tuples(st.integers(0, samples - 1), st.sampled_from(STEPS_US)), max_size=8)):
        steps[place] = step
    changes = draw(st.lists(st.integers(1, samples), max_size=3))
    each = st.lists(st.sampled_from(RULES), min_size=joints, max_size=joints)
    rules = {since: draw(each) for since in (0, *changes)}
    return Stream(START_US + np.cumsum(steps), np.stack([lane[:samples] for lane in lanes]), rules)


def _lane(draw: st.DrawFn, rng: np.random.Generator, samples_max: int) -> NDArray[np.float32]:
    if draw(st.integers(0, 3)) == 0:
        values = draw(st.lists(st.floats(-360, 360, width=32), min_size=1, max_size=40))
        return np.repeat(np.array(values, dtype=np.float32), draw(st.integers(1, 60)))[:samples_max]
    target = draw(st.sampled_from([90.0, 60.0, 20.0, -50.0]))
    noise = draw(st.sampled_from([0.0, 2.0, 8.0]))
    exercise = Exercise("", 0.0, target, draw(st.integers(1, 4)), tremor_deg=2.0, noise_deg=noise, out_s=(0.1, 3.0))
    return perform(exercise, rng).angle[:samples_max]


def one_by_one(stream: Stream) -> Outcome:
    """Count sample by sample."""
    counters = [Counter(rules) for rules in stream.rules[0]]
    repetitions: list[list[Repetition]] = [[] for _ in counters]
    for place, at_us in enumerate(stream.at_us.tolist()):
        for counter, rules in zip(counters, stream.rules.get(place, ()), strict=False):
            counter.set_rules(rules)
        for counter, angles, found in zip(counters, stream.angles, repetitions, strict=True):
            done = counter.step(place + 1, at_us, float(angles[place]))
            if done is not None:
                found.append(done)
    for counter, rules in zip(counters, stream.rules.get(len(stream.at_us), ()), strict=False):
        counter.set_rules(rules)
    return Outcome(repetitions, [counter.standing for counter in counters])


class Streaming:
    """A stream that is counted frame by frame."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.counters = [Counter(rules) for rules in stream.rules[0]]
        self.place = 0  # the next sample
        self.repetitions: list[list[Repetition]] = [[] for _ in stream.rules[0]]

    def frame(self, samples: int) -> slice:
        """Return the next samples: up to a change of the rules, which is made when it is due."""
        if self.place and self.place in self.stream.rules:
            for counter, rules in zip(self.counters, self.stream.rules[self.place], strict=True):
                counter.set_rules(rules)
        bounds = [since for since in self.stream.rules if since > self.place]
        return slice(self.place, min([self.place + samples, len(self.stream.at_us), *bounds]))

    def count(self, samples: int) -> None:
        """Count the next samples."""
        span = self.frame(samples)
        seq = np.array([span.start + 1])
        for each in count([self.counters], seq, self.stream.at_us[None, span], self.stream.angles[None, :, span]):
            assert each.frame == 0
            self.repetitions[each.joint].append(each.repetition)
        self.place = span.stop

    def move(self) -> None:
        """Go on with other counters, from what is saved of these."""
        state = counter_state.save(self.counters)
        self.counters = [Counter(Rules(-1, 40.0, 3.0)) for _ in self.counters]
        counter_state.load(self.counters, state)
        assert counter_state.save(self.counters) == state

    @property
    def has_more(self) -> bool:
        """Whether there are samples left."""
        return self.place < len(self.stream.at_us)

    def outcome(self) -> Outcome:
        """Return what was counted."""
        self.frame(0)
        return Outcome(self.repetitions, [counter.standing for counter in self.counters])
