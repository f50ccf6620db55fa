"""Opening a spool's file: one SQLite database that one program uses at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

Prepare = Callable[[sqlite3.Connection], None]


class SpoolError(Exception):
    """The spool can not be used: another process has it open, or the disk refuses."""


def open_file(path: Path | None, prepare: Prepare, *, power_safe: bool) -> sqlite3.Connection:
    """Open or create a spool's database, in memory for None; raises `SpoolError`.

    `prepare` makes its tables where they are missing and reads what is in it; whatever `sqlite3.DatabaseError` says
    that it is no spool (any more) has the file put aside as `NAME.corrupt`, and a new one takes its place.
    """
    if path is None:
        return _start(":memory:", prepare, power_safe=power_safe)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _start_file(path, prepare, power_safe=power_safe)
    except (OSError, sqlite3.OperationalError) as error:
        raise SpoolError(f"the spool {path} can not be opened: {error}") from error
    except sqlite3.DatabaseError:
        # Not a database (any more). A device must go on; what can be saved is saved by a person from the copy.
        put_aside(path, "corrupt")
        return _start_file(path, prepare, power_safe=power_safe)


def put_aside(path: Path, why: str) -> None:
    """Rename a spool that is closed to `NAME.why`, with what belongs to it."""
    for part in (path, path.with_name(path.name + "-wal")):
        if part.exists():
            part.replace(part.with_name(f"{part.name}.{why}"))


def _start_file(path: Path, prepare: Prepare, *, power_safe: bool) -> sqlite3.Connection:
    path.touch(mode=0o600)  # where somebody was is nobody else's business; SQLite gives its journal the same mode
    return _start(str(path), prepare, power_safe=power_safe)


def _start(name: str, prepare: Prepare, *, power_safe: bool) -> sqlite3.Connection:
    db = sqlite3.connect(name, timeout=0.0, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA locking_mode=EXCLUSIVE")  # two senders on one log would give one number twice
        db.execute("PRAGMA journal_mode=WAL")
        db.execute(f"PRAGMA synchronous={'FULL' if power_safe else 'NORMAL'}")
        prepare(db)
    except (sqlite3.Error, SpoolError):
        db.close()
        raise
    return db
