"""What every embedded server is: one guarded process with a folder of its own, a lock on that, and a bounded log."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, ClassVar

from arogya.embedded.guard import Guard

SOCKET_PATH_MAX_BYTES = 103  # sizeof(sockaddr_un.sun_path) - 1 on the smallest platform
LOG_TAIL_BYTES = 2_000
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}  # nothing of the owner's: no PGPORT, no secrets


class EmbeddedServerError(Exception):
    """A server is missing, or could not be started or kept; the sentence ends with what its log said."""


class EmbeddedServer:
    """The part that does not depend on which server it is."""

    failure: ClassVar[type[EmbeddedServerError]]  # what is raised of this kind of server
    log_bytes_max: ClassVar[int]
    stopping: ClassVar[
        tuple[tuple[signal.Signals, float], ...]
    ]  # after the first signal: what follows, and patience in s

    def __init__(self, folder: Path, log_name: str) -> None:
        self.folder = folder.absolute()
        self.log_path = self.folder / log_name
        self._lock: IO[bytes] | None = None  # held from start to stop: one owner a folder
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: Guard | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the server, None when it was not started."""
        return self._process.pid if self._process else None

    def process_ids(self) -> set[int]:
        """Return the processes that this object waits for itself."""
        return {process for process in (self.pid, self._guard.pid if self._guard else None) if process is not None}

    def alive(self) -> bool:
        """Say whether the server runs; reaps it when it died."""
        return self._process is not None and self._process.poll() is None

    def trim_log(self) -> None:
        """Keep the log bounded: past its limit the old half moves aside and the file starts anew."""
        if self.log_path.exists() and self.log_path.stat().st_size > self.log_bytes_max:
            shutil.copyfile(self.log_path, self.log_path.with_suffix(".log.1"))
            os.truncate(self.log_path, 0)  # the server appends, so it goes on at the new end

    def _take_folder(self) -> None:
        """Make the folder and own it, also over a death of the server; raises `failure` when somebody else does."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o711)
        if self._lock is not None:
            return
        lock = open(self.folder / "lock", "ab", opener=_for_its_owner)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise self.failure(f"{self.folder} is in use by another process") from None
        self._lock = lock

    def _let_go(self) -> None:
        """Give the folder up, if it is ours."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _spawn(self, command: Sequence[str], options: Mapping[str, Any]) -> None:
        self._guard = Guard()
        with open(self.log_path, "ab", opener=_for_its_owner) as log:
            self._process = self._guard.spawn(command, log=log, env=ENVIRONMENT, options=options)

    def _end(self, first: signal.Signals, patience_s: float) -> None:
        """Ask the process to end, and insist."""
        for number, seconds in ((first, patience_s), *self.stopping):
            if self._ended_after(number, seconds):
                return

    def _ended_after(self, number: signal.Signals, patience_s: float) -> bool:
        if self._process is None or self._process.poll() is not None:
            return True
        self._process.send_signal(number)
        self._process.send_signal(signal.SIGCONT)  # a stopped server hears nothing else
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _dismiss(self) -> None:
        """Forget a process that has ended."""
        self._process = None
        if self._guard is not None:
            self._guard.dismiss()
            self._guard = None

    def _log_tail(self) -> str:
        with self.log_path.open("rb") as log:
            log.seek(max(0, self.log_path.stat().st_size - LOG_TAIL_BYTES))
            return log.read().decode(errors="replace").strip()


def digest_of(folder: Path) -> str:
    """Return what tells the folders of one user apart in a name."""
    return hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]


def short_folder(name: str, longest_file: str) -> Path | None:
    """Return a path for a private folder in which a socket's path is short enough; None where there is none."""
    for root in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 - a private folder in it, its owner checked
        path = Path(root) / name
        if len(os.fsencode(path / longest_file)) <= SOCKET_PATH_MAX_BYTES:
            return path
    return None


def _for_its_owner(path: str, flags: int) -> int:
    """Open a file that nobody else reads: statements in the log may name people, and who opens the lock can hold it."""
    return os.open(path, flags, 0o600)
