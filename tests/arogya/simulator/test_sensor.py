"""A simulated sensor sends while a session is in progress, whoever has begun it, and stops when it is over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from uuid import UUID

import numpy as np
import pytest

from arogya.simulator import sensor as sensors
from arogya.simulator.at_home import Patient
from arogya.simulator.sensor import Effort, Sensor
from arogya.simulator.wearer import Wearer
from hub.protocol.hub_frames import Command
from hub.protocol.reports import ReportAck
from tests.arogya.client.tiny_hub import until
from tests.arogya.client.tiny_motion_hub import SESSION, TinyMotionHub

BUSY = Wearer("A", "s", "neck_rotation", 0.0, 60.0, {"neck_flexion": (0.0, 0.1)}, rate_hz=50.0)


@asynccontextmanager
async def worn(hub: TinyMotionHub) -> AsyncIterator[Sensor]:
    sensor = Sensor(hub.url, BUSY, None, np.random.default_rng(1))
    async with sensor.client:
        await until(lambda: sensor.client.connected)
        yield sensor


def told(hub: TinyMotionHub) -> list[str]:
    return [report.kind for report in hub.reports.values()]


async def test_a_session_that_a_page_began_is_moved_until_it_is_stopped() -> None:
    body: dict[str, object] = {"session": SESSION, "target_angle": 45.0, "target_reps": 3}
    async with TinyMotionHub() as hub, worn(hub) as sensor, asyncio.TaskGroup() as tasks:
        living = tasks.create_task(Patient(sensor, None, Random(1)).live())  # noqa: S311 - a seed
        await hub.command(Command("1", "session_start", body))
        await until(lambda: len(hub.only.rows) > 20)
        assert hub.only.claim.joints == ("neck_rotation", "neck_flexion")
        await hub.command(Command("2", "session_target", body | {"target_angle": 50.0}))
        await hub.command(Command("3", "session_stop", {"session": SESSION}))
        await hub.command(Command("4", "reporting", {"session": SESSION}))
        await until(lambda: len(hub.answers) == 4)
        assert [answer.status for answer in hub.answers] == ["done", "done", "done", "refused"]
        await until(lambda: not sensor.client.streams)  # finished: nothing can be sent any more
        assert told(hub) == []  # who began it ends it
        living.cancel()


async def test_a_session_that_the_hub_does_not_let_begin_is_none() -> None:
    async with TinyMotionHub() as hub, worn(hub) as sensor:
        hub.refusal = ReportAck("", "refused", "conflict", "not now")
        assert not await sensor.exert(Effort(UUID(SESSION), 60.0, 1, own=True))
        assert told(hub) == ["session_start"]
        assert not hub.motion


async def test_an_own_session_is_begun_calibrated_moved_and_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sensors, "STILLS", 0)
    async with TinyMotionHub() as hub, worn(hub) as sensor:
        effort = Effort(UUID(SESSION), 60.0, 0, own=True)
        assert await sensor.exert(effort)
        assert told(hub) == ["session_start", "session_rest", "session_stop"]
        last = sorted(hub.only.rows)[-1]
        assert list(hub.only.rows) == list(range(1, last + 1))
