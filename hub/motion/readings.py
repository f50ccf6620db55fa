"""From frames, as they are stored, to readings: one joint, one time, one angle each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from storage.motion import Frames, Repetition, Stream

NONE = -1  # the number of a reading that belongs to no repetition


class Readings(NamedTuple):
    """Readings of one log, sample after sample; NaN is left out."""

    seq: NDArray[np.int64]
    at: NDArray[np.int64]  # µs since 1970
    joint: NDArray[np.int64]  # place in the joints of the log
    angle: NDArray[np.float32]  # degrees

    def of(self, joint: int) -> Readings:
        """Return those of one joint."""
        return Readings(*(column[self.joint == joint] for column in self))


def unfold(stream: Stream, frames: Frames) -> Readings:
    """Return the readings of some frames."""
    samples = np.maximum(frames.values // len(stream.joints), 1)
    if stream.kind == "sql":
        samples = np.ones_like(frames.values)
    frame = np.repeat(np.arange(len(frames.seq)), frames.values)
    first = np.cumsum(frames.values) - frames.values
    place = np.arange(len(frame)) - first[frame]
    joint, sample = place // samples[frame], place % samples[frame]
    kept = ~np.isnan(frames.angle) & (joint < len(stream.joints))
    frame, joint, sample = frame[kept], joint[kept], sample[kept]
    order = np.lexsort((joint, sample, frame))
    frame, joint, sample = frame[order], joint[order], sample[order]
    return Readings(
        frames.seq[frame] + sample,
        frames.started_at[frame] + _after_start(frames, frame, sample),
        joint,
        frames.angle[kept][order],
    )


class Course(NamedTuple):
    """The readings of one joint; NaN is left out."""

    at: NDArray[np.int64]  # µs since 1970
    angle: NDArray[np.float32]  # degrees


def courses(stream: Stream, frames: Frames) -> list[Course]:
    """Return the readings of some frames joint by joint, in the order of the log's joints."""
    count, joints = len(frames.seq), len(stream.joints)
    alike = stream.kind == "motion" and count and np.ptp(frames.values) == np.ptp(frames.offsets) == 0
    samples = int(frames.values[0]) // joints if alike else 0
    # As sensors send: frames of one shape, which need no place for each reading.
    if not alike or samples * joints != frames.values[0] or frames.offsets[0] not in (0, samples):
        readings = unfold(stream, frames)
        return [Course(one.at, one.angle) for one in map(readings.of, range(joints))]
    steps = frames.interval_us[:, None] * np.arange(samples)
    after = steps if not frames.offsets[0] else frames.offset_us.reshape(count, samples)
    at = (frames.started_at[:, None] + after).reshape(-1)
    angles = frames.angle.reshape(count, joints, samples).swapaxes(0, 1).reshape(joints, -1)
    missing = np.isnan(angles)
    if not missing.any():
        return [Course(at, angle) for angle in angles]
    return [Course(at[~gone], angle[~gone]) for angle, gone in zip(angles, missing, strict=True)]


def _after_start(frames: Frames, frame: NDArray[np.int64], sample: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return µs from the start of each sample's frame to the sample."""
    constant = sample * frames.interval_us[frame]
    if not len(frames.offset_us):
        return constant
    stated = sample < frames.offsets[frame]
    first = np.cumsum(frames.offsets) - frames.offsets
    place = np.where(stated, first[frame] + sample, 0)
    return np.where(stated, frames.offset_us[place], constant)


def numbers(stream: Stream, readings: Readings, repetitions: Iterable[Repetition]) -> NDArray[np.int64]:
    """Return the number of the repetition that each reading belongs to; `NONE` of those that belong to none."""
    found = np.full(len(readings.seq), NONE)
    own = [one for one in repetitions if one.stream_id == stream.id and one.joint in stream.joints]
    for joint in {one.joint for one in own}:
        ranges = np.array(sorted((one.first_seq, one.last_seq, one.number) for one in own if one.joint == joint))
        mine = np.flatnonzero(readings.joint == stream.joints.index(joint))
        place = np.searchsorted(ranges[:, 0], readings.seq[mine], side="right") - 1
        inside = (place >= 0) & (readings.seq[mine] <= ranges[place, 1])
        found[mine[inside]] = ranges[place[inside], 2]
    return found
