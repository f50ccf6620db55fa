"""One process that a supervisor keeps: started with a greeting, ended by its owner's death, started again."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType

logger = logging.getLogger(__name__)

QUICK_S = 10.0  # a process that lived shorter than this died "at once"
DELAYS_S = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)  # before the first, second… start after deaths at once


class Backoff:
    """How long to wait before the next start: not at all, unless the last ones died at once."""

    def __init__(self) -> None:
        self.failures = 0  # deaths at once, one after the other

    def after_life_of(self, seconds: float) -> float:
        """Return the delay in seconds after a process that lived this long."""
        delay = DELAYS_S[min(self.failures, len(DELAYS_S) - 1)]
        self.failures = self.failures + 1 if seconds < QUICK_S else 0
        return delay if seconds < QUICK_S else 0.0


class Child:
    """A command whose standard input is its lifeline: first a greeting line, then silence, and its end is our death."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        pass_fds: Sequence[int] = (),
        announces: bool = False,
        variables: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.name = name
        self.command = tuple(command)
        self.variables = variables  # of the environment, beside those of this process
        self.greeting = b""  # one line, given to every start; secrets go here and not on the command line
        self.starts = 0
        self.backoff = Backoff()
        self.due_at: float | None = None  # monotonic time of the next start, None while it runs or is not wanted
        self.ready = False  # whether the process that runs has said so; only one that `announces` ever does
        self.was_ready = False  # whether one of them ever was
        self._announces = announces  # takes `--ready-fd` and says there when it is ready
        self._hearing: int | None = None  # where that is heard, until it is
        self._pass_fds = tuple(pass_fds)
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0

    @property
    def pid(self) -> int | None:
        """Process id, None before the first start."""
        return self._process.pid if self._process else None

    @property
    def returncode(self) -> int | None:
        """Exit status of the last process, minus the signal that ended it; None while it runs."""
        return self._process.poll() if self._process else None

    def alive(self) -> bool:
        """Say whether it runs; reaps it when it ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def hearing(self) -> int | None:
        """The descriptor that becomes readable when it says that it is ready, or dies before; None after that."""
        return self._hearing

    def start(self) -> None:
        """Start it now, and greet it when there is a greeting."""
        self._let_go()
        words, descriptors = self.command, self._pass_fds
        saying = self._prepare_to_hear() if self._announces else None
        if saying is not None:
            words, descriptors = (*words, "--ready-fd", str(saying)), (*descriptors, saying)
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                words,
                stdin=subprocess.PIPE,
                pass_fds=descriptors,
                env={**os.environ, **self.variables} if self.variables else None,  # noqa: TID251 - handed on, not read
                start_new_session=True,  # a Ctrl-C in the terminal is the supervisor's to pass on
            )
        finally:
            if saying is not None:
                os.close(saying)
        self._started_at = time.monotonic()
        self.starts += 1
        self.due_at = None
        if self.greeting:
            self.greet(self.greeting)

    def greet(self, line: bytes) -> None:
        """Give this line to the running process, and to those that come after it."""
        self.greeting = line
        if self._process is not None and self._process.stdin is not None:
            with suppress(BrokenPipeError):  # it died meanwhile; the next one is greeted at its start
                self._process.stdin.write(line + b"\n")
                self._process.stdin.flush()

    def hear(self) -> None:
        """Note what it said on its pipe; never waits."""
        if self._hearing is None:
            return
        try:
            said = os.read(self._hearing, 64)
        except BlockingIOError:
            return
        self.ready = bool(said)
        self.was_ready |= self.ready
        self._stop_hearing()

    def keep(self) -> None:
        """Start it again when it has died, once its time has come."""
        if not self.starts or self.alive():
            return
        if self.due_at is None:
            delay = self.plan_restart()
            when = f"in {delay:g} s" if delay else "now"
            level = logging.WARNING if self.returncode else logging.INFO  # 0: it was asked to make room for another
            logger.log(level, "%s (process %s) %s; starting it again %s", self.name, self.pid, self.last_words(), when)
        if self.due_at is not None and time.monotonic() >= self.due_at:
            self.start()

    def last_words(self) -> str:
        """Say how the last process ended."""
        end = self.returncode or 0
        return f"ended with signal {-end}" if end < 0 else f"ended with exit status {end}"

    def plan_restart(self) -> float:
        """Note when it is to be started again; returns the delay in seconds."""
        delay = self.backoff.after_life_of(time.monotonic() - self._started_at)
        self.due_at = time.monotonic() + delay
        return delay

    def signal(self, number: signal.Signals) -> None:
        """Send a signal if it runs."""
        if self._process is not None:
            self._process.send_signal(number)

    def end(self, timeout_s: float) -> None:
        """Wait for an end that was asked for, then insist."""
        self.due_at = None
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, timeout_s))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._let_go()

    def _prepare_to_hear(self) -> int:
        """Make the pipe, and return the end that the process is given."""
        self._hearing, saying = os.pipe()
        os.set_blocking(self._hearing, False)
        return saying

    def _stop_hearing(self) -> None:
        if self._hearing is not None:
            os.close(self._hearing)
            self._hearing = None

    def _let_go(self) -> None:
        """Close what led to a process that has ended."""
        self.ready = False
        self._stop_hearing()
        self._drop_lifeline()

    def _drop_lifeline(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
