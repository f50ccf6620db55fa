"""The whole product as an operator runs it, with several hubs behind one port, in the place of a `HubProcess`."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.faults.rig.processes import UNHANDLED
from tests.system.processes import Run, arogya

RESTART_S = 120.0
# The load would meet these bounds, as in `processes.ROOMY`.
CONFIG = """
[server]
metrics_port = 0
[limits]
sockets_per_user = 5000
api_per_s = 100000.0
api_burst = 100000
[auth]
totp = "off"
[logging]
level = "info"
format = "json"
"""


class Service:
    """A supervisor, its hubs and its Valkey."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @property
    def url(self) -> str:
        """Where all of its hubs are."""
        return self.run.url

    def alive(self) -> bool:
        """Tell whether the supervisor runs."""
        return self.run.process.poll() is None

    def words(self) -> str:
        """Return what all of them have logged."""
        return self.run.output

    def complaints(self) -> list[str]:
        """Return the logged lines that tell of an exception nobody handled."""
        return [line for line in self.words().splitlines() if UNHANDLED.search(line)]

    def memory_bytes(self) -> int:
        """Return the resident memory of the largest of its hubs."""
        statuses = [Path(f"/proc/{pid}/status").read_text() for pid in self.run.hubs()]
        return max(int(found[0]) * 1024 for status in statuses if (found := re.findall(r"VmRSS:\s+(\d+)", status)))

    async def restart(self) -> subprocess.CompletedProcess[str]:
        """Run `arogya restart` to its end."""
        return await asyncio.to_thread(arogya, "restart", "--state", str(self.run.state), timeout_s=RESTART_S)


@asynccontextmanager
async def service(dsn: str, folder: Path, workers: int) -> AsyncIterator[Service]:
    """Serve a database around the block."""
    run = await asyncio.to_thread(_start, dsn, folder, workers)
    try:
        await asyncio.to_thread(run.wait_ready)
        yield Service(run)
    finally:
        await asyncio.to_thread(run.__exit__)


def _start(dsn: str, folder: Path, workers: int) -> Run:
    config = folder / "arogya.toml"
    config.write_text(CONFIG)
    words = ("--port", "0", "--workers", str(workers), "--database", dsn, "--config", str(config))
    return Run("serve", folder / "state", *words)
