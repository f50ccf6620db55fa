"""A device's connection from its welcome to its end, on a real database; only the socket is the test's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import asyncpg
import pytest

from hub.access.principal import Principal
from hub.clock import Clock
from hub.errors import CreditExceeded, Forbidden, HubError, Malformed, Overloaded, Restarting, TooManySessions
from hub.ingest.credit import CreditRules
from hub.ingest.intake import Intake, IntakeRules
from hub.ingest.session import DeviceSession
from hub.ingest.stream import FixStream
from hub.live.board import FleetBoard
from hub.metrics import Metrics
from hub.protocol.codec import JSON
from hub.websocket_frames import TEXT
from storage.copy_writer import CopyWriter, FlushRules
from storage.pool import INGEST, INGEST_SETTINGS, Database, connect
from tests.hub.live.viewer import Pipe, split
from tests.protocol.rig.hub import START_US, data, fix, until
from tests.storage import world

LOG_ID = "0123456789abcdef" * 2
RULES = IntakeRules(live_hints_per_s=1.0, restart_spread_s=0.0, sessions_max=3, sessions_per_device=2)
CREDIT = CreditRules(budget_samples=1_000, low_samples=10, high_samples=100)


class StandingClock(Clock):
    """A clock that a test moves."""

    seconds = 1_000.0

    def monotonic_s(self) -> float:
        """Return the time that the test has set."""
        return self.seconds


class Line(Pipe):
    """A socket whose frames are read as what a hub says to devices."""

    def __init__(self) -> None:
        super().__init__(JSON)
        self.reading = False
        self.heard_s = Clock().monotonic_s() + 1e9

    def said(self) -> list[dict[str, Any]]:
        """Return what the hub has said since the last time."""
        unread, self.unread = self.unread, b""
        return [JSON.load(payload.decode()) for code, payload in split(unread) if code == TEXT]  # type: ignore[misc]


class Desk:
    """An intake that runs, and one tablet."""

    def __init__(self, intake: Intake, board: FleetBoard, clock: StandingClock, device_id: int, ambulance_id: int):
        self.intake = intake
        self.board = board
        self.clock = clock
        self.device_id = device_id
        self.ambulance_id = ambulance_id

    def attach(self) -> tuple[DeviceSession, Line]:
        """Let a connection in."""
        line = Line()
        session = DeviceSession(
            self.intake,
            line,
            JSON,
            session_id=f"session-{id(line)}",
            principal=Principal(frozenset({"TB"}), device_id=self.device_id, ambulance_id=self.ambulance_id),
        )
        self.intake.attach(session)
        return session, line

    async def join(self) -> tuple[DeviceSession, Line, int]:
        """Let a connection in and open its stream."""
        session, line = self.attach()
        await session.open(text({"type": "hello", "streams": [{"log_id": LOG_ID, "kind": "fixes"}]}))
        (welcome,) = line.said()
        return session, line, welcome["streams"][0]["stream"]


def text(message: dict[str, object]) -> str:
    """Return a message as a device sends it."""
    return JSON.dump(message).decode()


@pytest.fixture
async def desk(
    database: str, superuser: asyncpg.Connection[asyncpg.Record], ingest_pool: Database
) -> AsyncIterator[Desk]:
    """An intake on the test's database."""
    ambulance_id = await world.ambulance(superuser)
    device_id = await world.tablet(superuser, ambulance_id)
    async with running(database, ingest_pool) as (intake, board, clock):
        yield Desk(intake, board, clock, device_id, ambulance_id)


@asynccontextmanager
async def running(dsn: str, pool: Database) -> AsyncIterator[tuple[Intake, FleetBoard, StandingClock]]:
    """Run an intake with one writer until it is drained."""
    board, clock = FleetBoard(), StandingClock()
    intake = Intake(pool, board, clock, Metrics(), rules=RULES, credit_rules=CREDIT)

    async def nothing(_days: set[date]) -> None:
        return None

    async def open_connection() -> object:
        return await connect(dsn, role=INGEST, command_timeout_s=5, settings=INGEST_SETTINGS)

    writer = CopyWriter(
        open_connection,  # type: ignore[arg-type]  # as in the composition root
        FlushRules(flush_s=0.01),
        on_settled=intake.batch_settled,
        repair_partitions=nothing,
    )
    intake.use_writers([writer])
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(intake.run())
        await asyncio.sleep(0)
        try:
            yield intake, board, clock
        finally:
            if not intake.draining:
                await intake.drain(4.0)


async def test_draining_stores_and_acks_what_was_taken_and_closes_with_1012(desk: Desk) -> None:
    session, line, stream = await desk.join()
    await session.receive(text(data(stream, 1, 50)))
    await desk.intake.drain(4.0)
    assert line.said()[-1]["acks"] == [[stream, 50]]
    assert await until(lambda: line.close_code) == 1012


async def test_nothing_is_admitted_while_draining(desk: Desk) -> None:
    session, line, stream = await desk.join()
    desk.intake.draining = True
    await session.receive(text(data(stream, 1)))
    await session.receive("{")
    assert line.said() == []
    with pytest.raises(Restarting):
        desk.attach()
    desk.intake.draining = False


async def test_hints_are_shown_once_a_second_and_only_ahead_of_the_log(desk: Desk) -> None:
    session, line, stream = await desk.join()

    async def hint(seq: int, latitude: float) -> float:
        at = START_US + seq * 1_000_000
        message = {"type": "live", "stream": stream, "seq": seq, "sent_at": at, "fix": fix(seq, latitude=latitude)}
        await session.receive(text(message))
        shown = desk.board.current(desk.ambulance_id)
        assert shown is not None
        return shown.latitude

    assert await hint(100, 48.1) == 48.1
    assert await hint(101, 48.2) == 48.1, "too soon"
    desk.clock.seconds += 1.0
    assert await hint(102, 48.1003) == 48.1003
    await session.receive(text(data(stream, 1, 3)))
    desk.clock.seconds += 1.0
    assert await hint(3, 48.1006) == 48.1003, "on the log already"
    await until(lambda: line.unread)
    assert [message["type"] for message in line.said()] == ["ack"]


async def test_the_later_claim_wins_in_whatever_order_the_answers_come(desk: Desk) -> None:
    first, _, stream = await desk.join()
    second, line = desk.attach()
    older = FixStream(second, stream, first.streams[stream].fence - 1, 0, desk.ambulance_id)
    desk.intake.own(older)
    assert first.ending is None
    assert await until(lambda: line.close_code) == 4503


async def test_bounds_on_connections_are_kept(desk: Desk) -> None:
    desk.attach()
    second, _ = desk.attach()
    with pytest.raises(TooManySessions):
        desk.attach()
    desk.intake.detach(second)
    desk.attach()
    desk.device_id += 1_000
    desk.attach()
    desk.device_id += 1_000
    with pytest.raises(Overloaded):
        desk.attach()


async def test_credit_is_shared_by_all_and_counts_skips_as_one(desk: Desk) -> None:
    session, _, stream = await desk.join()
    await session.receive(text({"type": "skip", "stream": stream, "from": 1, "to": 1_000, "reason": "expired"}))
    await session.receive(text(data(stream, 1_001, 99)))
    await session.receive(text(data(stream, 1_001, 99)))  # duplicates cost nothing
    with pytest.raises(CreditExceeded):
        await session.receive(text(data(stream, 1_100)))


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({"type": "skip", "stream": 1, "from": 1, "to": 2, "reason": "expired"}, Malformed),
        ({"type": "hello", "streams": [{"log_id": LOG_ID, "kind": "fixes"}], "device": 10**9}, Forbidden),
    ],
)
async def test_a_connection_that_does_not_begin_well_ends(
    desk: Desk, message: dict[str, object], error: type[HubError]
) -> None:
    session, _ = desk.attach()
    with pytest.raises(error):
        await session.open(text(message))


async def test_a_fault_of_the_hub_is_not_explained_to_the_device(desk: Desk) -> None:
    session, line, _ = await desk.join()
    session.explain(ZeroDivisionError("a secret"))
    (error,) = line.said()
    assert error == {"type": "error", "code": "internal", "detail": "Something went wrong on our side."}
