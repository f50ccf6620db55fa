"""Nodes on a bus whose connections a test can break: in memory, or through a real Valkey and a proxy for each node."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Protocol

from hub.bus.bus import PARTITIONS, Bus, Peer
from hub.bus.memory import Ether, MemoryBus
from hub.bus.relay import RedisBus
from tests.faults.rig import faults
from tests.faults.rig.proxy import FaultProxy, Link
from tests.faults.rig.valkey import ValkeyProcess

SECRET = "a secret that all nodes of a test share"
PREFIXES = (f"t{number}" for number in itertools.count())
CONVERGED_S = 3.0  # after whatever happened is over
WITHIN_S = 15.0  # far more than any of it takes on an idle machine


class Listener:
    """An ear that remembers, and a description of its node."""

    def __init__(self, node: str) -> None:
        self.node = node
        self.deltas: list[tuple[str, int, bytes]] = []
        self.stales: list[int] = []
        self.stales_ever: list[int] = []
        self.controls: list[tuple[str, str, str]] = []
        self.changes = 0  # of the company
        self.started_at = time.time_ns() // 1000

    def delta(self, sender: str, partition: int, payload: bytes) -> None:
        self.deltas.append((sender, partition, payload))

    def stale(self, partition: int) -> None:
        self.stales.append(partition)
        self.stales_ever.append(partition)

    def control(self, sender: str, kind: str, key: str) -> None:
        self.controls.append((sender, kind, key))

    def peers_changed(self) -> None:
        self.changes += 1

    def describe(self) -> Peer:
        return Peer("", "", 0, "1.2.3", "host", 1, "http://host", self.started_at, 3, 2, "serving", 0.0, 0)

    def payloads(self, partition: int) -> list[bytes]:
        return [payload for _, at, payload in self.deltas if at == partition]


class Node:
    """One node of a test."""

    def __init__(self, bus: Bus, ear: Listener, task: asyncio.Task[None]) -> None:
        self.bus = bus
        self.ear = ear
        self.task = task

    async def stop(self) -> None:
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task


class Net(Protocol):
    """Where the nodes of a test are."""

    nodes: dict[str, Node]

    async def join(self, name: str) -> Node: ...

    async def crash(self, name: str) -> None: ...

    def cut(self, name: str) -> None: ...

    def heal(self, name: str) -> None: ...

    def lose_one(self, name: str) -> None: ...


class MemoryNet:
    """Nodes on one ether."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self.nodes: dict[str, Node] = {}
        self._ether = Ether()
        self._tasks = tasks

    async def join(self, name: str) -> Node:
        self._ether.heal(name)
        bus = MemoryBus(name, self._ether)
        self.nodes[name] = await started(bus, self._tasks)
        return self.nodes[name]

    async def crash(self, name: str) -> None:
        self.cut(name)
        await self.nodes.pop(name).stop()

    def cut(self, name: str) -> None:
        self._ether.cut(name)

    def heal(self, name: str) -> None:
        self._ether.heal(name)

    def lose_one(self, name: str) -> None:
        self._ether.lose_one(name)


class LosingProxy(FaultProxy):
    """Can lose one message on its way to the server, without a trace."""

    losing = False

    async def _handle(self, link: Link, way: str, chunk: bytes, writer: asyncio.StreamWriter) -> bool:
        if self.losing and way == "up" and b"PUBLISH" in chunk:
            self.losing = False
            return True
        return await super()._handle(link, way, chunk, writer)


class RedisNet:
    """Nodes that reach one server, each through a proxy of its own."""

    def __init__(
        self, tasks: asyncio.TaskGroup, stack: AsyncExitStack, target: int | str, *, password: str = ""
    ) -> None:
        self.nodes: dict[str, Node] = {}
        self.proxies: dict[str, LosingProxy] = {}
        self.prefix = next(PREFIXES)  # tests may share a server
        self._tasks = tasks
        self._stack = stack
        self._target = target
        self._login = f":{password}@" if password else ""

    async def join(self, name: str, secret: str = SECRET) -> Node:
        proxy = self.proxies[name] = LosingProxy(self._target)
        await self._stack.enter_async_context(proxy.run())
        url = f"redis://{self._login}127.0.0.1:{proxy.port}"
        bus = RedisBus(name, url, secret, prefix=self.prefix)
        self.nodes[name] = await started(bus, self._tasks)
        return self.nodes[name]

    async def crash(self, name: str) -> None:
        self.cut(name)
        await self.nodes.pop(name).stop()

    def cut(self, name: str) -> None:
        self.proxies[name].set(up=faults.Refuse(), down=faults.Refuse())
        self.proxies[name].reset_links()

    def heal(self, name: str) -> None:
        self.proxies[name].set(up=faults.Pass(), down=faults.Pass())

    def lose_one(self, name: str) -> None:
        self.proxies[name].losing = True


async def started(bus: Bus, tasks: asyncio.TaskGroup) -> Node:
    ear = Listener(bus.node)
    bus.listen(ear, ear.describe)
    node = Node(bus, ear, tasks.create_task(bus.run()))
    await eventually(lambda: bus.sent > 0)
    return node


async def eventually(condition: Callable[[], bool], within_s: float = WITHIN_S) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        await asyncio.sleep(0.01)


async def eventually_answers(
    question: Callable[[], Awaitable[object]], answer: object, within_s: float = WITHIN_S
) -> None:
    """Wait until a question has an answer; its exceptions are no answers."""
    deadline = time.monotonic() + within_s
    found: object = None
    while time.monotonic() < deadline:
        try:
            found = await question()
        except Exception as error:  # noqa: BLE001 - shown when the time is up
            found = error
        if found == answer:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{found!r} is not {answer!r}")


async def acquainted(net: Net) -> None:
    """Wait until all nodes have heard all others on every channel."""
    everybody = sorted(net.nodes)
    await eventually(lambda: all([peer.node for peer in node.bus.peers()] == everybody for node in net.nodes.values()))
    others = len(everybody) - 1
    for node in net.nodes.values():
        ever = node.ear.stales_ever  # of each of the others once, at first
        await eventually(lambda ever=ever: min(map(ever.count, range(PARTITIONS))) >= others)  # type: ignore[misc]
    for node in net.nodes.values():
        node.ear.stales.clear()
        node.ear.changes = 0


async def pair(net: Net) -> tuple[Node, Node]:
    """Have two nodes that know each other."""
    a, b = await net.join("a"), await net.join("b")
    await acquainted(net)
    return a, b


async def carries(a: Node, b: Node, within_s: float = CONVERGED_S) -> None:
    """Wait until both hear each other, and each reads what the other keeps."""
    word = os.urandom(4)

    async def heard() -> bool:
        for node in (a, b):
            node.bus.publish(0, word)
        return all(word in node.ear.payloads(0) for node in (a, b))

    await eventually_answers(heard, True, within_s)
    for node, other in ((a, b), (b, a)):
        node.bus.keep("probe", 0, word)
        await reads(other, "probe", {node.bus.node: {0: word}})
        assert node.bus.deaf_s == 0.0


async def reads(node: Node, table: str, rows: dict[str, dict[int, bytes]], within_s: float = WITHIN_S) -> None:
    """Wait until a node reads this in partition 0 of a table."""
    await eventually_answers(lambda: node.bus.latest(table, 0), rows, within_s)


@asynccontextmanager
async def net_on(server: ValkeyProcess) -> AsyncIterator[RedisNet]:
    """Have nodes on a server of one's own."""
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        net = RedisNet(tasks, stack, server.target, password=server.password or "")
        yield net
        for node in net.nodes.values():
            await node.stop()
