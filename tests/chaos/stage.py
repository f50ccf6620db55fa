"""Everything that can be broken: three hubs, PostgreSQL, Valkey, and a proxy on every way between them."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg

from arogya.embedded.postgres import EmbeddedPostgres
from storage import migrate
from tests.conftest import binaries
from tests.faults.rig.cluster import Cluster
from tests.faults.rig.processes import HubProcess
from tests.faults.rig.proxy import FaultProxy
from tests.faults.rig.valkey import valkey

DATABASE = "chaos"
SERVES = "hub serves"  # what a hub logs when it has come up
AGAIN_S = 0.5  # before a hub that ended by itself is started again
HEARTBEAT_S = 4.0
# Short enough that what a run breaks is noticed within it.
OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "ingest": {"heartbeat_s": HEARTBEAT_S},
    "live": {"heartbeat_s": HEARTBEAT_S},
}


class KeptHub:
    """A hub process, and what its supervisor does: it starts again while it is wanted."""

    def __init__(self, name: str, process: HubProcess) -> None:
        self.name = name
        self.process = process
        self.wanted = True
        self.asked = False  # whether this life was told to end, or killed
        self.endings: list[str] = []  # of lives that served and were not asked to end
        self._begun = 0  # characters of the log when this life began

    @property
    def serves(self) -> bool:
        """Tell whether this life of the process has come up."""
        return SERVES in self.process.words()[self._begun :]

    async def keep(self) -> None:
        """Start it whenever it is not there and should be, until cancelled."""
        while True:
            await asyncio.sleep(0.05)
            if not self.wanted or self.process.alive():
                continue
            if not self.asked and self.serves:
                self.endings.append(f"{self.name} ended by itself with {self.process.returncode}")
            await self.process.wait_ended(1)
            await asyncio.sleep(0.0 if self.asked else AGAIN_S)
            if self.wanted:
                await self.start()

    async def start(self) -> None:
        """Begin a new life."""
        self._begun, self.asked = len(self.process.words()), False
        await asyncio.to_thread(self.process.start)


class Stage:
    """What the acts of a run act on."""

    def __init__(self, postgres: EmbeddedPostgres, cluster: Cluster) -> None:
        self.postgres = postgres
        self.cluster = cluster
        self.dsn = postgres.dsn_of(DATABASE)  # past any proxy
        self.hubs: list[KeptHub] = []
        self.fronts: list[FaultProxy] = []  # between devices or viewers and a hub
        self.buses: list[FaultProxy] = []  # between a hub and Valkey
        self.stores: list[FaultProxy] = []  # between a hub and PostgreSQL

    @property
    def addresses(self) -> list[str]:
        """Return where devices and viewers find the hubs."""
        return [f"http://127.0.0.1:{front.port}" for front in self.fronts]

    async def add_hub(self, resources: AsyncExitStack, seed: int) -> None:
        """Add a hub that is not started yet, and the proxies around it."""
        number = len(self.hubs) + 1
        socket_path = self.postgres.socket_dir / ".s.PGSQL.5432"
        store = await resources.enter_async_context(FaultProxy(str(socket_path), seed=seed * 100 + number).run())
        dsn = f"postgresql://postgres@127.0.0.1:{store.port}/{DATABASE}?sslmode=disable"
        node = await self.cluster.add(options=OPTIONS, database=store, dsn=dsn, start=False)
        front = await resources.enter_async_context(FaultProxy(node.hub.port, seed=seed * 100 + number).run())
        self.hubs.append(KeptHub(f"hub-{number}", node.hub))
        self.fronts.append(front)
        self.buses.append(node.bus)
        self.stores.append(store)


@asynccontextmanager
async def stage(folder: Path, *, hubs: int, seed: int) -> AsyncIterator[Stage]:
    """Set everything up for one run; `folder` gets the logs."""
    async with AsyncExitStack() as resources:
        # Not in `folder`, which others may not enter: PostgreSQL is not root.
        data = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="arogya-chaos-")))
        await asyncio.to_thread(data.chmod, 0o711)
        settings = {"synchronous_commit": "on"}
        # In a thread, as it looks for the programs.
        postgres = await asyncio.to_thread(
            EmbeddedPostgres, data / "data", durable=False, settings=settings, binaries=binaries()
        )
        await asyncio.to_thread(postgres.start)
        resources.callback(_keep_log, postgres, folder)
        resources.push_async_callback(asyncio.to_thread, postgres.stop)
        await _create_database(postgres)
        server = await resources.enter_async_context(valkey(folder / "valkey"))
        cluster = await resources.enter_async_context(Cluster(postgres.dsn_of(DATABASE), server, folder, seed).run())
        made = Stage(postgres, cluster)
        for _ in range(hubs):
            await made.add_hub(resources, seed)
        async with asyncio.TaskGroup() as starting:
            for hub in made.hubs:
                starting.create_task(hub.process.start_ready())
        yield made


async def _create_database(postgres: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(postgres.dsn_of("postgres"))
    try:
        await connection.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0")
    finally:
        await connection.close()
    await migrate.apply(postgres.dsn_of(DATABASE))


def _keep_log(postgres: EmbeddedPostgres, folder: Path) -> None:
    shutil.copyfile(postgres.log_path, folder / "postgres.log")


class Stopwatch:
    """Says how long something has been going on."""

    def __init__(self) -> None:
        self._began_s = time.monotonic()

    def seconds(self) -> float:
        """Return the seconds since it was made."""
        return time.monotonic() - self._began_s
