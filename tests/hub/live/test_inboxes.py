"""Two hubs tell everybody what is theirs, all of it and once, while people come, go and lose their connections."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from uuid import UUID, uuid4

import asyncpg
import pytest

from hub.access.principal import Principal
from hub.clock import Clock
from hub.errors import Overloaded
from hub.live.board import FleetBoard
from hub.live.deliveries import Deliveries
from hub.live.directory import Directory
from hub.live.hub import LiveHub, LiveRules
from hub.live.inboxes import INBOX, Inboxes
from hub.metrics import Metrics
from hub.protocol.codec import JSON
from hub.protocol.live_frames import Events
from hub.protocol.viewer_frames import Subscribe
from storage.events import Position
from storage.listen import Listener
from storage.pool import READER, Database
from tests.hub.live.judge import Granted, nothing_new
from tests.hub.live.viewer import Pipe
from tests.storage import world
from tests.storage.world import Connection

SEND = "INSERT INTO messages (sender_id, receiver_id, content) VALUES ($1, $2, $3)"


class Running:
    """A hub with nothing but inboxes."""

    def __init__(self, dsn: str, reader: Database, app: Database) -> None:
        clock = Clock()
        self.deliveries = Deliveries(app, clock)
        self.inboxes = Inboxes(reader, self.deliveries)
        directory = Directory(FleetBoard().channel, Granted(), nothing_new, inboxes=self.inboxes)
        self.live = LiveHub(directory, clock, Metrics(), LiveRules(tick_s=0.01))
        self.listener = Listener(dsn, self._hear, self.inboxes.missed, role=READER)

    def _hear(self, kind: str, key: str) -> None:
        if kind == "event":
            self.inboxes.hears(key)


class Person:
    """Somebody who keeps the position that they have reached, over any number of connections."""

    def __init__(self, user_id: UUID) -> None:
        self.user_id = user_id
        self.position: Position | None = None
        self.contents: list[str] = []  # of new messages, in the order in which they came
        self._pipe = Pipe()
        self._open = ExitStack()

    async def connect(self, hub: Running) -> None:
        self._pipe = Pipe()
        self._pipe.heard_s = Clock().monotonic_s()
        somebody = Principal(frozenset({"PT"}), user_id=self.user_id, session_id=uuid4())
        session = self._open.enter_context(hub.live.attached(somebody, self._pipe, JSON))
        place = self.position
        wanted = Subscribe(INBOX) if place is None else Subscribe(INBOX, place.epoch, place.offset)
        await hub.live.receive(session, JSON.encode(wanted).decode())

    def disconnect(self) -> None:
        self.read()
        self._open.close()

    def read(self) -> bool:
        """Take what has arrived; tell whether the position is known."""
        for message in self._pipe.take():
            if isinstance(message, Events):
                assert message.channel == INBOX
                assert self.position in (None, Position(message.epoch, message.base))
                self.position = Position(message.epoch, message.offset)
                self.contents += [row[3]["content"] for row in message.events if row[2] == "message"]  # type: ignore[index]
        return self.position is not None


@asynccontextmanager
async def running(dsn: str, reader: Database, app: Database) -> AsyncIterator[Running]:
    hub = Running(dsn, reader, app)
    async with asyncio.TaskGroup() as tasks:
        works = (hub.live.run(), hub.inboxes.run(), hub.deliveries.run(), hub.listener.run())
        working = [tasks.create_task(work) for work in works]
        await hub.listener.listening.wait()
        try:
            yield hub
        finally:
            for task in working:
                task.cancel()


async def test_everybody_hears_all_of_theirs_once_on_whatever_hub(
    database: str, reader: Database, app_pool: Database, superuser: Connection
) -> None:
    chance = random.Random(4)  # noqa: S311 - replayable
    people = [Person(await world.user(superuser)) for _ in range(4)]
    sent: dict[UUID, list[str]] = {person.user_id: [] for person in people}
    async with AsyncExitStack() as stack:
        hubs = [await stack.enter_async_context(running(database, reader, app_pool)) for _ in range(2)]
        for person in people:
            await person.connect(chance.choice(hubs))
            await until(person.read)
        for number in range(120):
            one, other = chance.sample(people, 2)
            await superuser.execute(SEND, one.user_id, other.user_id, str(number))
            for person in (one, other):
                sent[person.user_id].append(str(number))
            if number % 5 == 0:
                who = chance.choice(people)
                who.disconnect()
                await asyncio.sleep(0)
                await who.connect(chance.choice(hubs))
        await until(lambda: all(person.read() and person.contents == sent[person.user_id] for person in people))
        for person in people:
            person.disconnect()
        await until(lambda: not any(len(hub.inboxes) for hub in hubs))
        async with asyncio.timeout(10):
            while await superuser.fetchval("SELECT count(*) FROM messages WHERE delivered_at IS NULL"):  # noqa: ASYNC110
                await asyncio.sleep(0.02)


async def test_people_who_write_to_each_other_at_once_do_not_lock_each_other_out(
    app_pool: Database, database: str, superuser: Connection
) -> None:
    people = [await world.user(superuser) for _ in range(3)]
    forth = "INSERT INTO notifications (user_id, message, type) SELECT unnest($1::uuid[]), 'to all', 'note'"

    async def write(one: int, other: int) -> None:
        connection = await asyncpg.connect(database)
        try:
            for number in range(15):
                await connection.execute(SEND, people[one], people[other], str(number))
                await connection.execute(forth, people if number % 2 else people[::-1])
        finally:
            await connection.close()

    await asyncio.gather(write(0, 1), write(1, 0), write(2, 0), write(1, 2))
    heads = await superuser.fetch("SELECT last_offset FROM event_channels WHERE channel LIKE 'inbox:%'")
    assert sum(row["last_offset"] for row in heads) == 4 * 15 * (2 + 3)


async def test_a_hub_holds_so_many_inboxes_and_no_more(reader: Database, app_pool: Database) -> None:
    inboxes = Inboxes(reader, Deliveries(app_pool, Clock()), channels_max=2)
    one = uuid4()
    assert inboxes.of(one) is inboxes.of(one)
    inboxes.of(uuid4())
    with pytest.raises(Overloaded):
        inboxes.of(uuid4())
    inboxes.advance()  # nobody watches them
    assert len(inboxes) == 0


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - it lies in several tasks
            await asyncio.sleep(0.01)
