"""The frames of one session that a sensor has not been relieved of yet: one numbered log in one SQLite file.

As in `arogya.client.spool` a frame gets its numbers in the transaction that stores it, and only what is committed is
sent. Here a row is a frame, and a frame has a number for each of its samples.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from arogya.client.spool_file import SpoolError, open_file
from arogya.client.window import Kept

FORMAT = 1
ROW_OVERHEAD_BYTES = 28  # SQLite's own bytes for a row of (integer key, integer, blob), rounded up

_SCHEMA = """
CREATE TABLE log (format INTEGER, log_id TEXT, session TEXT, joints TEXT, last INTEGER, acked_ever INTEGER,
                  finished INTEGER);
CREATE TABLE frames (seq INTEGER PRIMARY KEY, samples INTEGER NOT NULL, body BLOB NOT NULL);
"""


class Measured(NamedTuple):
    """What a log is of."""

    session: UUID
    joints: tuple[str, ...]  # in the order of the angles


class MotionSpool:
    """A bounded log of packed frames, whose samples are numbered from 1; safe to call from several threads.

    `path=None` keeps it in memory. A new file needs to be told what it is of, one that is there knows it. When a bound
    is reached the oldest frames go first: the hub is told of the hole, and counts again from what it has.
    """

    def __init__(
        self,
        path: Path | None,
        of: Measured | None = None,
        *,
        max_rows: int = 1_000_000,
        max_bytes: int = 128 * 2**20,
        power_safe: bool = True,
    ) -> None:
        self.max_rows = max_rows  # frames; a million of 100 ms are 28 hours
        self.max_bytes = max_bytes  # of frames with their overhead
        self.acked = 0  # everything up to here is the hub's; its frames go with the next append or at the end
        self._new = of
        self._lock = threading.Lock()
        self._db = open_file(path, self._prepare, power_safe=power_safe)

    @property
    def kept(self) -> Kept:
        """Return which samples are stored now."""
        return Kept(*self._range, self._acked_ever)

    def _prepare(self, db: sqlite3.Connection) -> None:
        db.execute("BEGIN IMMEDIATE")
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'log'").fetchone():
            if self._new is None:
                raise SpoolError("the file is not a spool of motion")
            for statement in _SCHEMA.split(";")[:-1]:
                db.execute(statement)
            head = (FORMAT, secrets.token_hex(16), str(self._new.session), " ".join(self._new.joints))
            db.execute("INSERT INTO log VALUES (?, ?, ?, ?, 0, 0, 0)", head)
        db.execute("COMMIT")
        self._load(db)

    def _load(self, db: sqlite3.Connection) -> None:
        head = db.execute(
            "SELECT log_id, session, joints, last, acked_ever, finished FROM log WHERE format = ?", (FORMAT,)
        ).fetchone()
        if head is None:
            raise sqlite3.DatabaseError("not a spool of this format")
        self.log_id: str = head[0]  # names the stream on the hub; drawn when the spool is created
        self.of = Measured(UUID(head[1]), tuple(head[2].split()))
        self._acked_ever: int = head[4]
        self.finished = bool(head[5])  # nothing will be appended any more
        first, rows, size = db.execute("SELECT min(seq), count(*), sum(length(body)) FROM frames").fetchone()
        self._rows: int = rows
        self.size_bytes: int = (size or 0) + rows * ROW_OVERHEAD_BYTES
        # (first, last) stored; one tuple, so that the event loop never reads half of a change made in a thread.
        self._range: tuple[int, int] = (head[3] + 1 if first is None else first, head[3])
        self.acked = min(self._acked_ever, self._range[0] - 1)

    def append(self, frames: Sequence[tuple[int, bytes]]) -> int:
        """Store (samples, packed frame) in one transaction; return the seq of the first; raises `sqlite3.Error`.

        Frames that were acked, and the oldest ones over a bound, leave in the same transaction.
        """
        with self._lock:
            first = seq = self._range[1] + 1
            rows = []
            for samples, body in frames:
                rows.append((seq, samples, body))
                seq += samples
            size = self.size_bytes + sum(len(body) + ROW_OVERHEAD_BYTES for _, body in frames)
            try:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.executemany("INSERT INTO frames VALUES (?, ?, ?)", rows)
                count, size = self._shrink(self._rows + len(rows), size)
                self._db.execute("UPDATE log SET last = ?, acked_ever = ?", (seq - 1, self._acked_ever))
                (oldest,) = self._db.execute("SELECT min(seq) FROM frames").fetchone()
                self._db.execute("COMMIT")
            except sqlite3.Error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            self._rows, self.size_bytes = count, size
            self._range = (seq if oldest is None else oldest, seq - 1)
            return first

    def _shrink(self, rows: int, size: int) -> tuple[int, int]:
        """Delete acked frames, then the oldest over a bound; return the rows and bytes that stay."""
        acked, cut = self.acked, 0
        found = self._db.execute("SELECT seq, samples, length(body) FROM frames ORDER BY seq")
        for seq, samples, body_bytes in found:
            if seq + samples - 1 > acked and rows <= self.max_rows and size <= self.max_bytes:
                break
            cut, rows, size = seq, rows - 1, size - body_bytes - ROW_OVERHEAD_BYTES
        if cut:
            self._db.execute("DELETE FROM frames WHERE seq <= ?", (cut,))
        return rows, size

    def read(self, seq: int) -> tuple[int, bytes] | None:
        """Return (seq of its first sample, packed frame) of the frame with this sample, else of the next one stored."""
        with self._lock:
            found = self._db.execute(
                "SELECT seq, body FROM frames"
                " WHERE seq >= coalesce((SELECT max(seq) FROM frames WHERE seq <= ? AND seq + samples > ?), ?)"
                " ORDER BY seq LIMIT 1",
                (seq, seq, seq),
            ).fetchone()
        return None if found is None else (found[0], found[1])

    def set_acked(self, acked: int) -> None:
        """Take the hub's mark, which may be lower than before."""
        self.acked = acked
        self._acked_ever = max(self._acked_ever, acked)

    def finish(self) -> None:
        """Remember that nothing will be appended any more; raises `sqlite3.Error`."""
        with self._lock:
            self._db.execute("UPDATE log SET finished = 1")
            self.finished = True

    def renew(self) -> None:
        """Begin a new log with the frames kept, numbered from 1, as `Spool.renew` does."""
        with self._lock:
            first, last = self._range
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("UPDATE frames SET seq = -seq")
            self._db.execute("UPDATE frames SET seq = -seq - ?", (first - 1,))
            fresh = (secrets.token_hex(16), last - first + 1)
            self._db.execute("UPDATE log SET log_id = ?, last = ?, acked_ever = 0", fresh)
            self._db.execute("COMMIT")
            self._load(self._db)

    def close(self) -> None:
        """Forget what was acked and release the file."""
        try:
            self.append([])
        finally:
            with self._lock:
                self._db.close()
