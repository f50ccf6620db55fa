"""A frame of joint angles on its way to the hub: made of what a sensor measured, kept packed, cut where needed."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgpack

from hub.protocol.limits import (
    INTERVAL_US_MAX,
    OFFSET_US_MAX,
    REPETITION_MAX,
    SAMPLES_PER_FRAME_MAX,
    TIME_US_MAX,
    TIME_US_MIN,
)
from hub.protocol.motion_frames import MotionData

ANGLE_MAX = 360.0  # degrees, either way
_BYTES = 4  # of a float32


@dataclass(frozen=True, slots=True)
class MotionFrame:
    """A run of samples, each with an angle of every joint."""

    samples: int
    started_at: int  # of the first sample, µs since 1970 by the device's clock
    interval_us: int  # between two samples; 0: `offsets_us` says it
    offsets_us: tuple[int, ...] | None  # of each sample after `started_at`
    angles: bytes  # degrees, float32, little-endian, joint after joint
    repetition: int | None = None  # what the device counts: a hint

    @classmethod
    def of(
        cls,
        joints: int,
        started_at: int,
        spacing: int | Sequence[int],
        angles: Iterable[Iterable[float]],
        repetition: int | None = None,
    ) -> MotionFrame:
        """Return a frame of what was measured: a row of degrees for each of so many joints, equally long.

        `spacing` is the interval between samples in µs, or the offset of each sample after `started_at`, from 0 and
        ascending. Raises ValueError for what no hub takes: NaN and more than 360 degrees, too.
        """
        rows = [array("f", row) for row in angles]
        samples = len(rows[0]) if rows else 0
        _check_angles(joints, rows, samples)
        interval_us, offsets_us = (spacing, None) if isinstance(spacing, int) else (0, tuple(spacing))
        if offsets_us is not None:
            _check_offsets(offsets_us, samples)
        elif not 1 <= interval_us <= INTERVAL_US_MAX:
            raise ValueError(f"interval_us must be from 1 to {INTERVAL_US_MAX}")
        if not TIME_US_MIN <= started_at <= TIME_US_MAX:
            raise ValueError("started_at is in microseconds since 1970")
        if repetition is not None and not 0 <= repetition <= REPETITION_MAX:
            raise ValueError(f"repetition must be from 0 to {REPETITION_MAX}")
        return cls(samples, started_at, interval_us, offsets_us, _packed(rows), repetition)

    @classmethod
    def unpack(cls, body: bytes) -> MotionFrame:
        """Return what `pack` has packed."""
        samples, started_at, interval_us, offsets_us, angles, repetition = msgpack.unpackb(body, use_list=False)
        return cls(samples, started_at, interval_us, offsets_us, angles, repetition)

    def pack(self) -> bytes:
        """Return the frame as the spool keeps it."""
        packed: bytes = msgpack.packb(
            (self.samples, self.started_at, self.interval_us, self.offsets_us, self.angles, self.repetition)
        )
        return packed

    def part(self, first: int, samples: int) -> MotionFrame:
        """Return `samples` samples from the `first` on, counted from 0."""
        if first == 0 and samples == self.samples:
            return self
        row_bytes = self.samples * _BYTES
        begin, end = first * _BYTES, (first + samples) * _BYTES
        angles = b"".join(self.angles[row + begin : row + end] for row in range(0, len(self.angles), row_bytes))
        if self.offsets_us is None:
            started_at = self.started_at + first * self.interval_us
            return MotionFrame(samples, started_at, self.interval_us, None, angles, self.repetition)
        after = self.offsets_us[first]
        offsets_us = tuple(offset - after for offset in self.offsets_us[first : first + samples])
        return MotionFrame(samples, self.started_at + after, 0, offsets_us, angles, self.repetition)

    def message(self, stream: int, seq: int, sent_at: int, *, binary: bool) -> MotionData:
        """Return the message that carries the frame, with its angles as the encoding has them."""
        return MotionData(
            stream,
            seq,
            sent_at,
            self.samples,
            self.started_at,
            self.angles if binary else self._rows(),
            self.interval_us,
            None if self.offsets_us is None else list(self.offsets_us),
            self.repetition,
        )

    def _rows(self) -> list[object]:
        values = array("f", self.angles)
        if sys.byteorder == "big":
            values.byteswap()
        return [values[row : row + self.samples].tolist() for row in range(0, len(values), self.samples)]


def _check_angles(joints: int, rows: list[array[float]], samples: int) -> None:
    if len(rows) != joints:
        raise ValueError(f"there are {len(rows)} rows of angles for {joints} joints")
    if any(len(row) != samples for row in rows):
        raise ValueError("the rows of angles are not equally long")
    if not 1 <= samples <= SAMPLES_PER_FRAME_MAX:
        raise ValueError(f"a frame has 1 to {SAMPLES_PER_FRAME_MAX} samples")
    if not all(-ANGLE_MAX <= angle <= ANGLE_MAX for row in rows for angle in row):
        raise ValueError("an angle is a number of degrees from -360 to 360; leave a sample out that has none")


def _check_offsets(offsets_us: tuple[int, ...], samples: int) -> None:
    if len(offsets_us) != samples:
        raise ValueError(f"there are {len(offsets_us)} offsets for {samples} samples")
    ascending = all(before < after for before, after in pairwise(offsets_us))
    if offsets_us[0] != 0 or not ascending or offsets_us[-1] > OFFSET_US_MAX:
        raise ValueError(f"offsets_us begins with 0, ascends, and ends at {OFFSET_US_MAX} at most")


def _packed(rows: list[array[float]]) -> bytes:
    if sys.byteorder == "big":
        for row in rows:
            row.byteswap()
    return b"".join(row.tobytes() for row in rows)
