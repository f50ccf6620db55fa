"""The samples a device has not been relieved of yet, on its disk: one numbered log in one SQLite file.

Why SQLite: its write-ahead log is checksummed, so a process killed in the middle or a torn tail costs at most the
transaction that was being written, never the file. A sample gets its number in the transaction that stores it, and only
committed samples are sent; so a number never names two different samples, whatever is lost.

Durability: with `power_safe=True` (the default) every commit is fsynced, and what `append` returned from survives a
loss of power. With False it survives the death of the process, and a loss of power can cost the newest samples.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgpack

from arogya.client.spool_file import open_file
from arogya.client.window import Kept, Run

FORMAT = 1
ROW_OVERHEAD_BYTES = 24  # SQLite's own bytes for a row of (integer key, blob), rounded up

_SCHEMA = """
CREATE TABLE log (format INTEGER, log_id TEXT, last INTEGER, acked_ever INTEGER);
CREATE TABLE samples (seq INTEGER PRIMARY KEY, body BLOB NOT NULL);
"""
_REPORTS = (
    "CREATE TABLE IF NOT EXISTS reports (number INTEGER PRIMARY KEY, body BLOB NOT NULL)"  # younger than the rest
)


class KeptReport(NamedTuple):
    """A report that the hub has not answered."""

    number: int  # in the order of what happened
    id: str
    kind: str
    at: int  # µs since 1970, by the device's clock
    body: dict[str, object]


class Spool:
    """A bounded log of packed samples, numbered from 1; safe to call from several threads.

    `path=None` keeps it in memory. When a bound is reached the oldest samples go first: where a vehicle is now is worth
    more than where it was. A file that can not be read is put aside as `NAME.corrupt`, and a new log begins.
    """

    def __init__(
        self, path: Path | None, *, max_rows: int = 1_000_000, max_bytes: int = 128 * 2**20, power_safe: bool = True
    ) -> None:
        self.max_rows = max_rows  # 1,000,000 fixes are 11 days at 1 Hz
        self.max_bytes = max_bytes  # of samples with their overhead; the file also holds up to 4 MiB of journal
        self.acked = 0  # everything up to here is the hub's; its rows go with the next append or at the end
        self._lock = threading.Lock()
        self._db = open_file(path, self._prepare, power_safe=power_safe)

    @property
    def kept(self) -> Kept:
        """Return what is stored now."""
        return Kept(*self._range, self._acked_ever)

    def _prepare(self, db: sqlite3.Connection) -> None:
        db.execute("BEGIN IMMEDIATE")
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'log'").fetchone():
            for statement in _SCHEMA.split(";")[:-1]:
                db.execute(statement)
            db.execute("INSERT INTO log VALUES (?, ?, 0, 0)", (FORMAT, secrets.token_hex(16)))
        db.execute(_REPORTS)
        db.execute("COMMIT")
        self._load(db)

    def _load(self, db: sqlite3.Connection) -> None:
        head = db.execute("SELECT log_id, last, acked_ever FROM log WHERE format = ?", (FORMAT,)).fetchone()
        if head is None:
            raise sqlite3.DatabaseError("not a spool of this format")
        first, rows, size = db.execute("SELECT min(seq), count(*), sum(length(body)) FROM samples").fetchone()
        self.log_id: str = head[0]  # names the stream on the hub; drawn when the spool is created
        self._acked_ever: int = head[2]
        self._rows: int = rows
        self.size_bytes: int = (size or 0) + rows * ROW_OVERHEAD_BYTES
        # (first, last) stored; one tuple, so that the event loop never reads half of a change made in a thread.
        self._range: tuple[int, int] = (head[1] + 1 if first is None else first, head[1])
        self.acked = min(self._acked_ever, self._range[0] - 1)

    def append(self, bodies: Sequence[bytes]) -> int:
        """Store packed samples in one transaction and return the seq of the first; raises `sqlite3.Error`.

        Rows that were acked, and the oldest ones over a bound, leave in the same transaction.
        """
        with self._lock:
            first, last = self._range[1] + 1, self._range[1] + len(bodies)
            size = self.size_bytes + sum(len(body) + ROW_OVERHEAD_BYTES for body in bodies)
            try:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.executemany("INSERT INTO samples VALUES (?, ?)", enumerate(bodies, first))
                rows, size = self._shrink(self._rows + len(bodies), size)
                self._db.execute("UPDATE log SET last = ?, acked_ever = ?", (last, self._acked_ever))
                (oldest,) = self._db.execute("SELECT min(seq) FROM samples").fetchone()
                self._db.execute("COMMIT")
            except sqlite3.Error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            self._rows, self.size_bytes = rows, size
            self._range = (last + 1 if oldest is None else oldest, last)
            return first

    def _shrink(self, rows: int, size: int) -> tuple[int, int]:
        """Delete acked samples, then the oldest over a bound; return the rows and bytes that stay."""
        acked, cut = self.acked, 0
        for seq, body_bytes in self._db.execute("SELECT seq, length(body) FROM samples ORDER BY seq"):
            if seq > acked and rows <= self.max_rows and size <= self.max_bytes:
                break
            cut, rows, size = seq, rows - 1, size - body_bytes - ROW_OVERHEAD_BYTES
        if cut:
            self._db.execute("DELETE FROM samples WHERE seq <= ?", (cut,))
        return rows, size

    def read(self, run: Run) -> tuple[int, list[bytes]]:
        """Return (seq, bodies): the first unbroken run of stored samples at or after `run.first`, ≤ `run.samples`.

        The seq is above `run.first` when that sample is not there (any more); no bodies when nothing is.
        """
        with self._lock:
            found = self._db.execute(
                "SELECT seq, body FROM samples WHERE seq >= ? ORDER BY seq LIMIT ?", run
            ).fetchall()
        if not found:
            return run.first, []
        first: int = found[0][0]
        return first, [body for place, (seq, body) in enumerate(found) if seq == first + place]

    def reports(self) -> list[KeptReport]:
        """Return the reports without an answer, oldest first."""
        with self._lock:
            found = self._db.execute("SELECT number, body FROM reports ORDER BY number").fetchall()
        return [KeptReport(number, *msgpack.unpackb(body)) for number, body in found]

    def write_reports(self, keep: Sequence[KeptReport], forget: Sequence[int]) -> None:
        """Store reports and remove answered ones in one transaction; raises `sqlite3.Error`."""
        rows = [(kept.number, msgpack.packb(kept[1:])) for kept in keep]
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.executemany("INSERT OR REPLACE INTO reports VALUES (?, ?)", rows)
                self._db.executemany("DELETE FROM reports WHERE number = ?", [(number,) for number in forget])
                self._db.execute("COMMIT")
            except sqlite3.Error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def set_acked(self, seq: int) -> None:
        """Note what the hub holds; lower than before when it was restored from a backup. Costs no disk access."""
        self.acked = seq
        self._acked_ever = max(self._acked_ever, seq)

    def flush(self) -> None:
        """Forget on disk what was acked; without it the next append or `close` does."""
        self.append(())

    def renew(self) -> None:
        """Begin a new log with the samples kept, numbered from 1.

        For a spool that is older than the hub's memory of it (a restored copy): its next numbers are taken.
        """
        with self._lock:
            first, last = self._range
            self._db.execute("BEGIN IMMEDIATE")
            # By way of the negative numbers, because an update in place may meet its neighbour's key.
            self._db.execute("UPDATE samples SET seq = -seq")
            self._db.execute("UPDATE samples SET seq = -seq - ?", (first - 1,))
            self._db.execute(
                "UPDATE log SET log_id = ?, last = ?, acked_ever = 0", (secrets.token_hex(16), last - first + 1)
            )
            self._db.execute("COMMIT")
            self._load(self._db)

    def close(self) -> None:
        """Forget what was acked and release the file."""
        try:
            self.flush()
        finally:
            with self._lock:
                self._db.close()
