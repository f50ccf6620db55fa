"""A frame of joint angles, as a device sends it; docs/protocol.md describes it for other people's devices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hub.errors import Malformed
from hub.protocol import fields
from hub.protocol.fields import Wire
from hub.protocol.limits import (
    INTERVAL_US_MAX,
    OFFSET_US_MAX,
    REPETITION_MAX,
    SAMPLES_PER_FRAME_MAX,
    SEQ_MAX,
    TIME_US_MAX,
    TIME_US_MIN,
)

Angles = bytes | list[object]  # msgpack: float32, little-endian, joint after joint. JSON: an array a joint, of numbers.


@dataclass(slots=True)
class MotionData:
    """A run of samples of a motion stream; `angles` stays as it came, the ingest judges it with its neighbours."""

    type: ClassVar[str] = "data"
    stream: int
    seq: int  # of the first sample
    sent_at: int
    samples: int  # instants; each has an angle of every joint of the stream
    started_at: int  # when the first sample was taken, by the device's clock, µs since 1970
    angles: Angles
    interval_us: int = 0  # between two samples; 0: `offsets_us` says it
    offsets_us: list[object] | None = None  # of each sample after `started_at`
    repetition: int | None = None  # what the device counts: a hint, which is not stored

    def wire(self) -> Wire:
        """Return the message as the codec writes it."""
        wire: Wire = {
            "type": self.type,
            "stream": self.stream,
            "seq": self.seq,
            "sent_at": self.sent_at,
            "samples": self.samples,
            "started_at": self.started_at,
            "angles": self.angles,
        }
        if self.offsets_us is None:
            wire["interval_us"] = self.interval_us
        else:
            wire["offsets_us"] = self.offsets_us
        if self.repetition is not None:
            wire["repetition"] = self.repetition
        return wire

    @classmethod
    def read(cls, wire: Wire) -> MotionData:
        """Read a decoded message."""
        if wire.keys() == _KEYS:
            stream, seq, sent_at, samples = wire["stream"], wire["seq"], wire["sent_at"], wire["samples"]
            started_at, interval, angles = wire["started_at"], wire["interval_us"], wire["angles"]
            if (  # almost every frame, without asking for each field
                type(stream) is type(seq) is type(sent_at) is type(samples) is type(started_at) is type(interval) is int
                and type(angles) is bytes
                and stream > 0 < seq <= SEQ_MAX + 1 - samples
                and 0 < samples <= SAMPLES_PER_FRAME_MAX
                and 0 < interval <= INTERVAL_US_MAX
                and TIME_US_MIN <= sent_at <= TIME_US_MAX
                and TIME_US_MIN <= started_at <= TIME_US_MAX
            ):
                return cls(stream, seq, sent_at, samples, started_at, angles, interval)
        else:
            fields.check_keys(wire, _ALWAYS, _SOMETIMES)
            if ("interval_us" in wire) == ("offsets_us" in wire):
                raise Malformed("a frame has either interval_us or offsets_us", field="interval_us")
        interval_us, offsets_us, repetition = 0, None, None
        if "interval_us" in wire:
            interval_us = fields.whole(wire, "interval_us", low=1, high=INTERVAL_US_MAX)
        else:
            offsets_us = fields.array(wire, "offsets_us", longest=SAMPLES_PER_FRAME_MAX)
        if "repetition" in wire:
            repetition = fields.whole(wire, "repetition", high=REPETITION_MAX)
        samples = fields.whole(wire, "samples", low=1, high=SAMPLES_PER_FRAME_MAX)
        angles = wire["angles"]
        if type(angles) is not bytes and type(angles) is not list:
            raise Malformed("angles must be a bin of float32, or an array for each joint", field="angles")
        return cls(
            fields.whole(wire, "stream", low=1),
            fields.whole(wire, "seq", low=1, high=SEQ_MAX + 1 - samples),
            fields.instant(wire, "sent_at"),
            samples,
            fields.instant(wire, "started_at"),
            angles,
            interval_us,
            offsets_us,
            repetition,
        )


_ALWAYS = frozenset({"type", "stream", "seq", "sent_at", "samples", "started_at", "angles"})
_SOMETIMES = frozenset({"interval_us", "offsets_us", "repetition"})
_KEYS = _ALWAYS | {"interval_us"}  # of almost every frame


def are_offsets(offsets: list[object], samples: int) -> bool:
    """Tell whether these are the offsets of so many samples: whole µs from 0, ascending."""
    before = -1
    for offset in offsets:
        if type(offset) is not int or not before < offset <= OFFSET_US_MAX:
            return False
        before = offset
    return len(offsets) == samples and offsets[0] == 0


def has_dates(frame: MotionData) -> bool:
    """Tell whether the last sample of a frame, whose offsets are sound, was taken in the year 9999 at the latest."""
    later = frame.interval_us * (frame.samples - 1) if frame.offsets_us is None else frame.offsets_us[-1]
    return type(later) is int and frame.started_at + later <= TIME_US_MAX
