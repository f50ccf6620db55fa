"""The process that owns PostgreSQL and the sockets, keeps the hub running, and takes everything down with it."""

from __future__ import annotations

import http.client
import logging
import os
import select
import signal
import ssl
import time
from contextlib import suppress
from types import FrameType, TracebackType
from urllib.parse import urlsplit

from arogya import orphans
from arogya.child import Backoff, Child
from arogya.embedded.postgres import EmbeddedPostgres, EmbeddedPostgresError

logger = logging.getLogger(__name__)

STOP = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
RESTART = signal.SIGUSR1  # start the hub anew: what it remembers of the database is no longer true
HOUSEKEEPING_S = 60.0
GRACE_S = 1.0  # beyond the hub's own deadline, for its exit
STARTS_BEFORE_READY = 2  # a hub that dies this often before it was ever ready will not get well by itself


class Stopped(Exception):
    """The user asked to stop while things were still being started."""


class NotReady(Exception):
    """The hub did not come up; its own log says why."""


class Supervisor:
    """Keeps one hub, its helpers and perhaps PostgreSQL; use it as a context manager around their lives."""

    def __init__(self, hub: Child, *, postgres: EmbeddedPostgres | None, shutdown_s: float) -> None:
        self.hub = hub
        self.postgres = postgres
        self.helpers: list[Child] = []  # started and stopped with the hub, like the simulated fleet
        self._shutdown_s = shutdown_s
        self._stopping = False  # set by the first signal; the second one ends everything at once
        self._restart_asked = False
        self._postgres_backoff = Backoff()
        self._postgres_started_at = 0.0
        self._postgres_due_at = 0.0
        self._housekeeping_at = 0.0
        self._wake_read, self._wake_write = os.pipe()  # signals end the wait for the next event
        self._handlers: dict[signal.Signals, object] = {}

    def __enter__(self) -> Supervisor:
        os.set_blocking(self._wake_write, False)
        os.set_blocking(self._wake_read, False)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        for number in STOP:
            self._handlers[number] = signal.signal(number, self._on_stop)
        self._handlers[RESTART] = signal.signal(RESTART, self._on_restart)
        # Without a handler the death of a child would not end the wait.
        self._handlers[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        orphans.adopt()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        signal.set_wakeup_fd(-1)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal() returned
        os.close(self._wake_read)
        os.close(self._wake_write)

    def start_postgres(self) -> str:
        """Start the embedded server and return its connection string."""
        if self.postgres is None:
            raise ValueError("there is no embedded server to start")
        dsn = self.postgres.start()
        self._postgres_started_at = time.monotonic()
        self.check()
        return dsn

    def check(self) -> None:
        """Raise `Stopped` when the user asked to stop meanwhile."""
        if self._stopping:
            raise Stopped

    def wait_ready(self, url: str, timeout_s: float) -> None:
        """Wait until the hub answers that it is ready; raises `NotReady` or `Stopped`."""
        deadline = time.monotonic() + timeout_s
        while not is_ready(url):
            self._keep()
            self.check()
            if self.hub.starts > STARTS_BEFORE_READY:
                raise NotReady(f"the hub ended {STARTS_BEFORE_READY} times before it was ready; see its messages above")
            if time.monotonic() > deadline:
                raise NotReady(f"the hub was not ready after {timeout_s:.0f} s")
            self._wait(0.03)

    def run(self, for_seconds: float | None = None) -> None:
        """Keep everything running until a signal asks to stop, or for this many seconds."""
        end = None if for_seconds is None else time.monotonic() + for_seconds
        while not self._stopping and (end is None or time.monotonic() < end):
            due = [child.due_at for child in self._children() if child.due_at is not None]
            due += [end] if end is not None else []
            due += [self._postgres_due_at] if self.postgres and not self.postgres.alive() else []
            nearest = min(due, default=time.monotonic() + HOUSEKEEPING_S)
            self._wait(max(0.0, nearest - time.monotonic()))
            self._keep()

    def stop(self) -> None:
        """End the helpers and the hub, gracefully until the deadline, then PostgreSQL."""
        deadline = time.monotonic() + self._shutdown_s + GRACE_S
        for child in self._children():
            child.signal(signal.SIGTERM)
        for child in self._children():
            child.end(deadline - time.monotonic())
        if self.postgres is not None:
            self.postgres.stop()
        orphans.bury(())

    def _children(self) -> list[Child]:
        return [*self.helpers, self.hub]

    def _keep(self) -> None:
        """Start again what has died, once its time has come."""
        if self._stopping:
            return
        if self._restart_asked:
            self._restart_asked = False
            self.hub.signal(signal.SIGTERM)
        # First the database: a hub that starts without it would only die again.
        self._keep_postgres()
        for child in self._children():
            if child.starts and not child.alive():
                _keep_child(child)
        self._bury()
        if self.postgres is not None and time.monotonic() > self._housekeeping_at:
            self._housekeeping_at = time.monotonic() + HOUSEKEEPING_S
            self.postgres.trim_log()

    def _keep_postgres(self) -> None:
        if self.postgres is None or not self._postgres_started_at or self.postgres.alive():
            return
        now = time.monotonic()
        if not self._postgres_due_at:
            logger.warning("PostgreSQL ended; starting it again")
            self._postgres_due_at = now + self._postgres_backoff.after_life_of(now - self._postgres_started_at)
        if now < self._postgres_due_at:
            return
        self._postgres_started_at = now
        self._postgres_due_at = 0.0
        try:
            self.postgres.start()
        except EmbeddedPostgresError as error:
            logger.error("%s", error)  # the next turn plans the next try

    def _bury(self) -> None:
        mine = {child.pid for child in self._children()}
        mine |= self.postgres.process_ids() if self.postgres is not None else set()
        orphans.bury(mine)

    def _wait(self, seconds: float) -> None:
        select.select([self._wake_read], [], [], min(seconds, HOUSEKEEPING_S))
        with suppress(BlockingIOError):
            os.read(self._wake_read, 4096)

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        if not self._stopping:
            self._stopping = True
            return
        for child in self._children():
            child.signal(signal.SIGKILL)
        os._exit(130)  # PostgreSQL's guard sees the end of its owner and shuts it down

    def _on_restart(self, _number: int, _frame: FrameType | None) -> None:
        self._restart_asked = True


def is_ready(url: str, timeout_s: float = 2.0) -> bool:
    """Say whether the hub at this address answers that it is ready."""
    parts = urlsplit(url)
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        context.check_hostname = False  # our own socket on this machine, whatever name the certificate has
        context.verify_mode = ssl.CERT_NONE
        connection = http.client.HTTPSConnection(parts.netloc, timeout=timeout_s, context=context)
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=timeout_s)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _keep_child(child: Child) -> None:
    if child.due_at is None:
        delay = child.plan_restart()
        end = child.returncode or 0
        how = f"signal {-end}" if end < 0 else f"exit status {end}"
        when = f"in {delay:g} s" if delay else "now"
        logger.warning("%s (process %s) ended with %s; starting it again %s", child.name, child.pid, how, when)
    if child.due_at is not None and time.monotonic() >= child.due_at:
        child.start()
