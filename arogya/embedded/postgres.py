"""A PostgreSQL server that belongs to one process: started, kept, and never left behind."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO
from urllib.parse import quote

from arogya.embedded import identity as identities
from arogya.embedded.binaries import find_binaries, major_version
from arogya.embedded.guard import Guard
from arogya.embedded.reachable import copied
from arogya.embedded.stale import clear_stale_pid, pid_file

SUPERUSER = "postgres"
DATABASE = "arogya"
PORT = 5432  # only part of the socket's name: no TCP port is opened
SOCKET_PATH_MAX_BYTES = 103  # sizeof(sockaddr_un.sun_path) - 1 on the smallest platform
LOG_MAX_BYTES = 16 * 1024 * 1024
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}  # nothing of the owner's: no PGPORT, no secrets

BASE_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "client_connection_check_interval": "5s",
}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgresError(Exception):
    """The server could not be started or kept; the sentence ends with what its log said."""


class EmbeddedPostgres:
    """A cluster under one folder, reached over a Unix socket that only its owner can enter.

    The socket's folder is private, so every local connection is trusted; there is no TCP listener.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        durable: bool = True,
        settings: Mapping[str, str] | None = None,
        binaries: Path | None = None,
    ) -> None:
        self.folder = data_dir.absolute()  # holds cluster/, postgres.log and lock
        self.cluster = self.folder / "cluster"  # PGDATA
        self.log_path = self.folder / "postgres.log"
        self.binaries = find_binaries(binaries)  # also psql, pg_dump, pg_restore, pg_basebackup
        self._programs = self.binaries  # the server's: a copy, where its user cannot reach the originals
        self.durable = durable
        self.settings = {**BASE_SETTINGS, **({} if durable else FORGETFUL), **(settings or {})}
        self.socket_dir = _socket_dir(self.folder)
        self._identity: identities.Identity | None = None  # chosen at the first start
        self._lock: IO[bytes] | None = None  # held from start to stop: one owner a folder
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: Guard | None = None

    @property
    def dsn(self) -> str:
        """The connection string of the product's database, as the superuser."""
        return self.dsn_of(DATABASE)

    @property
    def pid(self) -> int | None:
        """Process id of the postmaster, None when it was not started."""
        return self._process.pid if self._process else None

    def process_ids(self) -> set[int]:
        """Return the processes that this object waits for itself."""
        return {process for process in (self.pid, self._guard.pid if self._guard else None) if process is not None}

    def dsn_of(self, database: str) -> str:
        """Return the connection string of any database of this cluster."""
        host = quote(str(self.socket_dir), safe="")
        return f"postgresql://{SUPERUSER}@/{quote(database)}?host={host}&port={PORT}"

    def tool(self, name: str) -> str:
        """Return the path of a client program (psql, pg_dump…) of the server's own version."""
        return str(self.binaries / name)

    def alive(self) -> bool:
        """Say whether the postmaster runs; reaps it when it died."""
        return self._process is not None and self._process.poll() is None

    def start(self, timeout_s: float = 60.0) -> str:
        """Start the server, creating its cluster the first time, and return the connection string.

        Raises `EmbeddedPostgresError` when another process owns the folder or the server does not come up.
        """
        if self.alive():
            return self.dsn
        self._release()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o711)
        self._take_lock()
        try:
            self._start(time.monotonic() + timeout_s)
        except BaseException:
            self.stop(timeout_s=5)
            raise
        return self.dsn

    def stop(self, timeout_s: float = 15.0) -> None:
        """Stop the server: open transactions roll back, committed ones are on disk. Does nothing when it is down."""
        if self._process is not None:
            for number, patience_s in ((signal.SIGINT, timeout_s), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
                if self._ended_after(number, patience_s):
                    break
        self._release()

    def trim_log(self) -> None:
        """Keep the log bounded: past its limit the old half moves aside and the file starts anew."""
        if self.log_path.exists() and self.log_path.stat().st_size > LOG_MAX_BYTES:
            shutil.copyfile(self.log_path, self.log_path.with_suffix(".log.1"))
            os.truncate(self.log_path, 0)  # the server appends, so it goes on at the new end

    def _start(self, deadline: float) -> None:
        self._chosen()
        clear_stale_pid(self.cluster)
        if not (self.cluster / "PG_VERSION").exists():
            self._create_cluster()
        self._own(self.cluster)
        self._prepare_socket_dir()
        self.trim_log()
        while True:
            self._launch()
            if self._came_up(deadline):
                return
            log = self._log_tail()
            # Backends of a killed postmaster hold its shared memory until they notice, some milliseconds later.
            if self.alive() or "shared memory block" not in log or time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"PostgreSQL did not start; its log {self.log_path} ends with:\n{log}")
            self._dismiss()
            time.sleep(0.05)

    def _take_lock(self) -> None:
        lock = open(self.folder / "lock", "ab", opener=_for_its_owner)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise EmbeddedPostgresError(f"{self.folder} is in use by another process") from None
        self._lock = lock

    def _run(self, program: str, *arguments: str, text: str = "") -> None:
        identity = self._chosen()
        command = [*identity.prefix, str(self._programs / program), *arguments]
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
            command,
            input=text,
            text=True,
            capture_output=True,
            env=ENVIRONMENT,
            cwd="/",
            check=False,
            **identity.options,
        )
        if done.returncode != 0:
            raise EmbeddedPostgresError(f"{program} failed: {(done.stderr or done.stdout).strip()[-2000:]}")

    def _create_cluster(self) -> None:
        # Made aside and renamed at the end: a half-made cluster is never taken for a whole one.
        unfinished = self.cluster.with_name("cluster.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._own(unfinished)
        builtin = major_version(self.binaries) >= 17
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"] if builtin else ["--locale=C.UTF-8"]
        )
        self._run(
            "initdb",
            *("-D", str(unfinished), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--no-instructions", *locale),
            *([] if self.durable else ["--no-sync"]),
        )
        self._run("postgres", "--single", "-D", str(unfinished), "template1", text=f"CREATE DATABASE {DATABASE}\n")
        unfinished.rename(self.cluster)

    def _own(self, folder: Path) -> None:
        owner = self._chosen().owner
        if folder.stat().st_uid == owner:
            return
        for parent, folders, files in os.walk(folder):
            for path in (parent, *(os.path.join(parent, name) for name in (*folders, *files))):
                os.chown(path, owner, -1, follow_symlinks=False)

    def _prepare_socket_dir(self) -> None:
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        found = self.socket_dir.lstat()
        if self.socket_dir.is_symlink() or found.st_uid not in (os.geteuid(), self._chosen().owner):
            raise EmbeddedPostgresError(f"{self.socket_dir} belongs to somebody else; remove it")
        self._own(self.socket_dir)

    def _launch(self) -> None:
        identity = self._chosen()
        options = {**self.settings, "unix_socket_directories": str(self.socket_dir)}
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        command = [*identity.prefix, str(self._programs / "postgres"), "-D", str(self.cluster), *flags]
        self._guard = Guard()
        with open(self.log_path, "ab", opener=_for_its_owner) as log:
            self._process = self._guard.spawn(command, log=log, env=ENVIRONMENT, options=identity.options)

    def _came_up(self, deadline: float) -> bool:
        while self.alive() and time.monotonic() < deadline:
            lines = pid_file(self.cluster)
            # The eighth line is the postmaster's own word on its state, the one that pg_ctl waits for.
            if len(lines) >= 8 and lines[0] == str(self.pid) and lines[7].strip() == "ready":
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

    def _release(self) -> None:
        self._dismiss()
        if self._lock is not None:
            shutil.rmtree(self.socket_dir, ignore_errors=True)
            self._lock.close()
            self._lock = None

    def _chosen(self) -> identities.Identity:
        """Find out once who can run the server, from a copy of its programs where these cannot be reached."""
        if self._identity is None:
            try:
                self._identity = identities.choose(self._programs, self.folder)
            except identities.NoIdentity:
                self._programs = copied(self.binaries)
                self._identity = identities.choose(self._programs, self.folder)
        return self._identity


def _for_its_owner(path: str, flags: int) -> int:
    """Open a file that nobody else reads: statements in the log may name people, and who opens the lock can hold it."""
    return os.open(path, flags, 0o600)


def _socket_dir(folder: Path) -> Path:
    name = f"arogya-{os.geteuid()}-{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]}"
    for root in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 - a private folder in it, its owner checked
        path = Path(root) / name
        if len(os.fsencode(path / f".s.PGSQL.{PORT}.lock")) <= SOCKET_PATH_MAX_BYTES:
            return path
    raise EmbeddedPostgresError("no folder for temporary files has a path short enough for a socket")
