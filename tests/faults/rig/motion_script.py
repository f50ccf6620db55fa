"""A sensor that does exactly what a test tells it, message by message."""

from __future__ import annotations

import contextlib
import math
import secrets
import struct
import time
from collections.abc import AsyncIterator

import aiohttp

from hub.protocol.stream_frames import StreamClaim
from tests.faults.rig.script import Script, device_socket
from tests.faults.rig.sensor import MotionJournal, MotionLog, Sample, SensorCredential, motion_data

RATE_HZ = 50
PERIOD_S = 1.5  # of a repetition
FRAME_SAMPLES = 10


class ScriptedSensor(Script):
    """One sensor with one stream; what it sends goes to the journal."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, claim: StreamClaim, mine: MotionLog) -> None:
        super().__init__(socket, claim, mine)
        self.mine = mine

    @classmethod
    @contextlib.asynccontextmanager
    async def connect(
        cls, url: str, worn: SensorCredential, journal: MotionJournal, log_id: str | None = None
    ) -> AsyncIterator[ScriptedSensor]:
        """Open a connection to a hub's address, say hello and read the welcome; without a log id, of a new log."""
        claim = StreamClaim(log_id or secrets.token_hex(16), "motion", worn.session_id, worn.joints)
        mine = journal.streams.setdefault(claim.log_id, MotionLog(worn.joints, worn.session_id))
        async with device_socket(url, worn.secret) as socket:
            sensor = cls(socket, claim, mine)
            welcome = await sensor.hello()
            assert welcome.streams, welcome.refused
            yield sensor

    async def send(self, first_seq: int, samples: list[Sample]) -> None:
        """Send one frame; the journal keeps the first body of each sample."""
        for seq, sample in enumerate(samples, start=first_seq):
            self.mine.note_sent(seq, sample)
        await self.send_unnoted(first_seq, samples)

    async def send_unnoted(self, first_seq: int, samples: list[Sample]) -> None:
        """Send one frame that must not be stored."""
        await self.say(motion_data(self.stream, first_seq, samples, time.time_ns() // 1000))

    async def send_frames(self, samples: list[Sample], first_seq: int = 1) -> None:
        """Send samples in frames of equal length, one after the other."""
        for start in range(0, len(samples), FRAME_SAMPLES):
            await self.send(first_seq + start, samples[start : start + FRAME_SAMPLES])


def exercise(
    count: int, joints: int = 3, *, first: int = 1, peak: float = 85.0, began_us: int | None = None
) -> list[Sample]:
    """Return `count` samples of a movement, the first of which is its sample number `first`; it began a minute ago."""
    began = time.time_ns() // 1000 - 60_000_000 if began_us is None else began_us
    found = []
    for number in range(first - 1, first - 1 + count):
        bent = (1 - math.cos(2 * math.pi * number / RATE_HZ / PERIOD_S)) / 2
        angles = [5.0 + joint + (peak - 5.0) * bent for joint in range(joints)]
        packed = struct.unpack(f"{joints}f", struct.pack(f"{joints}f", *angles))
        found.append(Sample(began + number * 1_000_000 // RATE_HZ, packed))
    return found
