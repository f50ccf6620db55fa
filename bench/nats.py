"""nats-server, as it comes, for as long as a block lasts."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.broken import Broken

READY_S = 10.0


class Nats(NamedTuple):
    """A running nats-server."""

    pid: int
    port: int


def find_program() -> str | None:
    """Return the nats-server of this virtual environment or of the system."""
    own = Path(sys.executable).parent / "nats-server"
    return str(own) if own.is_file() else shutil.which("nats-server")


@contextlib.contextmanager
def running() -> Iterator[Nats]:
    """Start a nats-server with its defaults on a free port; raises `Broken` without one."""
    program = find_program()
    if program is None:
        raise Broken("there is no nats-server: make bench installs it")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [program, "--addr", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_ready(process, port)
        yield Nats(process.pid, port)
    finally:
        process.terminate()
        process.wait(10)


def _wait_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise Broken("nats-server did not start")
