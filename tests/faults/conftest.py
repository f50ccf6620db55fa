"""A PostgreSQL of their own for the fault tests, a hub process on it, and the load around it."""

from __future__ import annotations

import asyncio
import itertools
import random
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from arogya import listening
from arogya.embedded.postgres import EmbeddedPostgres
from storage import migrate
from tests.conftest import binaries
from tests.faults.rig.cluster import Cluster
from tests.faults.rig.population import make_dispatcher, make_tablets
from tests.faults.rig.processes import HubProcess, Listen, roomy
from tests.faults.rig.proxy import FaultProxy
from tests.faults.rig.scene import FULL, SMALL, Load, Scene, Serving
from tests.faults.rig.valkey import ValkeyProcess, valkey

TEMPLATE = "fault_template"
NUMBERS = itertools.count(1)

StartHub = Callable[..., Awaitable[HubProcess]]
PlayScene = Callable[..., Awaitable[Scene]]
StartCluster = Callable[..., Awaitable[Cluster]]


@pytest.fixture(scope="session")
def load(request: pytest.FixtureRequest) -> Load:
    """How much traffic: small in `make test`, full in `make faults`."""
    return FULL if request.config.getoption("--full-load") else SMALL


@pytest.fixture
def thorough(request: pytest.FixtureRequest, load: Load) -> None:
    """Skips what takes too long for `make test`; `--thorough` runs it at the small load too."""
    if not (load.full or request.config.getoption("--thorough")):
        pytest.skip("comes with --full-load, or with --thorough")


@pytest.fixture
def seed() -> int:
    """A new seed for each test, printed so that a failure can be played again."""
    chosen = random.SystemRandom().randrange(10_000)
    print(f"seed {chosen}")  # noqa: T201  (pytest shows it with a failure)
    return chosen


@pytest.fixture(scope="session")
def fault_cluster() -> Iterator[EmbeddedPostgres]:
    """A server that may be killed and stopped: what it committed survives its processes, not a power cut."""
    # Not below pytest's folder, which every new run closes to others: PostgreSQL is not root.
    with tempfile.TemporaryDirectory(prefix="arogya-faults-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        settings = {"synchronous_commit": "on", "shared_preload_libraries": "pg_stat_statements"}
        server = EmbeddedPostgres(folder / "data", durable=False, settings=settings, binaries=binaries())
        server.start()
        try:
            asyncio.run(_make_template(server))
            yield server
        finally:
            server.stop()


@pytest.fixture
async def fault_database(fault_cluster: EmbeddedPostgres) -> str:
    """The dsn of a fresh database; it stays until the server goes, as its server may be broken by then."""
    name = f"fault_{next(NUMBERS)}"
    await asyncio.to_thread(fault_cluster.start)  # where the test before this one left it dead
    await _run(fault_cluster, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    return fault_cluster.dsn_of(name)


@pytest.fixture
async def start_hub(fault_database: str, tmp_path: Path) -> AsyncIterator[StartHub]:
    """Starts hub processes on the test's database, or on another dsn, and ends them."""
    hubs: list[HubProcess] = []

    async def start(
        dsn: str | None = None,
        *,
        options: Mapping[str, Mapping[str, Any]] | None = None,
        limits: Mapping[int, int] | None = None,
        listen: Listen = listening.bind,
    ) -> HubProcess:
        log = tmp_path / f"hub{len(hubs)}.log"
        hub = HubProcess(dsn or fault_database, log, options=roomy(options or {}), limits=limits, listen=listen)
        hubs.append(hub)
        await hub.start_ready()
        return hub

    yield start
    for hub in hubs:
        await hub.close()


@pytest.fixture
async def play(fault_database: str, load: Load, seed: int) -> AsyncIterator[PlayScene]:
    """Puts the whole load on a hub, or on several in turn, until the test ends."""
    async with AsyncExitStack() as stack:

        async def play_on(*hubs: Serving, viewers: bool = True) -> Scene:
            credentials = await make_tablets(fault_database, load.tablets)
            token = await make_dispatcher(fault_database)
            chosen = load if viewers else load._replace(viewers=0)
            scene = Scene(hubs, fault_database, chosen)
            return await stack.enter_async_context(scene.play(credentials, token, seed=seed))

        yield play_on


@pytest.fixture
async def database_proxy(
    fault_cluster: EmbeddedPostgres, fault_database: str, seed: int
) -> AsyncIterator[tuple[FaultProxy, str]]:
    """A fault proxy in front of the test's database, and the dsn that leads through it."""
    socket_path = fault_cluster.socket_dir / ".s.PGSQL.5432"
    async with FaultProxy(str(socket_path), seed=seed).run() as proxy:
        name = fault_database.split("?")[0].rsplit("/", 1)[1]
        yield proxy, f"postgresql://postgres@127.0.0.1:{proxy.port}/{name}?sslmode=disable"


@pytest.fixture
async def valkey_server(tmp_path: Path) -> AsyncIterator[ValkeyProcess]:
    """A Valkey of the test's own."""
    async with valkey(tmp_path / "valkey") as server:
        yield server


@pytest.fixture
async def start_cluster(
    fault_database: str, valkey_server: ValkeyProcess, tmp_path: Path, seed: int
) -> AsyncIterator[StartCluster]:
    """Starts hubs that hear each other through the test's Valkey, and ends them; more may be added."""
    async with Cluster(fault_database, valkey_server, tmp_path, seed).run() as cluster:

        async def start(size: int = 2, *, options: Mapping[str, Mapping[str, Any]] | None = None) -> Cluster:
            nodes = [await cluster.add(options=options, start=False) for _ in range(size)]
            await asyncio.gather(*(node.hub.start_ready() for node in nodes))
            await cluster.met()
            return cluster

        yield start


async def _make_template(server: EmbeddedPostgres) -> None:
    await _run(server, f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
    await migrate.apply(server.dsn_of(TEMPLATE))


async def _run(server: EmbeddedPostgres, sql: str) -> None:
    connection = await asyncpg.connect(server.dsn_of("postgres"))
    try:
        await connection.execute(sql)
    finally:
        await connection.close()
