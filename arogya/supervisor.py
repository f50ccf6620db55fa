"""The process that owns the embedded servers and the sockets, keeps the hubs running, and takes everything down."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType, TracebackType

from arogya import orphans
from arogya.child import Child
from arogya.crew import STARTS_BEFORE_READY, Crew
from arogya.kept import KeptServer

STOP = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
RENEW = signal.SIGUSR1  # start all hubs anew at once: what they remember of the database is no longer true
REPLACE = signal.SIGUSR2  # start the hubs anew one after another, so that somebody always serves
HOUSEKEEPING_S = 60.0
GRACE_S = 1.0  # beyond the hubs' own deadline, for their exit


class Stopped(Exception):
    """The user asked to stop while things were still being started."""


class NotReady(Exception):
    """A hub did not come up; its own log says why."""


class Supervisor:
    """Keeps a machine's hubs, their helpers and embedded servers; use it as a context manager around their lives."""

    def __init__(self, crew: Crew, *, servers: Sequence[KeptServer], shutdown_s: float) -> None:
        self.crew = crew
        self.helpers: list[Child] = []  # started and stopped with the hubs, like the simulated fleet
        self._servers = list(servers)  # in the order of their starts
        self._shutdown_s = shutdown_s
        self._stopping = False  # set by the first signal; the second one ends everything at once
        self._renewal_asked = False
        self._replacement_asked = False
        self._housekeeping_at = 0.0
        self._wake_read, self._wake_write = os.pipe()  # signals end the wait for the next event
        self._handlers: dict[signal.Signals, object] = {}

    def __enter__(self) -> Supervisor:
        os.set_blocking(self._wake_write, False)
        os.set_blocking(self._wake_read, False)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        for number in STOP:
            self._handlers[number] = signal.signal(number, self._on_stop)
        self._handlers[RENEW] = signal.signal(RENEW, self._on_renew)
        self._handlers[REPLACE] = signal.signal(REPLACE, self._on_replace)
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

    def check(self) -> None:
        """Raise `Stopped` when the user asked to stop meanwhile."""
        if self._stopping:
            raise Stopped

    def wait_ready(self, timeout_s: float) -> None:
        """Wait until every hub says that it is ready; raises `NotReady` or `Stopped`."""
        deadline = time.monotonic() + timeout_s
        while True:
            self._keep()
            self.check()
            if self.crew.ready():
                return
            hub = self.crew.hopeless()
            if hub is not None:
                raise NotReady(
                    f"{hub.name} ended {STARTS_BEFORE_READY} times before it was ready; see its messages above"
                )
            if time.monotonic() > deadline:
                raise NotReady(f"not every hub was ready after {timeout_s:.0f} s")
            self._wait_until(min(deadline, self._due_at() or deadline))

    def run(self, for_seconds: float | None = None) -> None:
        """Keep everything running until a signal asks to stop, all hubs are drained, or for this many seconds."""
        end = None if for_seconds is None else time.monotonic() + for_seconds
        while not self._stopping and not self.crew.drained() and (end is None or time.monotonic() < end):
            due = [at for at in (self._due_at(), end) if at is not None]
            self._wait_until(min(due, default=time.monotonic() + HOUSEKEEPING_S))
            self._keep()

    def stop(self) -> None:
        """End the helpers and the hubs, gracefully until the deadline, then the embedded servers."""
        deadline = time.monotonic() + self._shutdown_s + GRACE_S
        for child in self._children():
            child.signal(signal.SIGTERM)
        for child in self._children():
            child.end(deadline - time.monotonic())
        for kept in reversed(self._servers):
            kept.server.stop()
        orphans.bury(())

    def _children(self) -> list[Child]:
        return [*self.helpers, *self.crew.processes()]

    def _due_at(self) -> float | None:
        times = [child.due_at for child in self.helpers]
        times += [self.crew.due_at(), *(kept.due_at() for kept in self._servers)]
        return min((at for at in times if at is not None), default=None)

    def _keep(self) -> None:
        """Start again what has died, once its time has come."""
        if self._stopping:
            return
        if self._renewal_asked:
            self._renewal_asked = False
            self.crew.renew()
        if self._replacement_asked:
            self._replacement_asked = False
            self.crew.replace()
        # First the servers: a hub that starts without its database would only die again.
        for kept in self._servers:
            kept.keep()
        for helper in self.helpers:
            helper.keep()
        self.crew.keep()
        self._bury()
        if time.monotonic() > self._housekeeping_at:
            self._housekeeping_at = time.monotonic() + HOUSEKEEPING_S
            for kept in self._servers:
                kept.server.trim_log()

    def _bury(self) -> None:
        mine = {child.pid for child in self._children()}
        for kept in self._servers:
            mine |= kept.server.process_ids()
        orphans.bury(mine)

    def _wait_until(self, moment: float) -> None:
        """Wait for a signal, the death of a child, or a hub's word that it is ready; at most to this monotonic time."""
        seconds = min(max(0.0, moment - time.monotonic()), HOUSEKEEPING_S)
        select.select([self._wake_read, *self.crew.hearing()], [], [], seconds)
        with suppress(BlockingIOError):
            os.read(self._wake_read, 4096)

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        if not self._stopping:
            self._stopping = True
            return
        for child in self._children():
            child.signal(signal.SIGKILL)
        os._exit(130)  # the servers' guards see the end of their owner and shut them down

    def _on_renew(self, _number: int, _frame: FrameType | None) -> None:
        self._renewal_asked = True

    def _on_replace(self, _number: int, _frame: FrameType | None) -> None:
        self._replacement_asked = True
