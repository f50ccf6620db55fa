"""A simulated ambulance tablet: records fixes as it drives."""

from __future__ import annotations

from collections.abc import Callable

import aiohttp

from hub.protocol.device_frames import Data
from hub.protocol.fix import Fix
from hub.protocol.stream_frames import StreamClaim
from tests.faults.rig.journal import Journal, StreamJournal
from tests.faults.rig.sender import Sender

METRES_PER_DEGREE = 111_195.0  # of latitude, on a sphere of 6,371 km


class Tablet(Sender[Fix]):
    """One tablet of one ambulance."""

    def __init__(
        self,
        url: str,
        secret: str,
        *,
        ambulance_id: int,
        journal: Journal,
        rate_hz: float = 1.0,
        seed: int = 0,
        connector: Callable[[], aiohttp.BaseConnector] | None = None,
        heartbeat_s: float | None = None,
    ) -> None:
        self.ambulance_id = ambulance_id
        self.journal = journal
        super().__init__(url, secret, journal, rate_hz=rate_hz, seed=seed, connector=connector, heartbeat_s=heartbeat_s)
        self._north, self._east = self.random.uniform(-20, 20), self.random.uniform(-20, 20)  # km around the city

    @property
    def mine(self) -> StreamJournal:
        """The journal of the current log."""
        return self.journal.streams[self.log_id]

    def open_journal(self) -> None:
        """Begin the journal of the log that was just drawn."""
        self.journal.streams[self.log_id] = StreamJournal(self.ambulance_id)

    def claim(self) -> StreamClaim:
        """Return what it says of its stream."""
        return StreamClaim(self.log_id)

    def record(self) -> None:
        """Take a fix."""
        self.keep(self.next_fix())

    def frame(self, run: list[tuple[int, Fix]]) -> Data:
        """Return a message of some fixes one after the other, and write them down."""
        for seq, fix in run:
            self.mine.note_sent(seq, fix)
        return Data(self.stream, run[0][0], self.now_us(), [fix for _, fix in run])

    def next_fix(self) -> Fix:
        """Drive on at ten metres a second and take a fix."""
        self._north += 0.01 / self.rate_hz
        return Fix(
            recorded_at=self.now_us(),
            latitude=28.6 + self._north * 1000 / METRES_PER_DEGREE,
            longitude=77.2 + self._east * 1000 / METRES_PER_DEGREE,
            speed=10.0,
            heading=0.0,
            accuracy=5.0,
        )
