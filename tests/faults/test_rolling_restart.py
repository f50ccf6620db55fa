"""The hubs of a running system are replaced one after another, under load: nobody is blind, nothing is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.conftest import PlayScene
from tests.faults.rig.service import Service, service

BLIND_S = 5.0
UNACKED_S = 20.0
AFTER_S = 3.0  # watched after the end of the restart
RESTART = 1012  # close code


@pytest.fixture
async def served(fault_database: str, tmp_path: Path) -> AsyncIterator[Service]:
    """A system with two hubs."""
    async with service(fault_database, tmp_path, 2) as running:
        yield running


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("thorough")
async def test_a_rolling_restart_leaves_no_dashboard_blind_and_no_tablet_unacked(
    served: Service, play: PlayScene
) -> None:
    scene = await play(served)
    await scene.wait_live()
    before, began, lags = served.run.hubs(), time.monotonic(), []
    async with asyncio.TaskGroup() as tasks:
        restarting = tasks.create_task(served.restart())
        while not restarting.done():
            lags.append((await scene.watch(0.5)).lag_s)
    lags.append((await scene.watch(AFTER_S)).lag_s)
    assert restarting.result().returncode == 0, restarting.result().stderr
    assert not served.run.hubs() & before
    assert max(lags) <= BLIND_S
    assert scene.longest_wait_s(began) <= UNACKED_S
    assert scene.journal.close_codes.keys() == {RESTART}
    await scene.wait_live()
    print(f"blind for {max(lags):.2f} s, unacked for {scene.longest_wait_s(began):.2f} s")  # noqa: T201
    await scene.judge()
