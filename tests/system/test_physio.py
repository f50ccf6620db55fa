"""Sessions by themselves on a hub that runs: closed when idle, given up when missed, counted when ended."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.hub.motion.ward import bends, ward
from tests.storage.world import Connection
from tests.system.processes import Run
from tests.system.test_serve import config, free_port

pytestmark = pytest.mark.timeout(180)


async def test_a_hub_keeps_the_sessions(database: str, superuser: Connection, tmp_path: Path) -> None:
    at = await ward(superuser)
    began = datetime.now(UTC) - timedelta(minutes=40)
    missed = await at.session(scheduled_at=began - timedelta(hours=2), duration_min=30)
    idle = await at.begun(began, target_angle=90.0)
    await at.store(await at.stream(idle), bends(3), began)
    with Run("serve", tmp_path / "state", "--database", database, "--port", free_port(), "--config", config(tmp_path)):
        async with asyncio.timeout(90):
            counted = "SELECT counted_at FROM physio_sessions WHERE id = $1"
            while await superuser.fetchval(counted, idle) is None:  # noqa: ASYNC110 - another process's work
                await asyncio.sleep(0.1)
    assert await at.status(idle) == ("completed", "idle")
    assert await at.status(missed) == ("missed", None)
    assert await superuser.fetchval("SELECT count(*) FROM motion_repetitions WHERE valid") == 3
