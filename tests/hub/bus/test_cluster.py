"""A bus through a cluster: channels and tables on several servers, the same promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from hub.bus.bus import PARTITIONS
from hub.bus.relay import RedisBus, command, devices_online, survey
from tests.faults.rig.valkey import ValkeyProcess, valkey
from tests.hub.bus.net import PREFIXES, SECRET, Node, eventually, eventually_answers, started

SLOTS = 16_384
CLUSTERED = {"cluster-enabled": "yes", "cluster-node-timeout": "2000", "cluster-require-full-coverage": "no"}


@pytest.fixture(params=[1, 3])
async def servers(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[list[ValkeyProcess]]:
    """A cluster of so many primaries."""
    async with AsyncExitStack() as stack:
        found = [
            await stack.enter_async_context(valkey(tmp_path / f"valkey-{number}", settings=CLUSTERED))
            for number in range(request.param)
        ]
        await form(found)
        yield found


@pytest.fixture
async def nodes(servers: list[ValkeyProcess]) -> AsyncIterator[list[Node]]:
    """Three nodes, which know different servers of the cluster."""
    prefix = next(PREFIXES)
    async with asyncio.TaskGroup() as tasks:
        found = [
            await started(RedisBus(name, servers[number % len(servers)].url, SECRET, prefix=prefix), tasks)
            for number, name in enumerate("abc")
        ]
        for node in found:
            await eventually(lambda node=node: [peer.node for peer in node.bus.peers()] == ["a", "b", "c"])  # type: ignore[misc]
        yield found
        for node in found:
            await node.stop()


async def form(servers: list[ValkeyProcess]) -> None:
    """Make a cluster of empty servers."""
    share = -(-SLOTS // len(servers))
    for number, server in enumerate(servers):
        await server.command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        await server.command("CLUSTER", "ADDSLOTSRANGE", number * share, min(SLOTS, (number + 1) * share) - 1)
        await server.command("CLUSTER", "MEET", "127.0.0.1", servers[0].port)

    async def known_everywhere() -> bool:
        infos = [await server.command("CLUSTER", "INFO") for server in servers]
        known = b"cluster_known_nodes:%d\r\n" % len(servers)
        return all(b"cluster_state:ok" in info and known in info for info in infos)

    await eventually_answers(known_everywhere, True)


async def test_a_cluster_carries_everything(nodes: list[Node], servers: list[ValkeyProcess]) -> None:
    a, b, c = nodes
    for number in range(40):
        a.bus.publish(number % PARTITIONS, b"%d" % number)
    b.bus.tell("fence", "1:2")
    for node in (b, c):
        await eventually(lambda node=node: len(node.ear.deltas) == 40)  # type: ignore[misc]
        for partition in range(PARTITIONS):
            assert node.ear.payloads(partition) == [b"%d" % n for n in range(40) if n % PARTITIONS == partition]
    await eventually(lambda: a.ear.controls == c.ear.controls == [("b", "fence", "1:2")])
    for partition in range(PARTITIONS):
        a.bus.keep("fixes", partition, b"%d" % partition)
    for partition in range(PARTITIONS):
        rows = {"a": {partition: b"%d" % partition}, "b": {}}
        await eventually_answers(lambda partition=partition: c.bus.latest("fixes", partition), rows)  # type: ignore[misc]
    taken = [await node.bus.take(f"name {name}", 0.1, 2) for name in range(10) for node in nodes]
    assert [wait_s == 0.0 for wait_s in taken] == [True, True, False] * 10
    for node in nodes:
        await node.bus.give_back("name 3")
    assert await a.bus.take("name 3", 0.1, 2) == 0.0


async def test_a_cluster_is_surveyed_like_one_server(nodes: list[Node], servers: list[ValkeyProcess]) -> None:
    a, _, c = nodes
    prefix = a.bus._keys._prefix  # type: ignore[attr-defined]
    url = servers[-1].url
    found = await survey(url, SECRET, prefix)
    assert ([listed.node for listed in found.nodes], found.mode) == (["a", "b", "c"], "cluster")
    a.bus.keep("devices", 6, b"x")
    c.bus.keep("devices", 7, b"x")
    await eventually_answers(lambda: devices_online(url, SECRET, prefix), {6: "a", 7: "c"})
    await command(url, SECRET, "renew", "b", prefix)
    for node in nodes:
        await eventually(lambda node=node: [told[1:] for told in node.ear.controls] == [("renew", "b")])  # type: ignore[misc]


async def test_a_server_of_a_cluster_that_dies_makes_deaf_and_comes_back(
    nodes: list[Node], servers: list[ValkeyProcess]
) -> None:
    a, b, _ = nodes
    await servers[-1].kill()
    await eventually(lambda: a.bus.deaf_s > 0 and b.bus.deaf_s > 0)
    await servers[-1].start()

    async def carried() -> bool:
        for partition in range(PARTITIONS):
            a.bus.publish(partition, b"back")
        return all(b"back" in b.ear.payloads(partition) for partition in range(PARTITIONS))

    await eventually_answers(carried, True)
    assert a.bus.deaf_s == b.bus.deaf_s == 0.0


async def test_slots_that_move_are_followed(nodes: list[Node], servers: list[ValkeyProcess]) -> None:
    if len(servers) == 1:
        pytest.skip("there is nowhere to move them")
    a, b, c = nodes
    key = a.bus._keys.live[1]  # type: ignore[attr-defined]
    slot = int(await servers[0].command("CLUSTER", "KEYSLOT", key))
    ids = [str(await server.command("CLUSTER", "MYID"), "ascii") for server in servers]
    owner = slot * len(servers) // SLOTS
    for server in (servers[(owner + 1) % 3], servers[owner], servers[(owner + 2) % 3]):
        await server.command("CLUSTER", "SETSLOT", slot, "NODE", ids[(owner + 1) % 3])

    async def carried() -> bool:
        a.bus.publish(1, b"moved")
        return all(b"moved" in node.ear.payloads(1) for node in (b, c))

    await eventually_answers(carried, True)
    assert a.bus.reconnects >= 1
