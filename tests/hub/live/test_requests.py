"""Following a call: from the channel's newest event until it is over, and how it ended is told before that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID, uuid4

import pytest

from hub.access.principal import Principal
from hub.clock import Clock
from hub.live.board import FleetBoard
from hub.live.directory import Directory
from hub.live.hub import LiveHub, LiveRules
from hub.live.requests import Requests
from hub.live.session import ViewerSession
from hub.metrics import Metrics
from hub.protocol.codec import JSON
from hub.protocol.hub_frames import Error
from hub.protocol.live_frames import Events
from hub.protocol.viewer_frames import Subscribe
from storage.dispatch.following import channel_of, request_of
from storage.pool import Database
from tests.hub.live.judge import Granted, nothing_new
from tests.hub.live.viewer import Pipe
from tests.storage import world
from tests.storage.world import Connection

SET = "UPDATE ambulance_requests SET status = $2, ambulance_id = $3 WHERE id = $1"


class Follower:
    """Somebody who follows a call."""

    def __init__(self, session: ViewerSession, pipe: Pipe, name: str) -> None:
        self.session = session
        self.name = name
        self.statuses: list[object] = []  # of the call, as they were told
        self.ended = ""  # the error that ended it
        self._pipe = pipe

    def read(self) -> bool:
        """Take what has arrived; tell whether anything was ever heard."""
        for message in self._pipe.take():
            if isinstance(message, Events):
                assert message.channel == self.name
                self.statuses += [row[3]["status"] for row in message.events]  # type: ignore[index]
            elif isinstance(message, Error):
                self.ended = message.code
        return bool(self.statuses or self.ended)


class Desk:
    """A hub with nothing but requests, and nobody who tells it of changes: `check_rights` looks by itself."""

    def __init__(self, reader: Database, stack: AsyncExitStack) -> None:
        self.requests = Requests(reader)
        directory = Directory(FleetBoard().channel, Granted(), nothing_new, requests=self.requests)
        self.live = LiveHub(directory, Clock(), Metrics(), LiveRules(tick_s=0.01))
        self._stack = stack

    async def follow(self, request_id: UUID, code: str, user_id: UUID | None = None, *, unit: int = 0) -> Follower:
        """Subscribe as somebody; return what they hear."""
        pipe = Pipe()
        pipe.heard_s = Clock().monotonic_s()
        somebody = Principal(frozenset({code}), user_id=user_id, ambulance_id=unit or None, session_id=uuid4())
        session = self._stack.enter_context(self.live.attached(somebody, pipe, JSON))
        follower = Follower(session, pipe, channel_of(request_id))
        await self.live.receive(session, JSON.encode(Subscribe(follower.name)).decode())
        await until(follower.read)
        return follower


@asynccontextmanager
async def standing(reader: Database) -> AsyncIterator[Desk]:
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        desk = Desk(reader, stack)
        working = [tasks.create_task(work) for work in (desk.live.run(), desk.requests.run())]
        await asyncio.sleep(0)
        yield desk
        for task in working:
            task.cancel()


async def a_call(superuser: Connection, status: str = "queued") -> tuple[UUID, UUID]:
    patient = await world.patient(superuser)
    return await world.insert(superuser, "ambulance_requests", patient_id=patient, status=status), patient


async def test_a_patient_follows_from_how_it_is_to_how_it_ended(reader: Database, superuser: Connection) -> None:
    request, patient = await a_call(superuser)
    unit = await world.ambulance(superuser)
    await superuser.execute(SET, request, "assigned", unit)
    async with standing(reader) as desk:
        mine = await desk.follow(request, "PT", patient)
        assert mine.statuses == ["assigned"]  # the newest, without the ones before
        await superuser.execute(SET, request, "completed", unit)
        await desk.live.check_rights()  # nobody told the hub that there is news
        assert mine.read()
        assert mine.statuses == ["assigned", "completed"]
        assert mine.ended == "not_found"
        assert (await desk.follow(request, "PT", patient)).ended == "not_found"
        await until(lambda: len(desk.requests) == 0)


async def test_nobody_else_follows_it_and_dispatchers_keep_it(reader: Database, superuser: Connection) -> None:
    request, patient = await a_call(superuser)
    _, other = await a_call(superuser)
    async with standing(reader) as desk:
        for code, user_id in (("PT", other), ("DR", patient), ("RC", patient), ("SA", patient), ("PX", None)):
            assert (await desk.follow(request, code, user_id)).ended == "not_found"
        assert (await desk.follow(uuid4(), "AD", uuid4())).ended == "not_found"
        desks = [await desk.follow(request, code, uuid4()) for code in ("DP", "SV", "AD")]
        await superuser.execute(SET, request, "completed", None)
        await desk.live.check_rights()
        await desk.requests.refresh(channel_of(request))
        await until(lambda: all(one.read() and one.statuses == ["queued", "completed"] for one in desks))
        assert not any(one.ended for one in desks)


async def test_a_tablet_follows_what_its_ambulance_is_on_its_way_for(reader: Database, superuser: Connection) -> None:
    request, _ = await a_call(superuser, "assigned")
    unit = await world.ambulance(superuser)
    run = await world.insert(superuser, "assignments", request_id=request, ambulance_id=unit, status="offered")
    async with standing(reader) as desk:
        assert (await desk.follow(request, "TB", unit=unit)).ended == "not_found"  # an offer is none yet
        await superuser.execute("UPDATE assignments SET status = 'accepted', accepted_at = now() WHERE id = $1", run)
        tablet = await desk.follow(request, "TB", unit=unit)
        assert tablet.statuses == ["assigned"]
        assert (await desk.follow(request, "TB", unit=await world.ambulance(superuser))).ended == "not_found"
        await superuser.execute("UPDATE assignments SET status = 'cancelled', cancelled_at = now() WHERE id = $1", run)
        await desk.live.check_rights()
        assert tablet.read()
        assert tablet.ended == "not_found"


@pytest.mark.parametrize("name", ["request:", "request:1", "request:{}", "inbox:{}", "request:{}0"])
def test_a_request_has_one_name(name: str) -> None:
    assert request_of(name.format(uuid4().hex)) is None
    one = uuid4()
    assert request_of(f"request:{str(one).upper()}") is (one if str(one).upper() == str(one) else None)
    assert request_of(f"request:{one}") == one


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - it lies in several tasks
            await asyncio.sleep(0.01)
