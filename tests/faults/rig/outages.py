"""What can happen to the Valkey between the hubs, or to the way there; each lasts as long as its block."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import NamedTuple

from tests.faults.rig import faults
from tests.faults.rig.checker import wait_until
from tests.faults.rig.cluster import Cluster
from tests.faults.rig.valkey import ValkeyProcess, keep_killing

LOADING_S = 6.0
LOST_S = 1.0  # of what the primary took before it died, unknown to the replica
KILLED_EVERY_S = 0.3
FULL_BYTES = 1  # of memory: nothing more fits

Strike = Callable[[Cluster], AbstractAsyncContextManager[None]]


class Outage(NamedTuple):
    """One fault, and which nodes must say that they are degraded while it lasts."""

    name: str
    strike: Strike
    degraded: tuple[int, ...] = ()


@asynccontextmanager
async def killed(cluster: Cluster) -> AsyncIterator[None]:
    """It dies, and comes back empty."""
    await cluster.valkey.kill()
    yield
    await cluster.valkey.start()


@asynccontextmanager
async def stopped(cluster: Cluster) -> AsyncIterator[None]:
    """It takes connections and bytes and answers nothing, and then everything."""
    cluster.valkey.send(signal.SIGSTOP)
    try:
        yield
    finally:
        cluster.valkey.send(signal.SIGCONT)


def half_open(up: faults.Fault, down: faults.Fault) -> Strike:
    """The first node's way there loses everything in a direction, or in both, and does not say so."""

    @asynccontextmanager
    async def strike(cluster: Cluster) -> AsyncIterator[None]:
        proxy = cluster.nodes[0].bus
        proxy.set(up=up, down=down)
        yield
        proxy.set(up=faults.Pass(), down=faults.Pass())
        proxy.reset_links()  # a real way loses whole connections, never some bytes out of the middle of one

    return strike


@asynccontextmanager
async def refused(cluster: Cluster) -> AsyncIterator[None]:
    """The first node cannot connect any more."""
    proxy = cluster.nodes[0].bus
    proxy.set(up=faults.Refuse())
    proxy.reset_links()
    yield
    proxy.set(up=faults.Pass())


def clients_killed(kind: str) -> Strike:
    """The server closes the connections of a kind, again and again."""

    @asynccontextmanager
    async def strike(cluster: Cluster) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            killing = tasks.create_task(keep_killing(cluster.valkey, kind, every_s=KILLED_EVERY_S, for_s=3600))
            yield
            killing.cancel()

    return strike


@asynccontextmanager
async def failed_over(cluster: Cluster) -> AsyncIterator[None]:
    """The primary dies, and a replica that lacks what was written last takes its place."""
    replica = await _replica(cluster)
    await replica.promote()
    await asyncio.sleep(LOST_S)
    await cluster.valkey.kill()
    yield
    cluster.set_target(replica)


@asynccontextmanager
async def read_only(cluster: Cluster) -> AsyncIterator[None]:
    """The first node is led to a replica, which takes no writes."""
    replica = await _replica(cluster)
    proxy = cluster.nodes[0].bus
    proxy.target = replica.target
    proxy.reset_links()
    yield
    proxy.target = cluster.valkey.target
    proxy.reset_links()


@asynccontextmanager
async def loading(cluster: Cluster) -> AsyncIterator[None]:
    """It comes back at once from a death and takes its time to load what it had saved."""
    await cluster.valkey.restart_loading(LOADING_S)
    yield
    await wait_until(cluster.valkey.answers, 2 * LOADING_S, "everything is loaded")


@asynccontextmanager
async def full(cluster: Cluster) -> AsyncIterator[None]:
    """Its memory is used up: it passes messages on and keeps nothing new."""
    await cluster.valkey.set_maxmemory(FULL_BYTES)
    yield
    await cluster.valkey.set_maxmemory(0)


@asynccontextmanager
async def wiped(cluster: Cluster) -> AsyncIterator[None]:
    """Somebody empties it while everybody is connected."""
    await cluster.valkey.command("FLUSHALL")
    yield


PASS, SWALLOW = faults.Pass(), faults.Swallow()
OUTAGES = (
    Outage("killed", killed, (0, 1)),
    Outage("stopped", stopped, (0, 1)),
    Outage("half open", half_open(SWALLOW, SWALLOW), (0,)),
    Outage("half open towards it", half_open(SWALLOW, PASS), (0,)),
    Outage("half open from it", half_open(PASS, SWALLOW), (0,)),
    Outage("refused", refused, (0,)),
    Outage("subscribers killed", clients_killed("pubsub")),
    Outage("clients killed", clients_killed("normal")),
    Outage("failed over", failed_over, (0, 1)),
    Outage("read only", read_only, (0,)),
    Outage("loading", loading),
    Outage("full", full),
    Outage("wiped", wiped),
)


async def _replica(cluster: Cluster) -> ValkeyProcess:
    replica = await cluster.another_valkey()
    await replica.follow(cluster.valkey)
    return replica
