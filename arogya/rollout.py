"""A rolling restart: one place after another gets a new process, which serves before the old one goes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import NamedTuple

from arogya.worker import Worker

logger = logging.getLogger(__name__)


class Progress(NamedTuple):
    """How far a rolling restart has come."""

    asked: int  # the number of this restart, from 1, in the life of the supervisor
    replaced: int
    total: int
    ended: bool
    failure: str  # why the rest was not replaced; empty while there is no reason


class Rollout:
    """One rolling restart; `advance` it whenever something may have happened."""

    def __init__(self, number: int, workers: Sequence[Worker], *, ready_s: float, leave_s: float) -> None:
        self._number = number
        self._workers = list(workers)
        self._down = [worker for worker in workers if worker.drained]  # filled again; who drains later stays down
        self._ready_s = ready_s  # for a successor to become ready
        self._leave_s = leave_s  # for a predecessor to drain
        self._begun = False  # in the place that is being worked on
        self._deadline = 0.0  # monotonic time until which its successor has to be ready
        self.replaced = 0
        self.failure = ""

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        return Progress(self._number, self.replaced, len(self._workers), self.ended, self.failure)

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to do."""
        return bool(self.failure) or self.replaced == len(self._workers)

    def due_at(self) -> float | None:
        """Return the monotonic time at which `advance` has something to do even if nothing happens."""
        return self._deadline if self._begun and not self.ended else None

    def advance(self, now: float) -> None:
        """Do what can be done at this monotonic time."""
        while not self.ended:
            worker = self._workers[self.replaced]
            if not self._begun and worker.drained and worker not in self._down:
                self.replaced += 1
                continue
            if not self._begun:
                self._begun = True
                self._deadline = now + self._ready_s
                successor = worker.prepare()
                logger.info("%s (process %s) is to take over", successor.name, successor.pid)
            if worker.successor is not None and not self._took_over(worker, now):
                return
            if worker.leaving:
                return  # one place at a time: the machine carries one process more, not twice as many
            self._begun = False
            self.replaced += 1

    def cancel(self, reason: str) -> None:
        """Leave the rest as it is."""
        if not self.ended:
            self._fail(self._workers[self.replaced], reason)

    def _took_over(self, worker: Worker, now: float) -> bool:
        """Promote a successor that is ready; one that failed ends the restart."""
        successor = worker.successor
        if successor is None:
            return True
        alive = successor.alive()
        successor.hear()
        if successor.ready and alive:
            logger.info("%s (process %s) takes over", successor.name, successor.pid)
            worker.promote(self._leave_s)
            return True
        if not alive:
            self._fail(worker, f"{successor.name} {successor.last_words()} before it was ready; see its messages")
        elif now >= self._deadline:
            self._fail(worker, f"{successor.name} was not ready after {self._ready_s:.0f} s")
        return False

    def _fail(self, worker: Worker, reason: str) -> None:
        self.failure = reason
        worker.abandon()
        logger.error("the restart ends at %d of %d: %s", self.replaced, len(self._workers), reason)
