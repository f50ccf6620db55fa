"""A child's side of its supervisor: the greeting on standard input, and an end when the supervisor is gone."""

from __future__ import annotations

import os
import signal
import threading
import time

STDIN = 0
INSIST_S = 2.0  # a graceful stop has no database any more: it is short


def greeting() -> bytes:
    """Wait for the supervisor's one line; an empty one means that the supervisor is gone."""
    line = b""
    # Read from the descriptor: a thread that waits in a buffered reader would break the interpreter's exit.
    while not line.endswith(b"\n"):
        part = os.read(STDIN, 65536)
        if not part:
            return b""
        line += part
    return line.rstrip(b"\n")


def hold() -> None:
    """Watch the lifeline from a thread: its end stops this process, gracefully first."""
    threading.Thread(target=_watch, name="lifeline", daemon=True).start()


def _watch() -> None:
    while os.read(STDIN, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(INSIST_S)
    os._exit(1)
