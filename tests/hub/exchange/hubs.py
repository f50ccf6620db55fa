"""Several hubs in one process, on one database and one `Ether`, for the tests of what they say to each other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from uuid import uuid4

from hub.access.principal import Principal
from hub.bus.bus import PROTOCOL, Peer
from hub.bus.memory import Ether, MemoryBus
from hub.changes import Changes
from hub.clock import Clock
from hub.exchange.exchange import FleetExchange
from hub.ingest.credit import CreditRules
from hub.ingest.intake import Intake, IntakeRules
from hub.ingest.session import DeviceSession
from hub.live.board import FleetBoard, LiveFix
from hub.live.directory import Directory, judged_by
from hub.live.hub import LiveHub
from hub.metrics import Metrics
from hub.protocol.codec import JSON
from storage.listen import Listener
from storage.pool import APP, INGEST, READER, Database
from tests.hub.live.viewer import Pipe

SECOND = 1_000_000
LOG_ID = "0" * 32
HELLO = f'{{"type":"hello","streams":[{{"log_id":"{LOG_ID}","kind":"fixes"}}]}}'


class SkewedClock(Clock):
    """A node's clock, wrong by so much."""

    def __init__(self, ahead_us: int = 0) -> None:
        super().__init__()
        self._ahead_us = ahead_us

    def now_us(self) -> int:
        """Return the wrong time."""
        return super().now_us() + self._ahead_us


class HubNode:
    """One hub, whole but for its sockets and writers."""

    def __init__(
        self, name: str, ether: Ether, dsn: str, pools: tuple[Database, Database, Database], location_s: float
    ) -> None:
        ingest, reader, app = self.pools = pools
        self.dsn, self.location_s = dsn, location_s
        self.name = name
        self.ether = ether
        self.clock = SkewedClock()
        self.board = FleetBoard()
        self.bus = MemoryBus(name, ether)
        rules = IntakeRules(location_s=location_s)
        self.intake = Intake(ingest, self.board, self.clock, Metrics(), rules=rules, credit_rules=CreditRules())
        directory = Directory(self.board.channel, judged_by(reader), self.intake.fleet.read_unit)
        self.live = LiveHub(directory, self.clock, Metrics())
        self.changes = Changes(reader, app, intake=self.intake, live=self.live)
        self.listener = Listener(dsn, self.changes.heard, self.changes.missed, role=READER)
        self.left: list[str] = []  # how this hub was asked to go
        self.exchange = FleetExchange(
            self.bus,
            self.intake,
            self.changes,
            databases=(reader, app),
            leave=self.left.append,
            tick_s=0.01,
        )
        self.bus.listen(self.exchange, self.describe)
        self.intake.tell(self.exchange)
        self.changes.tell(self.exchange)

    def describe(self) -> Peer:
        """Return what this hub says about itself."""
        return Peer(self.name, "", PROTOCOL, "1", "host", 1, "", 0, len(self.intake.roster), 0, "serving", 0.0, 0)

    async def run(self, *, listening: bool) -> None:
        """Run what a hub runs."""
        async with asyncio.TaskGroup() as tasks:
            works: list[Coroutine[None, None, None]] = [
                self.bus.run(),
                self.exchange.run(),
                self.intake.run(),
                self.changes.run(),
            ]
            if listening:
                works += [self.listener.run(), self.changes.rights.patrol()]
            for work in works:
                tasks.create_task(work)

    def show(
        self, ambulance_id: int, fix_at: int, latitude: float = 48.0, longitude: float = 11.0, *, device_id: int = 0
    ) -> None:
        """Take a sound fix from a tablet that is connected here."""
        self.intake.markers.show(ambulance_id, fix(fix_at, latitude, longitude), device_id)

    def picture(self) -> dict[int, LiveFix]:
        """Return what viewers of this hub see."""
        return {unit.id: shown for unit, shown in self.board.placed()}

    def connect(self, device_id: int, ambulance_id: int, credential: bytes | None = None) -> DeviceSession:
        """Let a tablet in, which says nothing yet."""
        pipe = Pipe()
        pipe.reading = False
        principal = Principal(frozenset({"TB"}), device_id=device_id, ambulance_id=ambulance_id, credential=credential)
        session = DeviceSession(self.intake, pipe, JSON, session_id=uuid4().hex, principal=principal)
        self.intake.attach(session)
        return session


class Crew:
    """Hubs that know each other."""

    def __init__(self, ether: Ether, hubs: dict[str, HubNode], tasks: asyncio.TaskGroup, *, listening: bool) -> None:
        self.ether = ether
        self.hubs = hubs
        self._tasks = tasks
        self._listening = listening
        self._running: dict[str, asyncio.Task[None]] = {}
        self._alongside: list[asyncio.Task[None]] = []

    def __getitem__(self, name: str) -> HubNode:
        return self.hubs[name]

    async def start(self, name: str) -> None:
        """Let a hub run, as a process does after it has read everything."""
        hub = self.hubs[name]
        await hub.changes.read_everything()
        self._running[name] = self._tasks.create_task(hub.run(listening=self._listening))

    async def stop(self, name: str) -> None:
        """End a hub; it says goodbye unless it is cut off."""
        task = self._running.pop(name)
        task.cancel()
        await asyncio.wait([task])

    async def restart(self, name: str) -> None:
        """Kill a hub's process, and start another one in its place, which knows what PostgreSQL knows."""
        former = self.hubs[name]
        await former.intake.locations.write()  # the others would not find what nobody was told
        self.ether.cut(name)  # no goodbye
        await self.stop(name)
        self.ether.heal(name)
        self.hubs[name] = HubNode(name, self.ether, former.dsn, former.pools, former.location_s)
        await self.start(name)

    async def acquainted(self) -> None:
        """Wait until all running hubs hear each other and have read what they did not know at the start."""
        running = [self.hubs[name] for name in self._running]
        await until(lambda: all(len(hub.bus.peers()) == len(running) for hub in running))
        reading = [hub.exchange._catch_up for hub in running]
        await until(lambda: not any(each._stale or each._again for each in reading))

    async def alike(self, within_s: float = 3.0) -> None:
        """Wait until the viewers of all hubs see the same."""
        running = [self.hubs[name] for name in self._running]
        await until(lambda: all(hub.picture() == running[0].picture() for hub in running), within_s)

    def alongside(self, work: Coroutine[None, None, None]) -> None:
        """Run something until the end."""
        self._alongside.append(self._tasks.create_task(work))

    async def end(self) -> None:
        """End everybody."""
        for task in self._alongside:
            task.cancel()
        for name in list(self._running):
            await self.stop(name)


@asynccontextmanager
async def crew(dsn: str, *names: str, listening: bool = False, location_s: float = 1.0) -> AsyncIterator[Crew]:
    """Run hubs; `listening` ones hear PostgreSQL too, and patrol for rights.

    They tell PostgreSQL where ambulances are once every `location_s`.
    """
    ether = Ether()
    opened = [await Database.open(dsn, role=role, size=6, command_timeout_s=5) for role in (INGEST, READER, APP)]
    pools = (opened[0], opened[1], opened[2])
    try:
        async with asyncio.TaskGroup() as tasks:
            hubs = {name: HubNode(name, ether, dsn, pools, location_s) for name in names}
            together = Crew(ether, hubs, tasks, listening=listening)
            for name in names:
                await together.start(name)
            await together.acquainted()
            if listening:
                await asyncio.gather(*(hub.listener.listening.wait() for hub in hubs.values()))
            yield together
            await together.end()
    finally:
        for pool in opened:
            await pool.close()


def fix(fix_at: int, latitude: float = 48.0, longitude: float = 11.0) -> LiveFix:
    """Return a fix; its numbers are the same in single and in double precision."""
    return LiveFix(latitude, longitude, 8.5, 90.0, 4.0, fix_at)


async def until(condition: Callable[[], bool], within_s: float = 5.0) -> float:
    """Wait for a condition that other hubs bring about; returns how long it took, in s."""
    began_s = time.monotonic()
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 - nobody signals it
            await asyncio.sleep(0.005)
    return time.monotonic() - began_s
