"""A hub that starts while PostgreSQL is away says so in a line, and leaves the next try to its supervisor."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from arogya import listening
from arogya.exits import FAILED
from tests.faults.rig.processes import HubProcess

ENDED_S = 20.0


@pytest.mark.timeout(60)
async def test_a_hub_that_cannot_reach_its_database_ends_without_a_traceback(tmp_path: Path) -> None:
    with listening.bind("127.0.0.1", 0, backlog=1) as nobody:
        port = nobody.getsockname()[1]
    hub = HubProcess(f"postgresql://postgres@127.0.0.1:{port}/nothing?sslmode=disable", tmp_path / "hub.log")
    try:
        await asyncio.to_thread(hub.start)
        await hub.wait_ended(ENDED_S)
        assert hub.returncode == FAILED
        (line,) = hub.words().splitlines()
        assert json.loads(line)["event"] == "the hub cannot start"
    finally:
        await hub.close()
