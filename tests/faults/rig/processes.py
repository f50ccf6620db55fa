"""Real hub processes and a real PostgreSQL that can be killed, stopped and continued."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import asyncpg

from arogya import config, listening
from arogya.embedded.postgres import EmbeddedPostgres
from tests.faults.rig.checker import wait_until

READY_S = 20.0
BACKLOG, METRICS_BACKLOG = 4096, 16
# What the hub must never say: an exception that nobody handled.
UNHANDLED = re.compile(r"Traceback|never retrieved|was destroyed but it is pending|Unhandled", re.IGNORECASE)

# The rig's load would meet these bounds, which are not what the fault tests are about.
ROOMY: Mapping[str, Mapping[str, Any]] = {
    "limits": {"sockets_per_user": 5_000, "api_per_s": 100_000.0, "api_burst": 100_000},
    "logging": {"level": "info", "format": "json"},
}


def roomy(options: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return options with the roomy bounds for what they leave open."""
    return {name: {**ROOMY.get(name, {}), **options.get(name, {})} for name in {*ROOMY, *options}}


class Listen(Protocol):
    """Binds a listening socket, as `arogya.listening.bind` does."""

    def __call__(self, host: str, port: int, *, backlog: int) -> socket.socket:
        """Return it."""


class HubProcess:
    """One hub, on sockets that outlive it as under its supervisor, or that do not."""

    def __init__(
        self,
        dsn: str,
        log: Path,
        *,
        options: Mapping[str, Mapping[str, Any]] = ROOMY,
        limits: Mapping[int, int] | None = None,
        listen: Listen = listening.bind,
        keeps_port: bool = True,
        program: str = "arogya",
    ) -> None:
        self.log = log
        self.failpoint: str | None = None  # where the next process shall die
        self._limits = limits or {}  # of the process: resource.RLIMIT_… → soft and hard limit
        self._near = listen is listening.bind  # this process can reach it
        self._listen = listen
        self._keeps_port = keeps_port  # False: who connects while it is dead is refused, as by a machine of its own
        self._program = program  # the module that a new process runs
        self._listener = listen("127.0.0.1", 0, backlog=BACKLOG)
        self._metrics = listening.bind("127.0.0.1", 0, backlog=METRICS_BACKLOG)
        self.port = _port(self._listener)
        self.metrics_port = _port(self._metrics)
        sections = {name: dict(section) for name, section in options.items()}
        sections.setdefault("database", {})["url"] = dsn
        sections.setdefault("auth", {}).setdefault("totp", "off")  # the load signs in with passwords alone
        sections.setdefault("server", {}).update(port=self.port, metrics_port=self.metrics_port)
        self.settings = config.load(env={}, options=sections)
        self.process: subprocess.Popen[bytes] | None = None
        self.starts = 0

    @property
    def pid(self) -> int:
        """Process id of the running hub."""
        assert self.process is not None
        return self.process.pid

    @property
    def url(self) -> str:
        """The hub's address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start a process and give it its settings, as the supervisor does."""
        self._listen_again()
        descriptors = (self._listener.fileno(), self._metrics.fileno())
        command = [sys.executable, "-m", self._program, "hub", "--fd", str(descriptors[0]), "--metrics-fd"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, str(descriptors[1])],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=descriptors,
                start_new_session=True,
            )
        for limit, value in self._limits.items():
            resource.prlimit(self.pid, limit, (value, value))
        assert self.process.stdin is not None
        settings = config.changed(self.settings, "ingest", failpoint=self.failpoint)
        self.process.stdin.write(json.dumps(dataclasses.asdict(settings)).encode() + b"\n")
        self.process.stdin.flush()
        self.starts += 1
        if not self._keeps_port:
            self._listener.close()
            self._metrics.close()

    async def start_ready(self) -> float:
        """Start and wait until it says it is ready; returns the seconds that took."""
        await asyncio.to_thread(self.start)
        return await self.wait_ready()

    async def wait_ready(self, within_s: float = READY_S) -> float:
        """Wait until /ready answers 200; of a hub in another network, until its metrics do, which it opens last."""
        address = f"{self.url}/ready" if self._near else f"http://127.0.0.1:{self.metrics_port}/metrics"
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as http:

            async def ready() -> bool:
                assert self.alive(), f"the hub ended with {self.returncode}: {self.words()[-3000:]}"
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with http.get(address) as reply:
                        return reply.status == 200
                return False

            return await wait_until(ready, within_s, f"ready; the hub says: {self.words()[-3000:]}")

    @property
    def returncode(self) -> int | None:
        """Exit status, minus the signal; None while it runs."""
        return self.process.poll() if self.process else None

    def alive(self) -> bool:
        """Tell whether it runs; reaps it when it ended."""
        return self.process is not None and self.process.poll() is None

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    async def kill(self) -> None:
        """SIGKILL, and reap."""
        self.send(signal.SIGKILL)
        await self.wait_ended(5)

    async def wait_ended(self, within_s: float) -> float:
        """Wait for the end of the process; returns the seconds that took."""
        taken = await wait_until(lambda: not self.alive(), within_s, "the hub's end")
        self._drop_lifeline()
        return taken

    def words(self) -> str:
        """Return what all processes of this hub have logged."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def complaints(self) -> list[str]:
        """Return the logged lines that tell of an exception nobody handled."""
        return [line for line in self.words().splitlines() if UNHANDLED.search(line)]

    def memory_bytes(self) -> int:
        """Return the resident memory."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) * 1024

    def descriptors(self) -> int:
        """Return how many descriptors are open."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def data_bytes(self) -> int:
        """Return what counts against RLIMIT_DATA."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.findall(r"VmData:\s+(\d+)", status)[0]) * 1024

    def cpu_s(self) -> float:
        """Return the processor time that it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def metric(self, name: str) -> float:
        """Return the sum of a metric's samples; 0 when there are none."""
        async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{self.metrics_port}/metrics") as reply:
            text = await reply.text()
        found = re.findall(rf"^{name}(?:{{.*}})? (\S+)$", text, re.MULTILINE)
        return sum(float(value) for value in found)

    async def metric_histogram(self, name: str) -> dict[float, float]:
        """Return the cumulative buckets of a histogram without labels: upper bound → count."""
        async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{self.metrics_port}/metrics") as reply:
            text = await reply.text()
        found = re.findall(rf'^{name}_bucket{{le="(\S+)"}} (\S+)$', text, re.MULTILINE)
        return {float(bound.replace("+Inf", "inf")): float(count) for bound, count in found}

    async def close(self) -> None:
        """End it in any state, and let the port go."""
        if self.alive():
            self.send(signal.SIGCONT)
            await self.kill()
        self._drop_lifeline()
        self._listener.close()
        self._metrics.close()

    def _listen_again(self) -> None:
        if self._listener.fileno() < 0:
            self._listener = self._listen("127.0.0.1", self.port, backlog=BACKLOG)
            self._metrics = listening.bind("127.0.0.1", self.metrics_port, backlog=METRICS_BACKLOG)

    def _drop_lifeline(self) -> None:
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()


def _port(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port


class PostgresFaults:
    """What can be done to the processes of an embedded server."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self.server = server

    def tree(self) -> list[int]:
        """Return the postmaster and all its children."""
        assert self.server.pid is not None
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text().split()
        return [self.server.pid, *map(int, children)]

    def signal_tree(self, number: signal.Signals) -> None:
        """Send a signal to every process of the server; the postmaster first, so that it starts nothing meanwhile."""
        for pid in self.tree():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill_postmaster(self) -> None:
        """SIGKILL the postmaster; its children notice by themselves."""
        assert self.server.pid is not None
        os.kill(self.server.pid, signal.SIGKILL)

    async def ingest_backend(self, dsn: str) -> int:
        """Return the process id of the backend that stores telemetry."""
        connection = await asyncpg.connect(dsn)
        try:
            found: list[int] = []

            async def seen() -> bool:
                rows = await connection.fetch(
                    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                    "AND query ~* '^(COPY .*ambulance_positions|COMMIT|WITH runs)' ORDER BY query_start DESC"
                )
                found[:] = [row["pid"] for row in rows]
                return bool(found)

            await wait_until(seen, 10, "a backend that stores fixes")
            return found[0]
        finally:
            await connection.close()
