"""A simulated physio sensor: measures joints that bend and stretch, and keeps what is not acked."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

from hub.protocol.motion_frames import MotionData
from hub.protocol.stream_frames import StreamClaim
from tests.faults.rig.journal import Connections, Promises
from tests.faults.rig.sender import Sender

SAMPLES_AT_ONCE = 5  # that it measures before it looks whether it may send
PERIOD_S = 1.5  # of a repetition
NOISE_DEG = 1.0


class Sample(NamedTuple):
    """One instant of all joints."""

    at: int  # device clock, µs since 1970
    angles: tuple[float, ...]  # degrees, each what a float32 can hold


class SensorCredential(NamedTuple):
    """One sensor's device, its secret, and the session in progress that it measures."""

    device_id: int
    session_id: UUID
    joints: tuple[str, ...]
    secret: str


@dataclass
class MotionLog(Promises):
    """One motion stream as its device saw it."""

    joints: tuple[str, ...]
    session_id: UUID
    sent: dict[int, Sample] = field(default_factory=dict)  # seq → the body of its first sending

    def note_sent(self, seq: int, sample: Sample) -> None:
        """Write down one sample that is about to be handed to the socket."""
        if self.note_first(seq):
            self.sent[seq] = sample


@dataclass
class MotionJournal(Connections):
    """All motion streams of a run, by log id."""

    streams: dict[str, MotionLog] = field(default_factory=dict)


class Sensor(Sender[Sample]):
    """One sensor on one patient."""

    def __init__(
        self, url: str, credential: SensorCredential, journal: MotionJournal, *, rate_hz: float = 50.0, seed: int = 0
    ) -> None:
        self.credential = credential
        self.journal = journal
        super().__init__(url, credential.secret, journal, rate_hz=rate_hz, seed=seed)
        self._measured = 0  # samples since it was switched on
        self._phases = [self.random.uniform(0, 0.5) for _ in credential.joints]  # of each joint, in periods
        self._started_us = self.now_us()

    @property
    def mine(self) -> MotionLog:
        """The journal of the current log."""
        return self.journal.streams[self.log_id]

    def open_journal(self) -> None:
        """Begin the journal of the log that was just drawn."""
        self.journal.streams[self.log_id] = MotionLog(self.credential.joints, self.credential.session_id)

    def claim(self) -> StreamClaim:
        """Return what it says of its stream."""
        return StreamClaim(self.log_id, "motion", self.credential.session_id, self.credential.joints)

    @property
    def record_s(self) -> float:
        """Seconds between two recordings."""
        return SAMPLES_AT_ONCE / self.rate_hz

    def record(self) -> None:
        """Measure what was due since the last time, evenly spaced."""
        for _ in range(SAMPLES_AT_ONCE):
            self.keep(self.next_sample())

    def next_sample(self) -> Sample:
        """Go on with the movement."""
        since_s = self._measured / self.rate_hz
        self._measured += 1
        angles = [
            45 - 40 * math.cos(2 * math.pi * (since_s / PERIOD_S + phase)) + self.random.gauss(0, NOISE_DEG)
            for phase in self._phases
        ]
        at = self._started_us + self.clock_offset_us + round(since_s * 1e6)
        return Sample(at, struct.unpack(f"{len(angles)}f", struct.pack(f"{len(angles)}f", *angles)))

    def frame(self, run: list[tuple[int, Sample]]) -> MotionData:
        """Return a message of some samples one after the other, and write them down."""
        for seq, sample in run:
            self.mine.note_sent(seq, sample)
        return motion_data(self.stream, run[0][0], [sample for _, sample in run], self.now_us())


def motion_data(stream: int, first_seq: int, samples: list[Sample], sent_at: int) -> MotionData:
    """Return the message of some samples, with a constant interval where it is one.

    A clock that was set back between two samples has no place in a frame.
    """
    steps = {later.at - earlier.at for earlier, later in pairwise(samples)}
    columns = zip(*(sample.angles for sample in samples), strict=True)
    angles = b"".join(struct.pack(f"<{len(samples)}f", *column) for column in columns)
    message = MotionData(stream, first_seq, sent_at, len(samples), samples[0].at, angles)
    if len(steps) <= 1:
        message.interval_us = steps.pop() if steps else 1
    else:
        message.offsets_us = [sample.at - samples[0].at for sample in samples]
    return message
