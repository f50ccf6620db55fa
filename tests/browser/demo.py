"""A demonstration as its user starts it, whose hub can be killed under the eyes of a browser."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

READY_S = 60.0
STOP_S = 20.0
ADDRESS = re.compile(r"Open\s+(http://\S+)")
PASSWORD = re.compile(r"with the password (\S+)")


@dataclass(frozen=True, slots=True)
class Demo:
    """A running `arogya demo`."""

    url: str
    password: str  # of every demo login
    pid: int  # of the supervisor
    state: Path  # its folder

    @contextmanager
    def hub_killed(self) -> Iterator[None]:
        """Kill the hub with -9 and keep the supervisor from starting another until the block ends."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            os.kill(self.hub_pid(), signal.SIGKILL)
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    @contextmanager
    def hub_frozen(self) -> Iterator[None]:
        """Stop the hub where it stands until the block ends: its sockets stay open, and nothing is answered."""
        pid = self.hub_pid()
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def hub_pid(self) -> int:
        """Return the process id of the hub, a child of the supervisor; raises `LookupError` without one."""
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                parent = int(folder.joinpath("stat").read_text().rpartition(")")[2].split()[1])
                words = folder.joinpath("cmdline").read_bytes().split(b"\0")
                if parent == self.pid and b"hub" in words:
                    return int(folder.name)
        raise LookupError("the supervisor has no hub")


def new_link(demo: Demo, *words: str) -> str:
    """Return the activation link that `arogya admin` prints for these words."""
    command = [sys.executable, "-m", "arogya", "admin", *words, "--state", str(demo.state)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def running_demo(state: Path, *words: str) -> Iterator[Demo]:
    """Start a demonstration in `state` with more options, wait until it says where it is, and stop it afterwards."""
    log = state.with_suffix(".log")
    command = [sys.executable, "-m", "arogya", "demo", "--state", str(state), "--port", "0", *words]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
    try:
        yield _wait_ready(process, log, state)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_ready(process: subprocess.Popen[bytes], log: Path, state: Path) -> Demo:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline and process.poll() is None:
        said = log.read_text(errors="replace")
        address, password = ADDRESS.search(said), PASSWORD.search(said)
        if address and password:
            return Demo(address[1], password[1], process.pid, state)
        time.sleep(0.05)
    raise RuntimeError(f"the demo did not become ready:\n{log.read_text(errors='replace')}")
