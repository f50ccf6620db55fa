"""When devices hear that their samples are stored: after each batch, and crowds a little less often."""

from __future__ import annotations

import asyncio
from typing import Final

from hub.clock import Clock
from hub.ingest.roster import DeviceConnection

CROWD: Final = 256  # connections that a batch has acks for: each of them is a write that the samples wait for
CROWD_S: Final = 0.3  # between two acks of one of a crowd


class Acks:
    """The connections that are to hear of new marks."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: dict[str, DeviceConnection] = {}  # by session
        self._later: asyncio.TimerHandle | None = None  # while some are held back

    def put(self, session: DeviceConnection) -> None:
        """Remember a connection until the whole batch is settled."""
        self._due[session.session_id] = session

    def drop(self, session: DeviceConnection) -> None:
        """Forget a connection that is over."""
        self._due.pop(session.session_id, None)

    def settled(self) -> None:
        """Send one ack to each connection that a batch concerned; of a crowd, to those that wait longest."""
        if len(self._due) < CROWD:
            self.send()
            return
        now_s = self._clock.monotonic_s()
        due, self._due = self._due, {}
        for session in due.values():
            if now_s - session.acked_s >= CROWD_S:
                session.acked_s = now_s
                session.flush_acks()
            else:
                self.put(session)
        if self._due and self._later is None:  # there may be no next batch
            self._later = asyncio.get_running_loop().call_later(CROWD_S, self.send)

    def send(self) -> None:
        """Send all that is due."""
        if self._later is not None:
            self._later.cancel()
            self._later = None
        due, self._due = self._due, {}
        for session in due.values():
            session.flush_acks()
