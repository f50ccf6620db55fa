"""A sensor at a patient's home, which begins with its session and moves as it is told."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from arogya.client.motion import MotionClient, MotionStream
from arogya.client.motion_hooks import MotionHooks
from hub.access.tokens import digest, new_token
from hub.protocol.hub_frames import Command
from tests.browser.demo import Demo
from tests.browser.inside import execute

RATE_HZ = 50
FRAME_S = 0.1
MOVE_S = 1.0  # out, and as long back
SAMPLES = round(FRAME_S * RATE_HZ)


class HomeSensor:
    """A sensor of one joint that lies at rest, until `bend` moves it."""

    def __init__(self, joint: str, rest_angle: float) -> None:
        self.joint = joint
        self.rest_angle = rest_angle
        self.silent = False  # switched off
        self._stream: MotionStream | None = None
        self._bending: tuple[float, float, float] | None = None  # since when (s), the peak, how long it is held (s)
        self._bent = asyncio.Event()  # the repetition is over

    async def carry_out(self, command: Command) -> None:
        """Begin with the session."""
        if command.kind == "session_start":
            self._stream = await self.client.open(str(command.body["session"]), [self.joint])

    async def bend(self, peak: float, hold_s: float = 0.0) -> None:
        """Make one repetition, and return when it is over."""
        self._bent.clear()
        self._bending = (time.monotonic(), peak, hold_s)
        await self._bent.wait()

    async def measure(self, client: MotionClient) -> None:
        """Send what is measured, until cancelled."""
        self.client = client
        while True:
            began = time.time()
            await asyncio.sleep(FRAME_S)
            if self._stream is not None and not self.silent:
                now = time.monotonic() - FRAME_S
                row = [self._angle(now + place / RATE_HZ) for place in range(SAMPLES)]
                await self._stream.send(round(began * 1e6), 1_000_000 // RATE_HZ, [row])

    def _angle(self, at: float) -> float:
        if self._bending is None:
            return self.rest_angle
        since, peak, hold_s = self._bending
        after = at - since
        if after >= 2 * MOVE_S + hold_s + 0.3:  # a moment of rest belongs to it
            self._bending = None
            self._bent.set()
        part = min(1.0, after / MOVE_S, (2 * MOVE_S + hold_s - after) / MOVE_S)
        return self.rest_angle + (peak - self.rest_angle) * (1 - math.cos(math.pi * max(0.0, part))) / 2


@asynccontextmanager
async def home_sensor(demo: Demo, device_id: int, joint: str, *, rest_angle: float = 4.0) -> AsyncIterator[HomeSensor]:
    """Connect a sensor that the demonstration knows."""
    secret = new_token()
    await execute(demo, "INSERT INTO device_secrets (hash, device_id) VALUES ($1, $2)", digest(secret), device_id)
    sensor = HomeSensor(joint, rest_angle)
    hooks = MotionHooks(on_command=sensor.carry_out)
    async with MotionClient(demo.url, secret, hooks=hooks) as client, asyncio.TaskGroup() as tasks:
        measuring = tasks.create_task(sensor.measure(client))
        try:
            yield sensor
        finally:
            measuring.cancel()
