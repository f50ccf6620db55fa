"""Real runs of the command line, and what they leave behind in the process table."""

from __future__ import annotations

import asyncio
import http.client
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from arogya import running
from arogya.running import Running

DEADLINE_S = 45.0  # the machine may be busy with other tests
COMMAND = (sys.executable, "-m", "arogya")


def is_ready(url: str, timeout_s: float = 2.0) -> bool:
    """Say whether the hub at this address answers that it is ready."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=timeout_s)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait_until(condition: Callable[[], object], what: str, deadline_s: float = DEADLINE_S) -> float:
    """Wait for a condition and return how long it took."""
    began_at = time.monotonic()
    while not condition():
        assert time.monotonic() - began_at < deadline_s, f"not within {deadline_s} s: {what}"
        time.sleep(0.02)
    return time.monotonic() - began_at


def arogya(*words: str, timeout_s: float = DEADLINE_S) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run([*COMMAND, *words], capture_output=True, text=True, timeout=timeout_s, check=False)


def query(dsn: str, sql: str) -> Any:
    """Return the first value of a statement's first row."""

    async def run() -> Any:
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(run())


def descendants(pid: int) -> set[int]:
    """Return the living processes below this one."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (parent := parent_of(int(entry.name))):
            parents.setdefault(parent, []).append(int(entry.name))
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found.update(children)
        waiting += children
    return found


def parent_of(pid: int) -> int | None:
    """Return the parent of a living process, None for one that is dead or a zombie."""
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state == "Z" else int(parent)


def is_living(pid: int) -> bool:
    """Say whether a process does anything any more."""
    return parent_of(pid) is not None


def zombies_of(pid: int) -> list[int]:
    """Return the dead children that a process has not looked after yet."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            kind, parent = entry.joinpath("stat").read_text().rpartition(")")[2].split()[:2]
        except (OSError, ValueError):
            continue
        if kind == "Z" and int(parent) == pid:
            found.append(int(entry.name))
    return found


def connections_of(pid: int, port: int) -> int:
    """Return how many TCP connections of this local port a process has."""
    table = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    established = {row[9] for row in table if row[1].endswith(f":{port:04X}") and row[3] == "01"}
    held = 0
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            held += os.readlink(descriptor).removeprefix("socket:[").rstrip("]") in established
    return held


def words_of(pid: int) -> list[str]:
    """Return the command line of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return [""]


class Run:
    """A demo or server that goes on; use it as a context manager."""

    def __init__(self, command: str, state: Path, *words: str, prefix: Sequence[str] = ()) -> None:
        self.state = state
        self.output = ""  # both streams, as they come
        self.process = subprocess.Popen(
            [*prefix, *COMMAND, command, "--state", str(state), *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            below = descendants(self.process.pid)
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(DEADLINE_S)
            except subprocess.TimeoutExpired:
                for pid in (self.process.pid, *below):
                    os.kill(pid, signal.SIGKILL)
                raise
        self._reader.join()
        if self.process.stdout is not None:
            self.process.stdout.close()

    @property
    def pid(self) -> int:
        """Process id of the supervisor."""
        return self.process.pid

    @property
    def url(self) -> str:
        """Where the hub says it is."""
        found = re.search(r"https?://[\w.:\[\]]+(?=\s)", self.output)
        assert found, self.output
        return found[0]

    def wait_ready(self) -> Run:
        """Wait until it says that it is ready."""
        wait_until(lambda: "is ready" in self.output or self.process.poll() is not None, f"ready: {self.output}")
        assert "is ready" in self.output, self.output
        wait_until(lambda: "Stop" in self.output or "metrics:" in self.output, f"all of it: {self.output}")
        return self

    def answers(self) -> bool:
        """Say whether the hub answers that it is ready."""
        return is_ready(self.url)

    def entry(self) -> Running:
        """Return what other commands find."""
        found = running.find(self.state)
        assert found is not None
        return found

    def child(self, *words: str) -> int:
        """Return the process below the supervisor whose command line begins a part with these words."""
        for pid in descendants(self.pid):
            if all(word in words_of(pid) for word in words):
                return pid
        raise AssertionError(f"no process with {words} in {[words_of(pid) for pid in descendants(self.pid)]}")

    def hub(self) -> int:
        """Process id of the hub, waiting for one that is just being started again."""
        wait_until(lambda: self.hub_or_none() is not None, "a hub")
        return self.child("arogya", "hub")

    def hubs(self) -> set[int]:
        """Process ids of all hubs."""
        return {pid for pid in descendants(self.pid) if {"arogya", "hub"} <= set(words_of(pid))}

    def valkey(self) -> int | None:
        """Process id of the embedded Valkey, None while there is none."""
        # It writes where it listens behind its name.
        named = ("valkey-server", "redis-server")
        servers = (pid for pid in descendants(self.pid) if any(name in words_of(pid)[0] for name in named))
        return next(servers, None)

    def child_or_none(self, *words: str) -> int | None:
        """Return the process that `child` finds, None while there is none."""
        try:
            return self.child(*words)
        except AssertionError:
            return None

    def hub_or_none(self) -> int | None:
        """Process id of the hub, None while there is none."""
        return self.child_or_none("arogya", "hub")

    def postmaster(self) -> int:
        """Process id of PostgreSQL's first process."""
        return int((self.state / "postgres" / "cluster" / "postmaster.pid").read_text().splitlines()[0])

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line
