"""One stream on one connection: its cursor, what is in flight, and what to tell the device."""

from __future__ import annotations

from collections import deque
from typing import Protocol

from hub.ingest.cursor import Cursor
from storage.batch import DeadLetter


class StreamSession(Protocol):
    """The connection that a stream belongs to, as the stream sees it."""

    def stream_committed(self, stream: Stream, settled: int) -> None:
        """Some samples became durable: an ack is due."""

    def stream_superseded(self) -> None:
        """Somebody else owns one of the streams."""

    def stream_set_back(self) -> None:
        """The database was restored to a time before what was acked."""


class Stream:
    """Appends to the writer as its owner (`storage.batch.StreamOwner`)."""

    __slots__ = ("_in_flight", "_refusals", "acked", "cursor", "fence", "session", "stream_id")

    def __init__(self, session: StreamSession, stream_id: int, fence: int, acked: int) -> None:
        self.session = session
        self.stream_id = stream_id
        self.fence = fence
        self.acked = acked  # the mark: everything up to here is committed
        self.cursor = Cursor(acked)
        # Last seq and sample count of each admitted frame; None without any: most connections are idle.
        self._in_flight: deque[tuple[int, int]] | None = None
        self._refusals: list[DeadLetter] | None = None  # told to the device once they are committed

    @property
    def is_idle(self) -> bool:
        """Whether everything that was admitted is committed."""
        return not self._in_flight

    def admitted(self, last_seq: int, count: int) -> None:
        """Move the cursor behind a frame and remember what it owes in credit."""
        self.cursor.advance(last_seq)
        self._await(last_seq, count)

    def skipped(self, last_seq: int) -> None:
        """Move the cursor behind a hole, which costs as much credit as one sample."""
        self.cursor.skip(last_seq)
        self._await(last_seq, 1)

    def committed(self, last_seq: int) -> None:
        """Take note of a new mark."""
        self.acked = last_seq
        settled, waiting = 0, self._in_flight
        while waiting and waiting[0][0] <= last_seq:
            settled += waiting.popleft()[1]
        self.session.stream_committed(self, settled)

    def superseded(self) -> None:
        """Stop: the fence is somebody else's."""
        self.session.stream_superseded()

    def set_back(self) -> None:
        """Stop: the database was restored, and only a new claim says where the stream is now."""
        self.session.stream_set_back()

    def refused(self, letter: DeadLetter) -> None:
        """Remember a sample that can never be stored."""
        if self._refusals is None:
            self._refusals = []
        self._refusals.append(letter)

    def take_refusals(self) -> list[DeadLetter]:
        """Return the refused samples that are durable as dead letters now, once each."""
        if self._refusals is None:
            return []
        told = [letter for letter in self._refusals if letter.seq <= self.acked]
        self._refusals = [letter for letter in self._refusals if letter.seq > self.acked] or None
        return told

    def _await(self, last_seq: int, count: int) -> None:
        if self._in_flight is None:
            self._in_flight = deque()
        self._in_flight.append((last_seq, count))


class FixStream(Stream):
    """A stream of an ambulance's fixes."""

    __slots__ = ("ambulance_id", "shown_seq")

    def __init__(self, session: StreamSession, stream_id: int, fence: int, acked: int, ambulance_id: int) -> None:
        super().__init__(session, stream_id, fence, acked)
        self.ambulance_id = ambulance_id
        self.shown_seq = 0  # the newest sample that a live hint has shown already
