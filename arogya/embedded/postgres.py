"""A PostgreSQL server that belongs to one process: started, kept, and never left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from arogya.embedded import identity as identities
from arogya.embedded.binaries import find_binaries, major_version
from arogya.embedded.reachable import copied
from arogya.embedded.server import ENVIRONMENT, EmbeddedServer, EmbeddedServerError, digest_of, short_folder
from arogya.embedded.stale import clear_stale_pid, pid_file

SUPERUSER = "postgres"
DATABASE = "arogya"
PORT = 5432  # only part of the socket's name: no TCP port is opened

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


class EmbeddedPostgresError(EmbeddedServerError):
    """PostgreSQL could not be started or kept."""


class EmbeddedPostgres(EmbeddedServer):
    """A cluster under one folder, reached over a Unix socket that only its owner can enter.

    The socket's folder is private, so every local connection is trusted; there is no TCP listener.
    """

    failure = EmbeddedPostgresError
    log_bytes_max = 16 * 1024 * 1024
    stopping = ((signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))

    def __init__(
        self,
        data_dir: Path,
        *,
        durable: bool = True,
        settings: Mapping[str, str] | None = None,
        binaries: Path | None = None,
    ) -> None:
        super().__init__(data_dir, "postgres.log")
        self.cluster = self.folder / "cluster"  # PGDATA
        self.binaries = find_binaries(binaries)  # also psql, pg_dump, pg_restore, pg_basebackup
        self._programs = self.binaries  # the server's: a copy, where its user cannot reach the originals
        self.durable = durable
        self.settings = {**BASE_SETTINGS, **({} if durable else FORGETFUL), **(settings or {})}
        self.socket_dir = _socket_dir(self.folder)
        self._identity: identities.Identity | None = None  # chosen at the first start

    @property
    def dsn(self) -> str:
        """The connection string of the product's database, as the superuser."""
        return self.dsn_of(DATABASE)

    def dsn_of(self, database: str) -> str:
        """Return the connection string of any database of this cluster."""
        host = quote(str(self.socket_dir), safe="")
        return f"postgresql://{SUPERUSER}@/{quote(database)}?host={host}&port={PORT}"

    def tool(self, name: str) -> str:
        """Return the path of a client program (psql, pg_dump…) of the server's own version."""
        return str(self.binaries / name)

    def start(self, timeout_s: float = 60.0) -> str:
        """Start the server, creating its cluster the first time, and return the connection string.

        Raises `EmbeddedPostgresError` when another process owns the folder or the server does not come up.
        """
        if self.alive():
            return self.dsn
        self._release()
        self._take_folder()
        try:
            self._start(time.monotonic() + timeout_s)
        except BaseException:
            self.stop(timeout_s=5)
            raise
        return self.dsn

    def stop(self, timeout_s: float = 15.0) -> None:
        """Stop the server: open transactions roll back, committed ones are on disk. Does nothing when it is down."""
        self._end(signal.SIGINT, timeout_s)
        self._release()

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
        self._spawn(command, identity.options)

    def _came_up(self, deadline: float) -> bool:
        while self.alive() and time.monotonic() < deadline:
            lines = pid_file(self.cluster)
            # The eighth line is the postmaster's own word on its state, the one that pg_ctl waits for.
            if len(lines) >= 8 and lines[0] == str(self.pid) and lines[7].strip() == "ready":
                return True
            time.sleep(0.01)
        return False

    def _release(self) -> None:
        self._dismiss()
        if self._lock is not None:
            shutil.rmtree(self.socket_dir, ignore_errors=True)
            self._let_go()

    def _chosen(self) -> identities.Identity:
        """Find out once who can run the server, from a copy of its programs where these cannot be reached."""
        if self._identity is None:
            try:
                self._identity = identities.choose(self._programs, self.folder)
            except identities.NoIdentity:
                self._programs = copied(self.binaries)
                self._identity = identities.choose(self._programs, self.folder)
        return self._identity


def _socket_dir(folder: Path) -> Path:
    path = short_folder(f"arogya-{os.geteuid()}-{digest_of(folder)}", f".s.PGSQL.{PORT}.lock")
    if path is None:
        raise EmbeddedPostgresError("no folder for temporary files has a path short enough for a socket")
    return path
