"""A channel of events over a real database: laggards catch up, also through an outage, and what is lost is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from uuid import uuid4

import asyncpg
import pytest

from arogya.embedded.postgres import EmbeddedPostgres
from hub.access.policy import CODES
from hub.access.principal import Principal
from hub.clock import Clock
from hub.errors import NotFound
from hub.live.board import FleetBoard
from hub.live.directory import Directory
from hub.live.event_reader import EventReader
from hub.live.events import EventChannel
from hub.live.hub import LiveHub, LiveRules
from hub.live.view import FULL
from hub.metrics import Metrics
from hub.protocol.codec import JSON, MSGPACK, Codec
from hub.protocol.viewer_frames import Subscribe
from storage import events
from storage.events import ALARMS, Position
from storage.pool import READER, Database
from tests.hub.live.follower import Follower
from tests.hub.live.judge import Granted, nothing_new
from tests.hub.live.viewer import Pipe
from tests.storage.world import Connection

RULES = LiveRules(tick_s=0.01)


class Running:
    """A hub with nothing but the channel."""

    def __init__(self, reader: Database) -> None:
        self.channel = EventChannel(ALARMS, tail_events=7, page_events=5, pages_max=2)
        self.reading = EventReader(self.channel, reader)
        board = FleetBoard()
        directory = Directory(board.channel, Granted(), nothing_new, [self.channel])
        self.live = LiveHub(directory, Clock(), Metrics(), RULES)
        self._open = ExitStack()

    async def join(self, position: Position | None, codec: Codec = JSON) -> Pipe:
        """Let a viewer in, at a position or now, until the test ends."""
        pipe = Pipe(codec)
        pipe.heard_s = Clock().monotonic_s()
        somebody = Principal(frozenset({"DP"}), user_id=uuid4(), session_id=uuid4())
        session = self._open.enter_context(self.live.attached(somebody, pipe, codec))
        wanted = Subscribe(ALARMS) if position is None else Subscribe(ALARMS, position.epoch, position.offset)
        payload = codec.encode(wanted)
        await self.live.receive(session, payload if codec.binary else payload.decode())
        return pipe

    def leave_all(self) -> None:
        """Close every viewer's handler."""
        self._open.close()


@asynccontextmanager
async def running(reader: Database) -> AsyncIterator[Running]:
    hub = Running(reader)
    async with asyncio.TaskGroup() as tasks:
        working = [tasks.create_task(work) for work in (hub.live.run(), hub.reading.run())]
        await asyncio.sleep(0)
        try:
            yield hub
        finally:
            hub.leave_all()
            for task in working:
                task.cancel()


async def append(connection: Connection, count: int) -> None:
    await connection.execute(
        "SELECT append_channel_event('alarms', now(), 'raised', '{\"a\": 1}') FROM generate_series(1, $1)", count
    )


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - the condition is what a peer sees, nobody signals it
            await asyncio.sleep(0.005)


def take(pipe: Pipe, follower: Follower) -> None:
    """Let a viewer take what has arrived; it never has to ask again."""
    for message in pipe.take():
        assert follower.apply(message) != "subscribe again"


async def caught_up(hub: Running, pipes: list[Pipe], followers: list[Follower], head: int) -> None:
    """Wait until all of them have everything."""

    def arrived() -> bool:
        for pipe, follower in zip(pipes, followers, strict=True):
            take(pipe, follower)
        return all(follower.position is not None and follower.position.offset == head for follower in followers)

    await until(arrived)


async def test_only_those_who_see_the_whole_fleet_follow_its_alarms(reader: Database) -> None:
    hub = Running(reader)
    directory = Directory(FleetBoard().channel, Granted(), nothing_new, [hub.channel])
    for code in sorted(CODES):
        somebody = Principal(frozenset({code}), user_id=uuid4())
        if code in ("DP", "SV", "AD"):
            assert await directory.find(somebody, ALARMS) == (hub.channel, FULL)
            continue
        said = []
        for name in (ALARMS, "nonsense"):
            with pytest.raises(NotFound) as refused:
                await directory.find(somebody, name)
            said.append(refused.value.detail)
        assert said[0] == said[1], code


async def test_whoever_comes_from_wherever_sees_every_event_once(superuser: Connection, reader: Database) -> None:
    await append(superuser, 40)
    epoch = (await events.position(reader, ALARMS)).epoch
    async with running(reader) as hub:
        followers = [Follower(Position(epoch, offset)) for offset in (0, 0, 3, 12, 33, 39, 40)]
        pipes = [
            await hub.join(follower.position, codec)
            for follower, codec in zip(followers, [JSON, MSGPACK] * 4, strict=False)
        ]
        await append(superuser, 30)
        await hub.reading.refresh()
        await caught_up(hub, pipes, followers, 70)
    assert [follower.told[0] for follower in followers] == [1, 1, 4, 13, 34, 40, 41]
    for follower in followers:
        assert follower.told == list(range(follower.told[0], 71))
        assert not follower.refused


async def test_who_comes_without_a_position_begins_now(superuser: Connection, reader: Database) -> None:
    await append(superuser, 3)
    position = await events.position(reader, ALARMS)
    async with running(reader) as hub:
        pipe = await hub.join(None)
        follower = Follower(position)
        await until(lambda: pipe.writes == 2)  # the welcome, and where now is
        await append(superuser, 1)
        await hub.reading.refresh()
        await caught_up(hub, [pipe], [follower], 4)
    assert follower.told == [4]


async def test_a_viewer_that_does_not_read_costs_nothing_and_catches_up_when_it_does(
    superuser: Connection, reader: Database
) -> None:
    await append(superuser, 1)
    position = await events.position(reader, ALARMS)
    async with running(reader) as hub:
        pipe = await hub.join(position)
        await until(lambda: pipe.writes == 2)
        pipe.reading = False
        await append(superuser, 1)
        await hub.reading.refresh()
        await until(lambda: pipe.writes == 3)
        waiting = pipe.buffered_bytes()
        for head in range(22, 103, 20):
            await append(superuser, 20)
            await hub.reading.refresh()
            await until(lambda head=head: hub.channel.head == head)  # type: ignore[misc]  # mypy cannot infer lambdas
        assert pipe.buffered_bytes() == waiting
        assert len(hub.channel._tail) == 7
        pipe.reading = True
        pipe.read()
        follower = Follower(position)
        await caught_up(hub, [pipe], [follower], 102)
    assert follower.told == list(range(2, 103))


async def test_a_position_that_was_removed_is_told_so(superuser: Connection, reader: Database) -> None:
    await append(superuser, 40)
    epoch = (await events.position(reader, ALARMS)).epoch
    async with running(reader) as hub:
        await hub.reading.refresh()
        # Removed after the hub has read where the channel begins.
        await superuser.execute("UPDATE event_channels SET oldest_offset = 20 WHERE channel = 'alarms'")
        await superuser.execute('DELETE FROM channel_events WHERE "offset" <= 20')
        pipe, follower = await hub.join(Position(epoch, 10)), Follower(Position(epoch, 10))

        def refused() -> bool:
            take(pipe, follower)
            return follower.refused

        await until(refused)
        assert follower.told == []


async def test_a_replay_waits_for_a_database_that_is_away_and_goes_on_by_itself(
    cluster: EmbeddedPostgres, database: str, superuser: Connection
) -> None:
    await append(superuser, 40)
    name = await superuser.fetchval("SELECT current_database()")
    admin = await asyncpg.connect(cluster.dsn_of("postgres"))
    reader = await Database.open(database, role=READER, size=2, command_timeout_s=2)
    position = Position((await events.position(reader, ALARMS)).epoch, 0)
    try:
        async with running(reader) as hub:
            await hub.reading.refresh()
            await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
            pipe, follower = await hub.join(position), Follower(position)
            await until(lambda: hub.channel.page_wanted is not None)
            take(pipe, follower)
            assert (follower.told, follower.refused) == ([], False)
            await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
            await caught_up(hub, [pipe], [follower], 40)
        assert follower.told == list(range(1, 41))
    finally:
        await reader.close()
        await admin.close()
