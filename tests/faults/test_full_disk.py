"""The disk of the telemetry is full: what is read is read, devices keep what cannot be stored, and nothing is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from arogya.embedded.postgres import EmbeddedPostgres
from tests.faults.conftest import PlayScene, StartHub
from tests.faults.rig.checker import wait_until
from tests.faults.rig.processes import HubProcess
from tests.faults.rig.scene import Load
from tests.faults.rig.small_disk import SmallDisk, small_disk, why_not

NOTICED_S = 15.0  # until /ready says so
RECOVERED_S = 5.0


@pytest.fixture
async def disk(fault_cluster: EmbeddedPostgres, fault_database: str) -> AsyncIterator[SmallDisk]:
    """The telemetry lies on a disk that can be filled."""
    if reason := why_not():
        pytest.skip(reason)
    async with small_disk(fault_cluster, fault_database) as small:
        yield small


@pytest.mark.timeout(300)
async def test_a_full_disk_stops_storing_and_nothing_else(
    disk: SmallDisk, start_hub: StartHub, play: PlayScene, load: Load
) -> None:
    """F7."""
    hub = await start_hub()
    scene = await play(hub)
    await scene.acks_flow(5)
    filled = time.monotonic()
    await asyncio.to_thread(disk.fill)
    await wait_until(lambda: scene.journal.acks_between(time.monotonic() - 1.0, time.monotonic()) == 0, 60, "no acks")
    noticed_s = await wait_until(lambda: ingest_refused(hub), NOTICED_S, "readiness says no for ingest")
    await asyncio.sleep(max(0.0, filled + load.of(5, 20) - time.monotonic()))
    for path in ("/ambulances", f"/ambulances/{scene.tablets[0].ambulance_id}/track"):
        assert await status_of(hub, scene.viewers[0].access_token, path) == 200, path
    assert await ingest_refused(hub)
    assert scene.journal.losses == [], "a tablet lost its connection"
    goals = {tablet: tablet.recorded for tablet in scene.tablets}
    disk.free()
    recovered_s = await wait_until(
        lambda: all(tablet.mine.acked >= goal for tablet, goal in goals.items()), RECOVERED_S, "the backlog stored"
    )
    await wait_until(lambda: is_ready(hub), RECOVERED_S, "ready again")
    print(f"noticed after {noticed_s:.2f} s, all stored {recovered_s:.2f} s after there was room")  # noqa: T201
    await scene.judge()


async def ingest_refused(hub: HubProcess) -> bool:
    """Tell whether /ready says no, and why."""
    status, body = await ready(hub)
    return status == 503 and body["checks"]["ingest"] != "ok" and body["checks"]["database"] == "ok"


async def is_ready(hub: HubProcess) -> bool:
    """Tell whether /ready says yes."""
    status, _ = await ready(hub)
    return status == 200


async def ready(hub: HubProcess) -> tuple[int, dict[str, Any]]:
    """Return what /ready says."""
    async with aiohttp.ClientSession() as http, http.get(f"{hub.url}/ready") as reply:
        return reply.status, await reply.json()


async def status_of(hub: HubProcess, token: str, path: str) -> int:
    """Return how a read is answered."""
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as http, http.get(f"{hub.url}/api/v1{path}") as reply:
        return reply.status
