"""One log of motion as the event loop sees it: its spool, its newest frames, and how much of it the hub has."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import deque
from pathlib import Path

from arogya.client.motion_frame import MotionFrame
from arogya.client.motion_spool import Measured, MotionSpool
from arogya.client.spool_file import SpoolError, put_aside
from arogya.client.window import Kept
from hub.protocol.stream_frames import RefusedClaim, StreamClaim

logger = logging.getLogger(__name__)

TAIL_FRAMES = 64  # newest frames kept in memory too, so that a live sensor never reads its disk


class MotionLog:
    """Frames of one session on their way to the hub; nothing here waits for the network."""

    def __init__(self, spool: MotionSpool, path: Path | None, changed: asyncio.Event) -> None:
        self.path = path  # None: in memory
        self.stream: int | None = None  # the hub's number, once known
        self.newest_sent = 0  # highest seq ever put on the wire: below it, sending is sending again
        self.refused: RefusedClaim | None = None  # the hub does not take it: nothing is sent any more
        self.wanted = False  # the application has it open in this run
        self._spool = spool
        self._closed = False
        self._changed = changed  # of the client: there may be something to send
        self._acked = asyncio.Condition()
        self._tail: deque[tuple[int, MotionFrame]] = deque(maxlen=TAIL_FRAMES)

    @property
    def log_id(self) -> str:
        """Return the log's name."""
        return self._spool.log_id

    @property
    def of(self) -> Measured:
        """Return the session and the joints."""
        return self._spool.of

    @property
    def kept(self) -> Kept:
        """Return what is stored now."""
        return self._spool.kept

    @property
    def acked(self) -> int:
        """Return the seq up to which the hub has everything."""
        return self._spool.acked

    @property
    def finished(self) -> bool:
        """Return whether nothing will be added any more."""
        return self._spool.finished

    @property
    def is_drained(self) -> bool:
        """Return whether the hub has everything that is in it."""
        return self._spool.acked >= self._spool.kept.last

    @property
    def claim(self) -> StreamClaim:
        """Return how it is claimed."""
        return StreamClaim(self.log_id, "motion", self.of.session, self.of.joints)

    async def put(self, frame: MotionFrame) -> int:
        """Commit a frame; returns the seq of its first sample, raises `SpoolError`."""
        if self.refused is not None:
            raise SpoolError(f"the hub does not take this log ({self.refused.code}: {self.refused.detail})")
        if self.finished:
            raise SpoolError("the log is finished")
        try:
            first = await asyncio.to_thread(self._spool.append, [(frame.samples, frame.pack())])
        except sqlite3.Error as error:
            raise SpoolError(str(error)) from error
        self._tail.append((first, frame))
        self._changed.set()
        return first

    async def read(self, seq: int) -> tuple[int, MotionFrame] | None:
        """Return (seq of its first sample, frame) of the frame with this sample, else of the next one stored."""
        if self._tail and self._tail[0][0] <= seq:
            for first, frame in reversed(self._tail):
                if first <= seq < first + frame.samples:
                    return first, frame
        found = await asyncio.to_thread(self._spool.read, seq)
        return None if found is None else (found[0], MotionFrame.unpack(found[1]))

    async def take_mark(self, acked: int) -> None:
        """Take how far the hub has it, from an ack or at an opening, where it may be lower than before."""
        self._spool.set_acked(acked)
        async with self._acked:
            self._acked.notify_all()

    async def wait_drained(self) -> None:
        """Wait until the hub has everything; raises `SpoolError` when it does not take it."""
        async with self._acked:
            await self._acked.wait_for(lambda: self.is_drained or self.refused is not None)
        if self.refused is not None:
            raise SpoolError(f"the hub does not take this log ({self.refused.code}: {self.refused.detail})")

    async def renew(self) -> None:
        """Go on as a new log: its file is older than the hub's memory of it (a restored copy)."""
        await asyncio.to_thread(self._spool.renew)
        self._tail.clear()
        self.newest_sent, self.stream = 0, None

    async def finish(self) -> None:
        """Remember that nothing will be added; raises `SpoolError`."""
        try:
            await asyncio.to_thread(self._spool.finish)
        except sqlite3.Error as error:
            raise SpoolError(str(error)) from error
        self._changed.set()

    async def refuse(self, refused: RefusedClaim) -> None:
        """Give it up: the hub does not take it. Its file is kept for people, as `NAME.refused`."""
        self.refused = refused
        await self.close()
        if self.path is not None:
            await asyncio.to_thread(put_aside, self.path, "refused")
        async with self._acked:
            self._acked.notify_all()

    async def close(self) -> None:
        """Release the file, and remove it where nothing is left to be done with it."""
        if self._closed:
            return
        self._closed = True
        try:
            await asyncio.to_thread(self._spool.close)
        except sqlite3.Error as error:
            logger.warning("a spool could not be closed cleanly: %s", error)
            return
        if self.path is not None and self.finished and self.is_drained:
            await asyncio.to_thread(self.path.unlink, missing_ok=True)
