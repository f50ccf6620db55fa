"""Crews in their ambulances: each answers what it is offered and says every stage, over whatever happens to the hub."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from arogya.client import Command, DeviceClient, Fix, Hooks, Options
from arogya.client.backoff import Backoff
from tests.faults.rig.population import Credential

STAGES = ("en_route", "on_scene", "transporting", "at_destination", "cleared")
FIX_EVERY_S = 0.5


@dataclass
class Answered:
    """What one report came to, as the crew was told."""

    kind: str
    assignment: str
    status: str  # done | refused
    stage: str | None = None
    code: str | None = None


@dataclass
class Crew:
    """One crew, with what it has heard and said."""

    credential: Credential
    latitude: float
    pause_s: float = 0.05  # between two stages
    silent: frozenset[str] = frozenset()  # requests that it never answers
    offers: list[str] = field(default_factory=list)  # assignments, in the order in which they came, each once
    recalled: set[str] = field(default_factory=set)
    answered: list[Answered] = field(default_factory=list)
    client: DeviceClient | None = None

    @asynccontextmanager
    async def working(self, url: str, spool: Path) -> AsyncIterator[Crew]:
        """Report where it is, and answer, until the block ends; what is not acked stays in the spool."""
        hooks = Hooks(on_command=self._carry_out)
        options = Options(power_safe=False, backoff=lambda: Backoff(stay_away_s=0.2), heartbeat_s=4.0)
        self._told: asyncio.Queue[str] = asyncio.Queue()
        async with DeviceClient(url, self.credential.secret, spool=spool, hooks=hooks, options=options) as self.client:
            async with asyncio.TaskGroup() as tasks:
                work = [tasks.create_task(self._drive()), tasks.create_task(self._serve())]
                try:
                    yield self
                finally:
                    for task in work:
                        task.cancel()

    async def _carry_out(self, command: Command) -> None:
        assignment = str(command.body.get("assignment", ""))
        if command.kind == "offer" and assignment not in self.offers:
            self.offers.append(assignment)
            self._told.put_nowait(assignment)
        elif command.kind == "recall":
            self.recalled.add(assignment)

    async def _drive(self) -> None:
        assert self.client is not None
        for turn in itertools.count():
            self.client.offer(Fix(time.time_ns() // 1_000, self.latitude + turn * 1e-5, 73.85, speed=8.0, accuracy=5.0))
            await asyncio.sleep(FIX_EVERY_S)

    async def _serve(self) -> None:
        while True:
            assignment = await self._told.get()
            await self._report("seen", assignment)
            if not await self._report("accept", assignment):
                continue
            for stage in STAGES:
                await asyncio.sleep(self.pause_s)
                if assignment in self.recalled or not await self._report("stage", assignment, stage=stage):
                    break

    async def _report(self, kind: str, assignment: str, **more: str) -> bool:
        """Say something and wait, as long as it takes, for what became of it; False: refused."""
        assert self.client is not None
        answer = await self.client.report(kind, {"assignment": assignment, **more})
        self.answered.append(Answered(kind, assignment, answer.status, more.get("stage"), answer.code))
        return answer.status == "done"


@asynccontextmanager
async def on_duty(url: str, credentials: list[Credential], folder: Path) -> AsyncIterator[list[Crew]]:
    """Have crews at work for as long as the block lasts."""
    async with AsyncExitStack() as stack:
        crews = [Crew(credential, 18.5 + number / 100) for number, credential in enumerate(credentials)]
        for crew in crews:
            spool = folder / f"crew-{crew.credential.device_id}"
            await stack.enter_async_context(crew.working(url, spool))
        yield crews
