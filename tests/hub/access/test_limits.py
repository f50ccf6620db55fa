"""One limit for all hubs: together never more than it, and by shares when they cannot ask each other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from hub.access.limits import SharedRate
from hub.bus.bus import PROTOCOL, Peer
from hub.bus.memory import Ether, MemoryBus

NAMES = ("A", "B", "C")
BURST = 10.0
PER_S = 0.001  # no token comes back during a test


class Deaf:
    """Who listens to nothing."""

    def delta(self, sender: str, partition: int, payload: bytes) -> None:
        """Do nothing."""

    def stale(self, partition: int) -> None:
        """Do nothing."""

    def control(self, sender: str, kind: str, key: str) -> None:
        """Do nothing."""

    def peers_changed(self) -> None:
        """Do nothing."""


def about(name: str) -> Peer:
    return Peer(name, "", PROTOCOL, "1", "host", 1, "", 0, 0, 0, "serving", 0.0, 0)


@asynccontextmanager
async def together(ether: Ether, *, burst: float = BURST) -> AsyncIterator[dict[str, SharedRate]]:
    """Run three nodes, each with its end of one limit."""
    buses = {name: MemoryBus(name, ether) for name in NAMES}
    async with asyncio.TaskGroup() as tasks:
        for name, bus in buses.items():
            bus.listen(Deaf(), lambda name=name: about(name))  # type: ignore[misc]
        running = [tasks.create_task(bus.run()) for bus in buses.values()]
        async with asyncio.timeout(5):
            while any(len(bus.peers()) < len(NAMES) for bus in buses.values()):  # noqa: ASYNC110 - nobody signals it
                await asyncio.sleep(0.01)
        yield {name: SharedRate(bus, "api", per_s=PER_S, burst=burst) for name, bus in buses.items()}
        for task in running:
            task.cancel()


async def admitted(limits: dict[str, SharedRate], key: str, tries: int = 30) -> dict[str, int]:
    """Return how often each node lets a key through, which asks them in turn."""
    passed = dict.fromkeys(NAMES, 0)
    for _ in range(tries):
        for name in NAMES:
            passed[name] += not await limits[name].take(key, time.monotonic())
    return passed


async def test_all_nodes_together_let_through_what_one_would() -> None:
    async with together(Ether()) as limits:
        assert sum((await admitted(limits, "eve")).values()) == BURST
        assert sum((await admitted(limits, "bob")).values()) == BURST  # keys do not share
        assert await limits["B"].take("eve", time.monotonic()) > 0


async def test_one_node_alone_may_use_all_of_it() -> None:
    async with together(Ether()) as limits:
        passed = [not await limits["A"].take("eve", time.monotonic()) for _ in range(20)]
        assert sum(passed) == BURST


async def test_nodes_that_are_cut_off_have_a_share_each_and_none_is_shut() -> None:
    ether = Ether()
    async with together(ether) as limits:
        await admitted(limits, "somebody", 1)  # they have counted themselves
        for name in NAMES:
            ether.cut(name)
        passed = await admitted(limits, "eve")
        assert sum(passed.values()) <= BURST
        assert set(passed.values()) == {3}


@pytest.mark.parametrize("burst", [1.0, 2.0])
async def test_the_smallest_share_is_one(burst: float) -> None:
    ether = Ether()
    async with together(ether, burst=burst) as limits:
        await admitted(limits, "somebody", 1)
        for name in NAMES:
            ether.cut(name)
        assert set((await admitted(limits, "eve")).values()) == {1}


async def test_nothing_is_gained_by_a_bus_that_goes_away_and_comes_back() -> None:
    ether = Ether()
    async with together(ether) as limits:
        first = sum((await admitted(limits, "eve")).values())
        for name in NAMES:
            ether.cut(name)
        second = sum((await admitted(limits, "eve")).values())
        for name in NAMES:
            ether.heal(name)
        third = sum((await admitted(limits, "eve")).values())
        assert first + second + third <= BURST + 1  # what was rounded up


async def test_a_right_password_gives_everything_back_everywhere() -> None:
    async with together(Ether()) as limits:
        await admitted(limits, "eve")
        await limits["B"].forget("eve")
        assert await limits["B"].take("eve", time.monotonic()) == 0


async def test_a_hub_without_others_needs_no_bus() -> None:
    limit = SharedRate(None, "api", per_s=1, burst=2)
    assert [await limit.take("eve", 0.0) for _ in range(3)] == [0, 0, 1]
    await limit.forget("eve")
    assert await limit.take("eve", 0.0) == 0
