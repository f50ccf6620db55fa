"""A simulated tablet with its crew: stands somewhere, hears what the hub tells it, and reports what the crew does."""

from __future__ import annotations

import asyncio
import time
import uuid
from types import TracebackType
from typing import Any

import aiohttp

from arogya.client import Command, DeviceClient, Fix, Hooks
from tests.browser.demo import Demo
from tests.browser.tablet import Enrolled

HEARD_S = 20.0


class Crew:
    """A crew with its tablet; to be used as a context manager."""

    def __init__(self, demo: Demo, enrolled: Enrolled, latitude: float, longitude: float) -> None:
        self.plate = enrolled.plate
        self.place = (latitude, longitude)
        self.heard: list[Command] = []
        self._demo = demo
        self._enrolled = enrolled
        self._news = asyncio.Condition()
        self._device = DeviceClient(demo.url, enrolled.secret, hooks=Hooks(on_command=self._hear))

    async def __aenter__(self) -> Crew:
        """Connect, and say where the ambulance stands."""
        await self._device.__aenter__()
        await self.stand()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Switch the tablet off."""
        await self._device.__aexit__(kind, error, trace)

    async def stand(self) -> None:
        """Send a position."""
        await self._device.send(Fix(time.time_ns() // 1_000, *self.place, speed=0.0))
        await self._device.drained(HEARD_S)

    async def hear(self, kind: str) -> dict[str, Any]:
        """Wait for a command of a kind, take it from those that were heard, and return its body."""

        def of_kind() -> Command | None:
            return next((command for command in self.heard if command.kind == kind), None)

        async with asyncio.timeout(HEARD_S), self._news:
            await self._news.wait_for(lambda: of_kind() is not None)
        command = of_kind()
        assert command is not None
        self.heard.remove(command)
        return dict(command.body)

    async def say(self, kind: str, **body: object) -> None:
        """Report something; the hub has to take it."""
        now_us = time.time_ns() // 1_000
        report = {"id": uuid.uuid4().hex, "kind": kind, "at": now_us, "body": body}
        async with aiohttp.ClientSession() as http:
            answer = await http.post(
                f"{self._demo.url}/api/v1/crew/reports",
                json={"sent_at": now_us, "reports": [report]},
                headers={"Authorization": f"Bearer {self._enrolled.secret}"},
            )
            said = await answer.json()
        assert said["reports"][0]["status"] == "done", said

    async def _hear(self, command: Command) -> None:
        async with self._news:
            self.heard.append(command)
            self._news.notify_all()
