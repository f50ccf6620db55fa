"""Progress of long work on standard error: a bar that moves on a terminal, plain lines anywhere else."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TextIO

WIDTH = 28  # characters of the bar
REDRAW_S = 0.1
PLAIN_S = 5.0  # between two lines where nothing can be redrawn


class Progress:
    """Counts towards a total, or without one; use it as a context manager."""

    def __init__(self, label: str, total: int | None = None, *, unit: str = "", stream: TextIO | None = None) -> None:
        self._label = label
        self._total = total
        self._unit = f" {unit}" if unit else ""
        self._stream = stream or sys.stderr
        self._redraws = self._stream.isatty()
        self._done = 0
        self._note = ""  # what is being worked on
        self._started_at = time.monotonic()
        self._shown_at = 0.0  # monotonic time of the last output
        self._shown = ""  # what a terminal's line holds now

    def __enter__(self) -> Progress:
        self._show(force=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._note = ""
        self._show(force=True)
        if self._redraws:
            self._stream.write("\n")
            self._stream.flush()

    def advance(self, count: int = 1, note: str = "") -> None:
        """Add to what is done; `note` says what is being worked on."""
        self._done += count
        self._note = note
        self._show()

    def set(self, done: int, total: int | None = None) -> None:
        """Replace the count, and the total where it changed."""
        self._done = done
        self._total = self._total if total is None else total
        self._show()

    def _show(self, *, force: bool = False) -> None:
        now = time.monotonic()
        if not force and now - self._shown_at < (REDRAW_S if self._redraws else PLAIN_S):
            return
        self._shown_at = now
        line = self._line(now)
        if self._redraws:
            self._stream.write("\r" + line.ljust(len(self._shown)))
        elif line != self._shown:
            self._stream.write(line + "\n")
        self._shown = line
        self._stream.flush()

    def _line(self, now: float) -> str:
        seconds = f"{now - self._started_at:.0f} s"
        note = f"  {self._note}" if self._note else ""
        if not self._total:
            return f"{self._label}  {self._done:,}{self._unit}  {seconds}{note}"
        share = min(1.0, self._done / self._total)
        bar = "█" * round(share * WIDTH) + "░" * (WIDTH - round(share * WIDTH)) if self._redraws else ""
        return f"{self._label}  {bar} {share:4.0%}  {self._done:,}/{self._total:,}{self._unit}  {seconds}{note}"


class Steps:
    """The steps of a start, each a line with the time it took."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._redraws = self._stream.isatty()
        self._began_at = time.monotonic()  # of the current step
        self._current = ""

    def begin(self, text: str) -> None:
        """End the step before, and begin this one."""
        self.end()
        self._current = text
        self._began_at = time.monotonic()
        if self._redraws:
            self._stream.write(f"  · {text} …")
            self._stream.flush()

    def end(self, *, done: bool = True) -> None:
        """End the current step, if there is one; one that could be passed over may have failed."""
        if self._current:
            took = f"{time.monotonic() - self._began_at:.1f} s"
            sign = "✓" if done else "✗"
            self._stream.write(f"{chr(13) if self._redraws else ''}  {sign} {self._current}  ({took})\n")
            self._stream.flush()
            self._current = ""
