"""Which demos and servers run on this machine: how other commands find them by themselves."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from arogya.config import runtime_dir

FILE = "running.json"
LOCK = "lock"
DEFAULT_STATE = Path(".arogya")
CLAIM_S = 0.3  # a command that only looks who runs here holds the lock for an instant


class StateInUse(Exception):
    """Another process owns the state folder."""

    def __init__(self, state: Path, running: Running | None) -> None:
        where = f" at {running.url} (process {running.pid})" if running else ""
        super().__init__(f"{state} is in use: Arogya Hub already runs there{where}")


@dataclass(frozen=True, slots=True)
class Running:
    """A running hub and what is needed to reach it."""

    url: str  # http or https, no slash at the end
    pid: int  # of the supervisor
    dsn: str  # of its database, secrets included: the file is for its owner only
    started_at: float  # seconds since 1970
    state: str  # absolute path of its state folder
    redis_url: str = ""  # through which its hubs hear each other; empty for one hub alone
    node_secret: str = ""  # that they share with the hubs of other machines
    workers: int = 1  # how many of them there are


class Registry:
    """The entry of one state folder, held by the process that owns the folder."""

    def __init__(self, state: Path) -> None:
        self._state = state.absolute()
        self._lock: IO[bytes] | None = None  # held as long as the process lives: the truth about who runs

    def claim(self) -> None:
        """Take the state folder, making it when it is missing; raises `StateInUse`."""
        self._state.mkdir(parents=True, exist_ok=True, mode=0o711)
        # Whoever can open it can hold it, and keep the owner out.
        lock = os.fdopen(os.open(self._state / LOCK, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")
        deadline = time.monotonic() + CLAIM_S
        while not _locks(lock):
            if time.monotonic() > deadline:
                lock.close()
                raise StateInUse(self._state, find(self._state))
            time.sleep(0.02)
        self._lock = lock

    def publish(self, url: str, dsn: str, *, redis_url: str = "", node_secret: str = "", workers: int = 1) -> Running:
        """Write the entry and the pointer that leads to it from anywhere."""
        running = Running(url, os.getpid(), dsn, time.time(), str(self._state), redis_url, node_secret, workers)
        write_private(self._state / FILE, json.dumps(asdict(running), indent=2))
        pointer = self._pointer()
        if pointer is not None:
            write_private(pointer, str(self._state))
        return running

    def withdraw(self) -> None:
        """Remove both and let the folder go; does nothing for a folder that is somebody else's."""
        if self._lock is None:
            return
        (self._state / FILE).unlink(missing_ok=True)
        pointer = self._pointer()
        if pointer is not None:
            pointer.unlink(missing_ok=True)
        self._lock.close()
        self._lock = None

    def _pointer(self) -> Path | None:
        folder = runtime_dir()
        with suppress(OSError):
            folder.mkdir(mode=0o700, exist_ok=True)
            if not folder.is_symlink() and folder.stat().st_uid == os.geteuid():
                return folder / hashlib.sha256(str(self._state).encode()).hexdigest()[:16]
        return None  # the entry in the state folder has to be enough


def find(state: Path | None = None) -> Running | None:
    """Return what runs with this state folder; without one, what runs here, else the one started last."""
    if state is not None:
        return _read(state)
    here = _read(DEFAULT_STATE)
    if here is not None:
        return here
    return max(_pointed(), key=lambda running: running.started_at, default=None)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    unfinished.rename(path)


def _pointed() -> Iterator[Running]:
    with suppress(OSError):
        for pointer in runtime_dir().iterdir():
            with suppress(OSError, ValueError):
                running = _read(Path(pointer.read_text(encoding="utf-8")))
                if running is not None:
                    yield running


def _read(state: Path) -> Running | None:
    try:
        entry = json.loads((state / FILE).read_text(encoding="utf-8"))
        # A hub of a newer version may say more than is known here.
        running = Running(**{name: value for name, value in entry.items() if name in Running.__slots__})
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return running if _lives(running.pid) and _locked(state / LOCK) else None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _locks(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _locked(path: Path) -> bool:
    """Say whether somebody holds the lock: process ids come back, locks do not."""
    try:
        with path.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
