"""Several hubs on one PostgreSQL and one Valkey, each with a proxy of its own to both."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.faults.rig.checker import wait_until
from tests.faults.rig.processes import HubProcess, roomy
from tests.faults.rig.proxy import FaultProxy
from tests.faults.rig.valkey import ValkeyProcess, valkey

MEET_S = 10.0  # until hubs that have just started hear each other
ANSWER_S = 5.0
PEERS = "hub_bus_peers"  # how many nodes a hub hears


class Node:
    """One hub and the ways from it to what it shares with the others."""

    def __init__(self, name: str, hub: HubProcess, bus: FaultProxy, database: FaultProxy | None) -> None:
        self.name = name  # what the others call it
        self.hub = hub
        self.bus = bus  # between it and Valkey
        self.database = database  # between it and PostgreSQL, where the test asked for one

    async def ready(self) -> tuple[int, dict[str, Any]]:
        """Return the status and the body of its /ready."""
        timeout = aiohttp.ClientTimeout(total=ANSWER_S)
        async with aiohttp.ClientSession(timeout=timeout) as http, http.get(f"{self.hub.url}/ready") as reply:
            return reply.status, await reply.json()

    def bus_words(self) -> list[str]:
        """Return what its hub has logged about the bus."""
        return [line for line in self.hub.words().splitlines() if "the bus" in line]

    async def readiness(self) -> str:
        """Return "ready", "degraded" or "not_ready"."""
        _, body = await self.ready()
        return str(body["status"])

    async def wait_readiness(self, wanted: str, within_s: float) -> float:
        """Wait until /ready says so; returns the seconds that took."""

        async def said() -> bool:
            return await self.readiness() == wanted

        return await wait_until(said, within_s, f"{self.name} says {wanted}")

    async def peers(self) -> int:
        """Return how many nodes it hears, itself included."""
        return int(await self.hub.metric(PEERS))


class Cluster:
    """The nodes, and the Valkey between them."""

    def __init__(self, dsn: str, server: ValkeyProcess, folder: Path, seed: int) -> None:
        self.dsn = dsn  # of the database itself, past any proxy
        self.valkey = server
        self.nodes: list[Node] = []
        self.secret = secrets.token_hex(32)
        self._folder = folder  # for the logs of the hubs
        self._seed = seed
        self._valkeys = 0  # how many were started beside the first
        self._resources: AsyncExitStack  # proxies and processes, from `run` on

    @property
    def hubs(self) -> list[HubProcess]:
        """The processes."""
        return [node.hub for node in self.nodes]

    @asynccontextmanager
    async def run(self) -> AsyncIterator[Cluster]:
        """End every process and proxy after the block, in whatever state they are."""
        async with AsyncExitStack() as self._resources:
            yield self

    async def add(
        self,
        *,
        options: Mapping[str, Mapping[str, Any]] | None = None,
        database: FaultProxy | None = None,
        dsn: str | None = None,
        program: str = "arogya",
        start: bool = True,
    ) -> Node:
        """Add a node and wait until it is ready; `dsn` is how it reaches the database, through `database` perhaps.

        Its port dies with its process, as on a machine of its own.
        """
        number = len(self.nodes)
        name = f"node-{number}"
        bus = FaultProxy(self.valkey.target, seed=self._seed + number)
        await self._resources.enter_async_context(bus.run())
        settings = roomy(options or {})
        shared = {"redis_url": self.valkey.url_at(bus.port), "name": name, "secret": self.secret}
        settings["nodes"] = {**shared, **settings.get("nodes", {})}
        log = self._folder / f"{name}.log"
        hub = HubProcess(dsn or self.dsn, log, options=settings, keeps_port=False, program=program)
        self._resources.push_async_callback(hub.close)
        node = Node(name, hub, bus, database)
        self.nodes.append(node)
        if start:
            await hub.start_ready()
        return node

    async def met(self, within_s: float = MEET_S) -> float:
        """Wait until every node whose process lives hears every other one; returns the seconds that took."""
        living = [node for node in self.nodes if node.hub.alive()]

        async def complete() -> bool:
            return all([await node.peers() == len(living) for node in living])

        return await wait_until(complete, within_s, f"{len(living)} nodes hear each other")

    async def another_valkey(self) -> ValkeyProcess:
        """Start a server beside the one that the nodes use; it lives as long as the cluster."""
        self._valkeys += 1
        folder = self._folder / f"valkey-{self._valkeys}"
        return await self._resources.enter_async_context(valkey(folder, password=self.valkey.password))

    def set_target(self, server: ValkeyProcess) -> None:
        """Lead every node to another Valkey, as after a failover: what stands is reset."""
        for node in self.nodes:
            node.bus.target = server.target
            node.bus.reset_links()
