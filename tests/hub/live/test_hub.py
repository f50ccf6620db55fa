"""The one loop: pace, rights, drain, and counters that return to zero."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from hub.access.principal import Principal
from hub.clock import Clock
from hub.errors import Overloaded, Restarting, Resync, TooManySessions
from hub.live.board import FleetBoard, LiveFix, Unit
from hub.live.directory import Directory
from hub.live.hub import LiveHub, LiveRules
from hub.live.session import ViewerSession
from hub.metrics import Metrics
from hub.protocol.codec import JSON
from hub.protocol.live_frames import Delta, LiveWelcome, Snapshot
from hub.transport import Delivery
from tests.hub.live.judge import Granted, nothing_new
from tests.hub.live.viewer import Pipe, Viewer

SUBSCRIBE = '{"type":"subscribe","channel":"fleet"}'


def _dispatcher(user_id: UUID | None = None) -> Principal:
    return Principal(frozenset({"RC", "DP"}), user_id=user_id or uuid4(), session_id=uuid4())


def _fix(fix_at: int) -> LiveFix:
    return LiveFix(48.0, 11.0, 1.0, 2.0, 3.0, fix_at)


class Running:
    """A hub that runs, with a board of one ambulance."""

    def __init__(self, rules: LiveRules | None = None) -> None:
        self.board = FleetBoard()
        self.board.upsert_unit(Unit(1, "A-1", None, "available"))
        self.metrics = Metrics()
        self.judge = Granted()
        self.live = LiveHub(Directory(self.board.channel, self.judge, nothing_new), Clock(), self.metrics, rules)
        self._open = ExitStack()

    async def join(
        self, principal: Principal | None = None, *, subscribe: bool = True, pipe: Pipe | None = None
    ) -> tuple[Pipe, ViewerSession]:
        """Let a viewer in, until the test ends."""
        pipe = pipe or Pipe()
        pipe.heard_s = Clock().monotonic_s()
        session = self._open.enter_context(self.live.attached(principal or _dispatcher(), pipe, JSON))
        if subscribe:
            await self.live.receive(session, SUBSCRIBE)
        return pipe, session

    def leave_all(self) -> None:
        """Close every viewer's handler."""
        self._open.close()

    def sample(self, name: str, **labels: str) -> float:
        """Return a metric."""
        return self.metrics.registry.get_sample_value(name, labels) or 0.0


@asynccontextmanager
async def _running(rules: LiveRules | None = None) -> AsyncIterator[Running]:
    running = Running(rules)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(running.live.run())
        await asyncio.sleep(0)
        try:
            yield running
        finally:
            task.cancel()
            running.leave_all()


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - the condition is what a peer sees, nobody signals it
            await asyncio.sleep(0.005)


async def test_a_viewer_is_welcomed_first_and_then_kept_in_step() -> None:
    async with _running() as running:
        pipe, session = await running.join()
        viewer = Viewer()
        await _until(lambda: pipe.writes == 2)
        welcome, snapshot = pipe.take()
        assert isinstance(welcome, LiveWelcome) and welcome.session == session.session_id
        assert isinstance(snapshot, Snapshot)
        viewer.apply(snapshot)
        running.board.move(1, _fix(5))
        await _until(lambda: pipe.writes == 3)
        viewer.apply(pipe.take()[0])
        assert viewer.state == {
            "units": {1: [1, "A-1", None, "available", "basic", None, None, None, None]},
            "fixes": {1: [1, 48, 11, 1, 2, 3, 5, None]},
        }


async def test_the_first_change_leaves_at_once_and_those_after_it_in_one_bundle() -> None:
    loop = asyncio.get_running_loop()
    async with _running(LiveRules(tick_s=0.5)) as running:
        pipe, _ = await running.join()
        await _until(lambda: pipe.writes == 2)
        quiet_until_s = loop.time() + 0.6  # longer than a tick
        await _until(lambda: loop.time() > quiet_until_s)
        started_s = loop.time()
        running.board.move(1, _fix(1))
        await _until(lambda: pipe.writes == 3)
        assert loop.time() - started_s < 0.3
        for fix_at in range(2, 20):
            running.board.move(1, _fix(fix_at))
            await asyncio.sleep(0.005)
        await _until(lambda: pipe.writes == 4)
        assert 0.45 < loop.time() - started_s < 2.0
        delta = pipe.take()[-1]
        assert isinstance(delta, Delta) and delta.set["fixes"][0][6] == 19


async def test_a_hundred_viewers_cost_one_encoded_frame() -> None:
    async with _running() as running:
        pipes = [(await running.join())[0] for _ in range(100)]
        await _until(lambda: all(pipe.writes == 2 for pipe in pipes))
        running.board.move(1, _fix(1))
        await _until(lambda: all(pipe.writes == 3 for pipe in pipes))
        assert running.live.frames.encoded == {"snapshot": 1, "delta": 1}
        assert running.sample("hub_live_writes_total") == 200
        assert running.sample("hub_live_frames_total", kind="delta") == 1


async def test_a_laggard_is_served_as_soon_as_it_drains_without_any_further_change() -> None:
    async with _running(LiveRules(tick_s=0.02)) as running:
        pipe, _ = await running.join()
        await _until(lambda: pipe.writes == 2)
        pipe.reading = False
        for fix_at in range(1, 4):
            running.board.move(1, _fix(fix_at))
            await asyncio.sleep(0.03)
        await _until(lambda: running.sample("hub_live_lagging") == 1)
        assert pipe.writes == 3
        pipe.reading = True
        pipe.read()
        await _until(lambda: pipe.writes == 4)
        await _until(lambda: running.sample("hub_live_lagging") == 0)
        delta = pipe.take()[-1]
        assert isinstance(delta, Delta) and delta.set["fixes"][0][6] == 3


async def test_a_viewer_that_never_reads_is_closed_and_nobody_else() -> None:
    async with _running(LiveRules(tick_s=0.02, slow_s=0.2)) as running:
        stuck, _ = await running.join()
        stuck.reading = False
        healthy, _ = await running.join()
        await _until(lambda: stuck.close_code == 4001)
        assert healthy.close_code is None


class Broken(Pipe):
    """A socket that fails in a way that nobody has thought of."""

    def delivery(self) -> Delivery:
        """Fail."""
        raise ValueError("negative file descriptor")


async def test_a_fault_of_the_hub_over_one_viewer_ends_that_viewer_alone() -> None:
    with capture_logs() as logged:
        async with _running(LiveRules(tick_s=0.02)) as running:
            await _lose_one(running)
    assert [line["event"] for line in logged] == ["viewer_failure"]


async def _lose_one(running: Running) -> None:
    healthy, _ = await running.join()
    broken, _ = await running.join(pipe=Broken())
    await _until(lambda: broken.close_code == 1011)
    writes = healthy.writes
    running.board.move(1, _fix(5))
    await _until(lambda: healthy.writes == writes + 1)
    assert healthy.close_code is None


async def test_a_silent_viewer_is_closed() -> None:
    async with _running(LiveRules(heartbeat_s=0.5)) as running:
        pipe, _ = await running.join()
        await _until(lambda: pipe.close_code == 4002)


async def test_a_right_that_ends_closes_its_sockets_and_nothing_more_is_sent() -> None:
    async with _running() as running:
        first, second, other = _dispatcher(), _dispatcher(), _dispatcher()
        pipes = [(await running.join(principal))[0] for principal in (first, second, other)]
        await _until(lambda: all(pipe.writes == 2 for pipe in pipes))
        assert running.live.sign_ins() == {p.session_id for p in (first, second, other)}
        assert running.live.end_sessions(session_id=first.session_id) == 1
        assert running.live.end_sessions(user_id=second.user_id, error=Resync()) == 1
        assert running.live.end_sessions(user_id=uuid4()) == 0
        running.board.move(1, _fix(1))
        await _until(lambda: pipes[2].writes == 3)
        assert [pipe.close_code for pipe in pipes] == [4504, 4005, None]
        assert [pipe.writes for pipe in pipes[:2]] == [2, 2]


async def test_three_strikes_close_and_what_comes_after_is_not_read() -> None:
    async with _running() as running:
        pipe, session = await running.join(subscribe=False)
        for _ in range(4):
            await running.live.receive(session, "{")
        await _until(lambda: pipe.close_code == 4501)
        assert running.sample("hub_socket_closes_total", kind="live", code="4501") == 1


async def test_a_user_has_so_many_sockets_and_the_hub_too() -> None:
    async with _running(LiveRules(sockets_per_user=2, viewers_max=3)) as running:
        user = uuid4()
        await running.join(_dispatcher(user))
        await running.join(_dispatcher(user))
        with pytest.raises(TooManySessions):
            await running.join(_dispatcher(user))
        await running.join()
        with pytest.raises(Overloaded):
            await running.join()


async def test_draining_sends_everybody_away_and_ends_the_hub() -> None:
    running = Running()
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(running.live.run())
        await asyncio.sleep(0)
        pipes = [(await running.join())[0] for _ in range(20)]
        started_s = asyncio.get_running_loop().time()
        await running.live.drain(0.2)
        assert asyncio.get_running_loop().time() - started_s < 1.0
        assert {pipe.close_code for pipe in pipes} == {1012}
        with pytest.raises(Restarting):
            await running.join()
        async with asyncio.timeout(1):
            await task
    running.leave_all()


async def test_after_a_thousand_viewers_came_and_went_every_counter_is_zero() -> None:
    async with _running(LiveRules(tick_s=0.01)) as running:
        principals = [_dispatcher() for _ in range(250)]
        for number in range(1_000):
            pipe = Pipe()
            pipe.heard_s = Clock().monotonic_s()
            pipe.reading = number % 3 != 0
            with running.live.attached(principals[number % 250], pipe, JSON) as session:
                await running.live.receive(session, SUBSCRIBE)
                running.board.move(1, _fix(number))
                if number % 50 == 0:
                    await asyncio.sleep(0.02)
        running.board.move(1, _fix(10_000))
        await _until(lambda: running.sample("hub_live_lagging") == 0)
        assert len(running.live) == 0
        assert running.live.sign_ins() == set()
        assert not running.live._by_user
        assert running.sample("hub_sockets", kind="live") == 0
