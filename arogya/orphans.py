"""Processes that lost their parent: taken in by the supervisor, so that the dead among them are buried."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Container

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def adopt() -> None:
    """Become the parent of every orphan below this process, where the system can do that (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def bury(mine: Container[int | None]) -> int:
    """Reap the dead processes that are nobody's; returns how many. `mine` are reaped by those who started them."""
    buried = 0
    while True:
        try:
            dead = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return buried
        if dead is None or dead.si_pid in mine:
            return buried
        os.waitpid(dead.si_pid, os.WNOHANG)
        buried += 1
