"""The hub processes of one machine: they share a socket, and are kept, renewed and drained each in its own place."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Sequence

from arogya.rollout import Progress, Rollout
from arogya.worker import HubProcess, Worker

logger = logging.getLogger(__name__)

STARTS_BEFORE_READY = 2  # a hub that dies this often before it was ever ready will not get well by itself


class Crew:
    """All places; `keep` them whenever something may have happened."""

    def __init__(self, workers: Sequence[Worker], *, ready_s: float, leave_s: float) -> None:
        self.workers = list(workers)
        self.on_progress: Callable[[Progress], None] | None = None  # is told of every step of a rolling restart
        self._ready_s = ready_s  # for a successor to become ready
        self._leave_s = leave_s  # for a predecessor to drain
        self._rollout: Rollout | None = None  # the rolling restart that goes on
        self._up = False  # whether all were ready once: before that, there is nothing to replace
        self._asked = 0  # rolling restarts, counted when they begin
        self._asked_again = False  # one is to begin as soon as none goes on

    def start(self) -> None:
        """Start a process in every place."""
        for worker in self.workers:
            worker.current.start()

    def processes(self) -> list[HubProcess]:
        """Return all processes, living or not."""
        return [process for worker in self.workers for process in worker.processes()]

    def hearing(self) -> list[int]:
        """Return the descriptors on which processes will say that they are ready."""
        return [process.hearing for process in self.processes() if process.hearing is not None]

    def ready(self) -> bool:
        """Say whether every place has a process that is ready."""
        return all(worker.current.ready for worker in self.workers)

    def hopeless(self) -> HubProcess | None:
        """Return a process that died again and again before it was ever ready."""
        return next((p for p in self.processes() if p.starts > STARTS_BEFORE_READY and not p.was_ready), None)

    def drained(self) -> bool:
        """Say whether all were told to leave the system, and have."""
        return all(worker.drained for worker in self.workers)

    def due_at(self) -> float | None:
        """Return the monotonic time at which `keep` has something to do even if nothing happens."""
        times = [worker.due_at() for worker in self.workers]
        times.append(self._rollout.due_at() if self._rollout else None)
        return min((at for at in times if at is not None), default=None)

    def keep(self) -> None:
        """Start again what has died, and go on with a restart."""
        for worker in self.workers:
            worker.keep()
        self._up = self._up or self.ready()
        if self._rollout is not None:
            self._advance(self._rollout)
        # In the turn in which the one before ends: nothing else may happen for a long time.
        if self._rollout is None and self._asked_again and self._up:
            self._asked_again = False
            self._asked += 1
            self._rollout = Rollout(self._asked, self.workers, ready_s=self._ready_s, leave_s=self._leave_s)
            self._tell(self._rollout)
            self._advance(self._rollout)

    def replace(self) -> None:
        """Begin a rolling restart, after the one that goes on if there is one; a drained place is filled again."""
        self._asked_again = True

    def renew(self) -> None:
        """Start all anew at once: what they remember is no longer true."""
        if self._rollout is not None:
            self._rollout.cancel("all hubs are started anew at once")
            self._tell(self._rollout)
            self._rollout = None
        for worker in self.workers:
            worker.current.signal(signal.SIGTERM)

    def _advance(self, rollout: Rollout) -> None:
        before = rollout.progress
        rollout.advance(time.monotonic())
        if rollout.progress != before:
            self._tell(rollout)
        if rollout.ended:
            self._rollout = None

    def _tell(self, rollout: Rollout) -> None:
        if self.on_progress is not None:
            self.on_progress(rollout.progress)
