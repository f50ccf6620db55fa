"""The server that is measured: an existing one, or one of our own with PostgreSQL's durability on."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from arogya.embedded.binaries import find_binaries
from bench.psql import Psql

READY_S = 60.0
# Viewers sign in with passwords alone, and at once.
SIGN_IN = {"AROGYA_AUTH__TOTP": "off"}


@dataclass(frozen=True)
class HubUnderTest:
    """How to reach a running hub and its database."""

    url: str
    dsn: str  # of a role that may insert ambulances and devices
    supervisor: int = 0  # process id of our own, 0 for an existing server
    metrics_urls: tuple[str, ...] = ()  # of each hub process of our own

    @property
    def host(self) -> str:
        """The name in the address."""
        return urlsplit(self.url).hostname or "127.0.0.1"

    @property
    def port(self) -> int:
        """The port in the address."""
        return urlsplit(self.url).port or 80

    @property
    def psql(self) -> str:
        """The psql of the embedded server, or of the system."""
        return str(find_binaries() / "psql")

    def show(self, setting: str) -> str:
        """Return a setting of the database server."""
        return Psql(self.psql, self.dsn).run(f"SHOW {setting}")

    def processes(self) -> dict[str, int]:
        """Return the roots of the process trees whose time is counted; none for an existing server.

        Several hubs are `hub`, `hub_2` and so on.
        """
        found: dict[str, int] = {}
        seen: Counter[str] = Counter()
        for pid, name in sorted(_children_of(self.supervisor)) if self.supervisor else ():
            seen[name] += 1
            found[name if seen[name] == 1 else f"{name}_{seen[name]}"] = pid
        return found

    def metric(self, name: str) -> float:
        """Return the sum of a metric's samples over all hub processes; 0 when there are none."""
        total = 0.0
        for url in self.metrics_urls:
            with urllib.request.urlopen(url, timeout=10) as reply:  # noqa: S310 - our own hub
                text = reply.read().decode()
            total += sum(map(float, re.findall(rf"^{name}(?:{{.*}})? (\S+)$", text, re.MULTILINE)))
        return total


@contextlib.contextmanager
def hub_under_test(
    url: str | None, dsn: str | None, settings: Mapping[str, str], arguments: Sequence[str] = ()
) -> Iterator[HubUnderTest]:
    """Give the named server, or start one (with these further words of `arogya serve`) while the block lasts."""
    if url and dsn:
        yield HubUnderTest(url, dsn)
        return
    with tempfile.TemporaryDirectory(prefix="arogya-bench-") as folder:
        state = Path(folder)
        state.chmod(0o711)  # PostgreSQL is not root
        log = (state / "hub.log").open("wb")
        command = [sys.executable, "-m", "arogya", "serve", "--state", str(state / "state"), "--port", "0"]
        command += arguments
        environment = {**os.environ, **settings, "AROGYA_SERVER__METRICS_PORT": "0", **SIGN_IN}  # noqa: TID251 - handed on
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)
        try:
            running = _wait_running(process, state / "state" / "running.json", state / "hub.log")
            yield HubUnderTest(str(running["url"]), str(running["dsn"]), process.pid, _metrics_urls(state / "hub.log"))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
            log.close()


def _wait_running(process: subprocess.Popen[bytes], entry: Path, log: Path) -> dict[str, object]:
    """Wait for the entry that a running server leaves in its state folder."""
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(FileNotFoundError):
            running: dict[str, object] = orjson.loads(entry.read_bytes())
            return running
        time.sleep(0.05)
    raise RuntimeError(f"the hub did not start: {log.read_text()[-2000:]}")


def _metrics_urls(log: Path) -> tuple[str, ...]:
    """Wait for the line in which a server says where its processes' metrics are."""
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        found = re.search(r"\(metrics: ([^)]*)\)", log.read_text())
        if found is not None:
            return tuple(found[1].split())
        time.sleep(0.02)
    raise RuntimeError("the hub does not say where its metrics are")


def _children_of(supervisor: int) -> Iterator[tuple[int, str]]:
    """Yield the hubs, the postmaster and Valkey below a supervisor."""
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit():
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
                command = (entry / "cmdline").read_bytes().split(b"\0")
                if int(parent) == supervisor and command[0].endswith(b"/postgres"):
                    yield int(entry.name), "postgres"
                elif int(parent) == supervisor and command[0].endswith(b"valkey-server"):
                    yield int(entry.name), "valkey"
                elif int(parent) == supervisor and b"hub" in command:
                    yield int(entry.name), "hub"
