"""Carries out the acts of a schedule: breaks one thing, waits, and puts it right again."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Callable, Iterable
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from arogya.embedded.postgres import EmbeddedPostgresError
from tests.chaos.schedule import Act
from tests.chaos.stage import KeptHub, Stage, Stopwatch
from tests.faults.rig import faults
from tests.faults.rig.checker import wait_until
from tests.faults.rig.faults import Fault
from tests.faults.rig.processes import PostgresFaults
from tests.faults.rig.proxy import FaultProxy

GRACE_S = 20.0  # for a graceful end: server.shutdown_s and some seconds for a busy machine
PATIENCE_S = 30.0  # for a server that is started again

Say = Callable[[str], None]


class Mischief:
    """Acts on a stage; each target suffers one thing at a time, targets suffer at once."""

    def __init__(self, stage: Stage, say: Say, *, seed: int) -> None:
        self.problems: list[str] = []  # what a target did that it must not do
        self._stage = stage
        self._say = say
        self._chance = random.Random(seed)  # noqa: S311  (which backend)
        self._postgres = PostgresFaults(stage.postgres)
        self._clock = Stopwatch()

    async def perform(self, acts: Iterable[Act]) -> None:
        """Carry out a schedule; returns when the last thing is put right."""
        self._clock = Stopwatch()
        async with asyncio.TaskGroup() as lanes:
            for _, mine in groupby(sorted(acts, key=attrgetter("target")), key=attrgetter("target")):
                lanes.create_task(self._follow(list(mine)))

    async def _follow(self, acts: list[Act]) -> None:
        for act in acts:
            await asyncio.sleep(max(0.0, act.at_s - self._clock.seconds()))
            self._tell(act, "begins")
            await self._do(act)
            self._tell(act, "is over")

    def _tell(self, act: Act, what: str) -> None:
        way = f" {act.way}" if act.way else ""
        self._say(f"{self._clock.seconds():6.2f} s  {act.target:<9} {act.kind}{way} {what}")

    async def _do(self, act: Act) -> None:
        kind, _, number = act.target.partition("-")
        if kind == "hub":
            await self._break_hub(self._stage.hubs[int(number) - 1], act)
        elif kind == "valkey":
            await self._break_valkey(act)
        elif kind == "postgres":
            await self._break_postgres(act)
        else:
            links = {"front": self._stage.fronts, "bus": self._stage.buses, "store": self._stage.stores}[kind]
            await _cut(links[int(number) - 1], act)

    async def _break_hub(self, hub: KeptHub, act: Act) -> None:
        if act.kind == "stop":
            pid = hub.process.pid
            _send(pid, signal.SIGSTOP)
            await asyncio.sleep(act.for_s)
            _send(pid, signal.SIGCONT)
            return
        hub.wanted, hub.asked = False, True
        if hub.process.alive():
            await (self.terminate(hub) if act.kind == "terminate" else hub.process.kill())
        await asyncio.sleep(act.for_s)
        hub.wanted = True

    async def terminate(self, hub: KeptHub) -> None:
        """Ask a hub to end, and note when it does not end as it should."""
        served = hub.serves
        hub.process.send(signal.SIGTERM)
        try:
            await hub.process.wait_ended(GRACE_S)
        except AssertionError:
            self.problems.append(f"{hub.name} did not end within {GRACE_S:.0f} s of SIGTERM")
            await hub.process.kill()
        status = hub.process.returncode
        if served and status not in (0, -signal.SIGKILL):
            self.problems.append(f"{hub.name} ended with {status} after SIGTERM")

    async def _break_valkey(self, act: Act) -> None:
        server = self._stage.cluster.valkey
        if act.kind == "clients":
            for kind in ("normal", "pubsub"):
                await server.kill_clients(kind)
        elif act.kind == "stop":
            server.send(signal.SIGSTOP)
            await asyncio.sleep(act.for_s)
            server.send(signal.SIGCONT)
        else:
            await server.kill()
            await asyncio.sleep(act.for_s)
            await server.start()

    async def _break_postgres(self, act: Act) -> None:
        if act.kind == "stop":
            self._postgres.signal_tree(signal.SIGSTOP)
            await asyncio.sleep(act.for_s)
            self._postgres.signal_tree(signal.SIGCONT)
        elif act.kind == "backend":
            backends = [pid for pid in self._postgres.tree()[1:] if "127.0.0.1" in _title(pid)]
            if backends:
                _send(self._chance.choice(backends), signal.SIGKILL)
        else:
            self._postgres.kill_postmaster()
            await asyncio.sleep(act.for_s)
            await wait_until(self._postgres_started, PATIENCE_S, "PostgreSQL starts again")

    async def _postgres_started(self) -> bool:
        try:
            await asyncio.to_thread(self._stage.postgres.start)
        except EmbeddedPostgresError:
            return False
        return True


async def _cut(link: FaultProxy, act: Act) -> None:
    fault = _fault(act)
    link.set(up=None if act.way == "down" else fault, down=None if act.way == "up" else fault)
    if isinstance(fault, faults.Rst):
        link.reset_links()
    await asyncio.sleep(act.for_s)
    link.set(up=faults.Pass(), down=faults.Pass())
    if isinstance(fault, faults.Swallow):
        link.reset_links()  # what was lost is not sent again: such a connection never heals


def _fault(act: Act) -> Fault:
    if act.kind == "delay":
        return faults.Delay(act.delay_s)
    found: dict[str, Fault] = {
        "swallow": faults.Swallow(),
        "stall": faults.StopReading(),
        "rst": faults.Rst(),
        "refuse": faults.Refuse(),
    }
    return found[act.kind]


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return  # it ended by itself meanwhile


def _title(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""
