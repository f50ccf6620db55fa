"""One place among the hub processes of a machine: who serves in it, who is to take over, and who is leaving."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Iterator, Sequence

from arogya.child import Child
from arogya.exits import DRAINED

logger = logging.getLogger(__name__)

SUFFIXES = ("", "b", "c", "d", "e", "f")  # a process and its successor run side by side, each with a name of its own


class HubProcess(Child):
    """A hub, as one node among others."""

    def __init__(self, node: str, command: Sequence[str], *, pass_fds: Sequence[int] = ()) -> None:
        super().__init__(f"the hub {node}", command, pass_fds=pass_fds, announces=True)
        self.node = node  # what the other nodes call it


class Worker:
    """A place; whoever serves in it is kept running."""

    def __init__(self, node: str, make: Callable[[str], HubProcess]) -> None:
        self.node = node  # the name of its processes, but for a suffix
        self._make = make
        self.current = make(node)
        self.successor: HubProcess | None = None  # started to take over, and not ready yet
        self.leaving: list[tuple[HubProcess, float]] = []  # told to drain, and the monotonic time of our patience
        self.drained = False  # it was told to leave the system: nobody is started in its place

    def processes(self) -> Iterator[HubProcess]:
        """Yield every process of this place, living or not."""
        yield self.current
        if self.successor is not None:
            yield self.successor
        yield from (process for process, _ in self.leaving)

    def keep(self) -> None:
        """Start again what has died, and let go of who has left."""
        for process in self.processes():
            process.hear()
        self._see_off()
        if self.drained or not self.current.starts or self.current.alive():
            return
        if self.current.returncode == DRAINED:
            self._stay_down()
        elif self.successor is None:  # with one on its way, there is somebody already
            self.current.keep()

    def due_at(self) -> float | None:
        """Return the monotonic time at which `keep` has something to do even if nothing happens; None: at no time."""
        times = [patience for _, patience in self.leaving]
        if self.current.due_at is not None and self.successor is None:
            times.append(self.current.due_at)
        return min(times, default=None)

    def prepare(self) -> HubProcess:
        """Start the process that is to take over."""
        taken = {process.node for process in self.processes() if process.alive()}
        node = next(name for suffix in SUFFIXES if (name := f"{self.node}{suffix}") not in taken)
        self.successor = self._make(node)
        self.successor.start()
        return self.successor

    def promote(self, patience_s: float) -> None:
        """Let the successor take over; the predecessor drains, and has so long for it."""
        if self.successor is None:
            raise ValueError("nobody is to take over")
        self.current.due_at = None
        self.current.signal(signal.SIGTERM)
        self.leaving.append((self.current, time.monotonic() + patience_s))
        self.current, self.successor = self.successor, None
        self.drained = False
        self._see_off()  # it may have died while its successor was prepared

    def abandon(self) -> None:
        """End a successor that does not become ready; whoever serves goes on."""
        if self.successor is not None:
            self.successor.signal(signal.SIGKILL)
            self.successor.end(1.0)
            self.successor = None

    def _stay_down(self) -> None:
        self.abandon()  # it was asked for before this
        self.drained = True
        self.current.due_at = None
        logger.warning("%s (process %s) has drained and stays down", self.current.name, self.current.pid)

    def _see_off(self) -> None:
        staying = []
        for process, patience in self.leaving:
            if process.alive() and time.monotonic() < patience:
                staying.append((process, patience))
            else:
                process.end(0.0)  # kills one that does not go
        self.leaving = staying
