"""Repetitions of joints counted sample by sample: plain Python, and where there is a C compiler compiled as it stands.

`repetitions.pxd` beside it says which numbers become C's, and both count the same to the bit. After a change `make`
compiles it again.

A zigzag of reversals, like the rainflow count of ASTM E1049: a low-pass filter drives the state, and the median of the
last three angles gives the numbers (a filtered peak under-reads a fast sit-to-stand by 5 degrees). Angles are finite,
in degrees; times are integer microseconds of any clock. All memory is a few numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, nan
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hub.motion.rules import Rules

# Other modules have no way to these once they are C's.
SECOND_US: Final = 1_000_000
TIME_CONSTANT_US: Final = 50_000.0
LONGEST_GAP_US: Final = SECOND_US  # half a repetition is not trusted over a longer one
SHORTEST_US: Final = 400_000
LONGEST_US: Final = 20 * SECOND_US
LOW_SHARE: Final = 0.1  # of a turn: as near to the lowest point, a repetition may start
REST_US: Final = 10 * SECOND_US  # a low point older than this is not where the next repetition begins
REST, OUT = "rest", "out"

IS_COMPILED: Final = not __file__.endswith(".py")


class Repetition(NamedTuple):
    """One complete repetition; it ends where the angle has turned back for sure."""

    number: int
    first_seq: int
    last_seq: int
    started_at: int  # µs, as the times that were counted
    peak_at: int
    ended_at: int
    peak_angle: float
    range_deg: float  # from the lowest point before it to the peak
    hold_s: float  # at the target or beyond
    out_s: float
    back_s: float
    smoothness: float  # mean speed over peak speed (Rohrer 2002, "speed metric")
    valid: bool  # the peak reaches the target; otherwise it is partial


class Counted(NamedTuple):
    """A repetition, and where it came from."""

    frame: int
    joint: int  # place in the joints of the frame
    repetition: Repetition


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a joint is."""

    count: int
    valid: int
    phase: str  # rest | out
    peak_angle: float | None  # of the repetition in hand; None at rest
    hold_s: float


def weight(dt_us: int) -> float:
    """Return the share that a sample has in the filtered angle, so many µs after the one before."""
    return 1.0 - exp(-dt_us / TIME_CONSTANT_US)


class Counter:
    """Counts one joint. Inside, angles are times the direction: a repetition goes up and comes down."""

    __slots__ = (
        *("direction", "delta", "reach", "number", "valid", "started", "out", "last_at", "x1", "x2", "y", "travelled"),
        *("turn", "floor", "start_at", "start_seq", "start_travelled", "fastest", "peak", "peak_at", "hold_us"),
        *("known_dt", "known_weight"),
    )

    def __init__(self, rules: Rules, number: int = 0) -> None:
        self.direction = rules.direction
        self.delta = rules.delta_deg
        self.reach = nan if rules.reach_deg is None else rules.reach_deg  # nan: nothing is held, everything is valid
        self.number = number  # of the last repetition
        self.valid = 0  # so many of them reached the target
        self.started = False  # False: the next sample is the first one
        self.out = False  # on the way to a peak, or back from it
        self.last_at = 0
        self.x1 = self.x2 = 0.0  # the samples before this one
        self.y = 0.0  # filtered
        self.travelled = 0.0  # by y, there and back
        self.turn = 0.0  # lowest y at rest, highest y when out
        self.floor = 0.0  # raw angle where y was lowest
        # Since the start of the repetition, which is the last low point of the rest before it:
        self.start_at = 0
        self.start_seq = 0
        self.start_travelled = 0.0
        self.fastest = 0.0  # y, degrees per µs
        self.peak = 0.0  # raw
        self.peak_at = 0
        self.hold_us = 0
        self.known_dt = 0  # the last time between two samples that was asked for, and its weight
        self.known_weight = 0.0

    @property
    def standing(self) -> Standing:
        """How far it is."""
        peak = self.direction * self.peak if self.out else None
        return Standing(self.number, self.valid, OUT if self.out else REST, peak, self.hold_us / SECOND_US)

    def set_rules(self, rules: Rules) -> None:
        """Go on by other rules; the other direction begins anew, at rest."""
        if rules.direction != self.direction:
            self.direction, self.started, self.out, self.hold_us = rules.direction, False, False, 0
        self.delta = rules.delta_deg
        self.reach = nan if rules.reach_deg is None else rules.reach_deg

    def step(self, seq: int, at_us: int, angle: float) -> Repetition | None:
        """Take a sample, return the repetition that it completes; one that is not later than the last is dropped."""
        x = self.direction * angle + 0.0  # no negative zero
        dt = at_us - self.last_at
        if not self.started or dt > LONGEST_GAP_US or dt < -LONGEST_GAP_US:
            self._begin(seq, at_us, x)
            return None
        if dt <= 0:
            return None
        raw = max(min(self.x1, self.x2), min(max(self.x1, self.x2), x))
        before = self.y
        if dt != self.known_dt:
            self.known_dt, self.known_weight = dt, weight(dt)
        self.y += self.known_weight * (x - before)
        moved = abs(self.y - before)
        self.travelled += moved
        self.x2, self.x1, self.last_at = self.x1, x, at_us
        if not self.out and self.y - self.turn <= self.delta * LOW_SHARE:
            lowest, floor = self.turn, self.floor
            self._start(seq, at_us, raw)
            if self.y > lowest:
                self.turn, self.floor = lowest, floor
            return None
        if not self.out and self._is_stale(at_us):
            self._start(seq, at_us, raw)
            return None
        self.fastest = max(self.fastest, moved / dt)
        if raw > self.peak:
            self.peak, self.peak_at = raw, at_us
        if self.out:
            return self._back(seq, raw, dt)
        if self.y - self.turn >= self.delta:
            self.out, self.turn = True, self.y
        return None

    def _begin(self, seq: int, at_us: int, x: float) -> None:
        self.started, self.last_at = True, at_us
        self.x1 = self.x2 = self.y = x
        self.travelled = 0.0
        self._start(seq, at_us, x)

    def _is_stale(self, at_us: int) -> bool:
        """Without this a long rest loses the repetition after it, and drift adds up."""
        age = at_us - self.start_at
        return age > REST_US and (self.y - self.turn < self.delta / 2 or age > LONGEST_US)

    def _start(self, seq: int, at_us: int, raw: float) -> None:
        """A repetition may start here."""
        self.out, self.turn = False, self.y
        self.start_seq, self.start_at, self.start_travelled = seq, at_us, self.travelled
        self.floor = self.peak = raw
        self.peak_at = at_us
        self.fastest, self.hold_us = 0.0, 0

    def _back(self, seq: int, raw: float, dt: int) -> Repetition | None:
        self.turn = max(self.turn, self.y)
        if raw >= self.reach:
            self.hold_us += dt
        if self.turn - self.y < self.delta:
            return None
        done = self._completed(seq) if SHORTEST_US <= self.last_at - self.start_at <= LONGEST_US else None
        self._start(seq + 1, self.last_at, raw)  # this sample belongs to the repetition that it ends
        return done

    def _completed(self, seq: int) -> Repetition:
        valid = not self.peak < self.reach
        self.number += 1
        self.valid += valid
        mean = (self.travelled - self.start_travelled) / (self.last_at - self.start_at)
        return Repetition(
            number=self.number,
            first_seq=self.start_seq,
            last_seq=seq,
            started_at=self.start_at,
            peak_at=self.peak_at,
            ended_at=self.last_at,
            peak_angle=self.direction * self.peak,
            range_deg=self.peak - self.floor,
            hold_s=self.hold_us / SECOND_US,
            out_s=(self.peak_at - self.start_at) / SECOND_US,
            back_s=(self.last_at - self.peak_at) / SECOND_US,
            smoothness=mean / self.fastest,
            valid=valid,
        )


def count(
    streams: list[list[Counter]], seq: NDArray[np.int64], at_us: NDArray[np.int64], angles: NDArray[np.float32]
) -> list[Counted]:
    """Let the counters of each stream take a frame; return the repetitions they complete, by frame, joint and number.

    `streams` (frames) of counters, one a joint; `seq` (frames,) of the first samples; `at_us` (frames, samples) µs;
    `angles` (frames, joints, samples) finite degrees. A stream's frames are taken in this order. Raises ValueError
    where they do not fit together, and nothing is counted.
    """
    frames, joints, samples = angles.shape
    if seq.shape != (frames,) or at_us.shape != (frames, samples):
        raise ValueError(f"numbers {seq.shape} and times {at_us.shape} are not those of angles {angles.shape}")
    if [len(counters) for counters in streams] != [joints] * frames:
        raise ValueError(f"these are not the counters of {joints} joints in each of {frames} frames")
    first, times, degrees = seq.data, at_us.data, angles.data  # their elements are plain numbers
    done = []
    for frame in range(frames):
        counters = streams[frame]
        for joint in range(joints):
            counter = counters[joint]
            for place in range(samples):
                repetition = counter.step(first[frame] + place, times[frame, place], degrees[frame, joint, place])
                if repetition is not None:
                    done.append(Counted(frame, joint, repetition))
    return done
