"""Hubs that measure physio sessions and show them, whole but for their sockets, on one database and one `Ether`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import cast
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from hub.access.principal import Principal
from hub.bus.bus import PROTOCOL, Bus, Peer
from hub.changes import Changes
from hub.clock import Clock
from hub.exchange.exchange import FleetExchange
from hub.exchange.physio import PhysioRelay
from hub.ingest.intake import Intake
from hub.live.directory import Directory
from hub.live.hub import LiveHub, LiveRules
from hub.live.physio import Physio
from hub.live.physio_channel import channel_of
from hub.live.physio_rows import JOINT_ROWS, REPETITIONS, SESSION, TRACE
from hub.live.session import ViewerSession
from hub.metrics import Metrics
from hub.protocol.codec import JSON
from hub.protocol.hub_frames import Error
from hub.protocol.viewer_frames import Subscribe
from storage.audit_queue import AuditQueue
from storage.listen import Listener
from storage.pool import APP, INGEST, READER, Database
from tests.hub.ingest.test_session import running
from tests.hub.live.judge import Granted, nothing_new
from tests.hub.live.viewer import Pipe, Viewer
from tests.hub.motion.sensor import Sensor, claim, squats
from tests.hub.motion.ward import KNEE

FRAME = 10  # samples
INTERVAL_US = 10_000

__all__ = ["KNEE", "Room", "Wearer", "Witness", "claim", "rooms", "squats", "until"]


class Witness:
    """Somebody who watches a session."""

    def __init__(self, session: ViewerSession, pipe: Pipe) -> None:
        self.session = session
        self.pipe = pipe
        self.viewer = Viewer()
        self.refused: list[str] = []  # codes of errors about the channel

    def look(self) -> Viewer:
        """Take what has arrived."""
        for message in self.pipe.take():
            if isinstance(message, Error):
                self.refused.append(message.code)
            else:
                self.viewer.apply(message)
        return self.viewer

    def rows(self, table: str) -> list[list[object]]:
        """Return the rows of a table by key."""
        return [row for _, row in sorted(self.look().state.get(table, {}).items(), key=str)]

    @property
    def status(self) -> object:
        """Return the session's status."""
        return self.rows(SESSION)[0][1]

    @property
    def joint(self) -> list[object]:
        """Return the one joint's row."""
        (row,) = self.rows(JOINT_ROWS)
        return row

    @property
    def numbers(self) -> list[int]:
        """Return the numbers of the repetitions."""
        return sorted(int(str(row[2])) for row in self.rows(REPETITIONS))

    @property
    def points(self) -> int:
        """Return how many points are drawn."""
        return sum(len(joint[1]) for row in self.rows(TRACE) for joint in cast("list[list[list[int]]]", row[2]))


class Room:
    """One hub."""

    def __init__(self, bus: Bus, intake: Intake, pools: tuple[Database, Database], tick_s: float) -> None:
        reader, app = pools
        self.clock = Clock()
        self.intake = intake
        self.bus = bus
        self.metrics = Metrics()
        self.audit = AuditQueue(app)
        self.physio = Physio(reader, intake.motion, self.clock, audit=self.audit, metrics=self.metrics)
        directory = Directory(intake.board.channel, Granted(), nothing_new, physio=self.physio)
        self.live = LiveHub(directory, self.clock, Metrics(), LiveRules(tick_s=tick_s))
        self.changes = Changes(reader, app, intake=intake, live=self.live)
        self.exchange = FleetExchange(
            self.bus, intake, self.changes, databases=(reader, app), leave=lambda _: None, tick_s=0.02
        )
        self.relay = PhysioRelay(self.bus, self.clock, self.physio, intake.motion, tick_s=0.02)
        self.exchange.carry(self.relay)
        self.bus.listen(self.exchange, self._describe)
        self.people = AsyncExitStack()  # who is connected

    def _describe(self) -> Peer:
        return Peer(self.bus.node, "", PROTOCOL, "1", "host", 1, "", 0, 0, len(self.live), "serving", 0.0, 0)

    async def run(self, dsn: str) -> None:
        """Run what a hub runs, until cancelled."""
        listener = Listener(dsn, self.changes.heard, self.changes.missed, role=READER)
        works = (
            *(self.live.run(), self.physio.run(), self.audit.run(), self.bus.run(), self.exchange.run()),
            *(self.changes.run(), self.changes.rights.patrol(), listener.run()),
        )
        async with asyncio.TaskGroup() as tasks:
            for work in works:
                tasks.create_task(work)

    async def watch(self, session_id: UUID, code: str, user_id: UUID, *, reading: bool = True) -> Witness:
        """Subscribe as somebody; wait for the first answer, unless they do not read."""
        pipe = Pipe()
        pipe.reading = reading
        pipe.heard_s = self.clock.monotonic_s() + 1e6
        who = Principal(frozenset({code}), user_id=user_id)
        witness = Witness(self.people.enter_context(self.live.attached(who, pipe, JSON)), pipe)
        await self.live.receive(witness.session, JSON.encode(Subscribe(channel_of(session_id))).decode())
        if reading:
            await until(lambda: witness.look().snapshots or witness.refused)
        return witness


class Wearer(Sensor):
    """A sensor whose clock is right."""

    async def move(self, angles: NDArray[np.float32], *, began: int | None = None, ack: bool = True) -> None:
        """Send angles (joints, samples) frame by frame, as if measured just now, or since `began` (µs)."""
        began = began or time.time_ns() // 1_000 - angles.shape[1] * INTERVAL_US
        for first in range(0, angles.shape[1], FRAME):
            piece = angles[:, first : first + FRAME]
            start = began + first * INTERVAL_US
            await self.frame(piece, start, sent_at=began + angles.shape[1] * INTERVAL_US)
            if ack and self.seq % 80 < FRAME:
                await self.acked(self.seq - 1)


@asynccontextmanager
async def rooms(dsn: str, *buses: Bus, tick_s: float = 0.02) -> AsyncIterator[list[Room]]:
    """Run hubs that know each other."""
    opened: list[Database] = []
    async with AsyncExitStack() as stack:
        for role in (READER, APP):
            opened.append(await Database.open(dsn, role=role, size=6, command_timeout_s=5))
            stack.push_async_callback(opened[-1].close)
        ingest = await Database.open(dsn, role=INGEST, size=6, command_timeout_s=5)
        stack.push_async_callback(ingest.close)
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        found = []
        for bus in buses:
            intake, _, _ = await stack.enter_async_context(running(dsn, ingest))
            room = Room(bus, intake, (opened[0], opened[1]), tick_s)
            await stack.enter_async_context(room.people)
            task = tasks.create_task(room.run(dsn))
            stack.callback(task.cancel)
            found.append(room)
        await until(lambda: all(len(room.bus.peers()) == len(found) for room in found))
        await until(lambda: all(room.live._tasks is not None for room in found))
        yield found


async def until(condition: Callable[[], object], within_s: float = 5.0) -> float:
    """Wait for a condition that others bring about; return how long it took, in s."""
    began_s = time.monotonic()
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 - nobody signals it
            await asyncio.sleep(0.005)
    return time.monotonic() - began_s
