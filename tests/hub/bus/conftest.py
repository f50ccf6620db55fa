"""A real Valkey for the tests of a bus."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from arogya.embedded.valkey import EmbeddedValkey
from tests.faults.rig.valkey import ValkeyProcess, valkey
from tests.hub.bus.net import MemoryNet, Net, RedisNet, net_on


@pytest.fixture(scope="session")
def shared_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedValkey]:
    """A server that no test breaks."""
    server = EmbeddedValkey(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["memory", "redis"])
async def net(request: pytest.FixtureRequest, shared_valkey: EmbeddedValkey) -> AsyncIterator[Net]:
    """A place for nodes, of either kind."""
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        found: Net = MemoryNet(tasks)
        if request.param == "redis":
            found = RedisNet(tasks, stack, str(shared_valkey.socket_path))
        yield found
        for node in found.nodes.values():
            await node.stop()


@pytest.fixture
async def redis_net(shared_valkey: EmbeddedValkey) -> AsyncIterator[RedisNet]:
    """A place for nodes on the server that no test breaks."""
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        found = RedisNet(tasks, stack, str(shared_valkey.socket_path))
        yield found
        for node in found.nodes.values():
            await node.stop()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ValkeyProcess]:
    """A server to break."""
    async with valkey(tmp_path / "valkey") as running:
        yield running


@pytest.fixture
async def broken_net(server: ValkeyProcess) -> AsyncIterator[RedisNet]:
    async with net_on(server) as found:
        yield found
