"""A link that is dead and does not say so: the hub lets go of whoever is behind it, and takes them back afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest

from tests.faults.conftest import StartHub
from tests.faults.rig import checker, faults
from tests.faults.rig.checker import wait_until
from tests.faults.rig.journal import Journal
from tests.faults.rig.namespace import Forbidden, namespace
from tests.faults.rig.population import make_dispatcher, make_tablets
from tests.faults.rig.processes import HubProcess
from tests.faults.rig.proxy import FaultProxy
from tests.faults.rig.tablet import Tablet
from tests.faults.rig.viewer import Viewer

HEARTBEAT_S = 2.0
SLACK_S = 0.7  # until this process has asked for the metrics and read them
HEAL_S = 30.0
TABLETS, VIEWERS = 4, 3
SETTINGS = {
    "ingest": {"heartbeat_s": HEARTBEAT_S},
    "live": {"heartbeat_s": HEARTBEAT_S, "slow_s": 10 * HEARTBEAT_S},  # here nobody is slow: all are gone
}
Connector = Callable[[], aiohttp.BaseConnector]
Cut = Callable[[bool], Any]


@pytest.mark.timeout(120)
async def test_whoever_is_behind_a_link_that_went_down_is_let_go_within_one_and_a_half_heartbeats(
    start_hub: StartHub, fault_database: str
) -> None:
    """F11, by the kernel."""
    with contextlib.ExitStack() as stack:
        try:
            network = stack.enter_context(namespace())
        except Forbidden as reason:
            pytest.skip(str(reason))

        def connector() -> aiohttp.BaseConnector:
            return aiohttp.TCPConnector(socket_factory=lambda _: unblocked(network.make()), force_close=True)

        hub = await start_hub(options=SETTINGS, listen=network.listen)
        await judge(hub, hub.url, fault_database, connector, lambda down: network.set(up=not down))


@pytest.mark.timeout(120)
async def test_whoever_is_behind_a_proxy_that_swallows_everything_is_let_go_as_soon(
    start_hub: StartHub, fault_database: str, seed: int
) -> None:
    """F11, by a proxy."""
    hub = await start_hub(options=SETTINGS)
    async with FaultProxy(hub.port, seed=seed).run() as proxy:

        def swallow(down: bool) -> None:
            fault = faults.Swallow() if down else faults.Pass()
            proxy.set(up=fault, down=fault)
            if not down:
                proxy.reset_links()

        await judge(hub, f"http://127.0.0.1:{proxy.port}", fault_database, None, swallow)


async def judge(hub: HubProcess, url: str, dsn: str, connector: Connector | None, cut: Cut) -> None:
    """Cut everybody off, and hold the hub to its deadline; then let them back, and nothing may be missing."""
    journal = Journal()
    async with everybody(url, dsn, journal, connector) as (tablets, viewers):
        started_s = time.monotonic()
        cut(True)
        deadline_s = started_s + 1.5 * HEARTBEAT_S + SLACK_S
        await wait_until(lambda: nobody(hub), deadline_s - time.monotonic(), "the hub has let go of everybody")
        for kind, count in (("device", TABLETS), ("live", VIEWERS)):
            assert await hub.metric(f'hub_socket_closes_total{{code="4002",kind="{kind}"}}') == count, kind
        cut(False)
        welcomed = len(journal.welcomes)
        await wait_until(lambda: len(journal.welcomes) >= welcomed + TABLETS, HEAL_S, "the tablets are back")
        await wait_until(lambda: all(viewer.connected for viewer in viewers), HEAL_S, "the viewers are back")
        for tablet in tablets:
            tablet.recording = False
        await wait_until(lambda: not any(tablet.spool for tablet in tablets), HEAL_S, "all spools empty")
    verdict = await checker.check(dsn, journal)
    assert verdict.faultless(), verdict
    assert verdict.held == 0, verdict
    assert not hub.complaints(), hub.words()[:6000]


@contextlib.asynccontextmanager
async def everybody(
    url: str, dsn: str, journal: Journal, connector: Connector | None
) -> AsyncIterator[tuple[list[Tablet], list[Viewer]]]:
    """Keep tablets and viewers connected around the block."""
    tablets = [
        Tablet(
            f"{url}/ws/device",
            credential.secret,
            ambulance_id=credential.ambulance_id,
            journal=journal,
            rate_hz=5.0,
            seed=number,
            connector=connector,
        )
        for number, credential in enumerate(await make_tablets(dsn, TABLETS))
    ]
    token = await make_dispatcher(dsn)
    viewers = [Viewer(f"{url}/ws/live", token, connector=connector) for _ in range(VIEWERS)]
    people: list[Tablet | Viewer] = [*tablets, *viewers]
    async with asyncio.TaskGroup() as tasks:
        lives = [tasks.create_task(each.run()) for each in people]
        try:
            await wait_until(lambda: all(tablet.mine.acked > 0 for tablet in tablets), HEAL_S, "every tablet is acked")
            await wait_until(lambda: all(viewer.connected for viewer in viewers), HEAL_S, "every viewer sees the fleet")
            yield tablets, viewers
        finally:
            for life in lives:
                life.cancel()


async def nobody(hub: HubProcess) -> bool:
    """Tell whether the hub has no socket any more."""
    return await hub.metric("hub_sockets") == 0


def unblocked(made: Any) -> Any:
    """Return a socket as an event loop takes it."""
    made.setblocking(False)
    return made
