"""What a device says besides its samples: in order, one at a time, bounded, and never in the way of the samples."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from structlog.testing import capture_logs

from hub.errors import CreditExceeded
from hub.ingest.crews import Nobody
from hub.ingest.lane import ANSWERS_MAX
from hub.protocol.limits import REPORTS_UNANSWERED_MAX
from hub.protocol.reports import Report, ReportAck
from storage.errors import Unavailable
from storage.pool import Database
from tests.hub.ingest.test_session import Desk, running, text
from tests.protocol.rig.hub import data, until
from tests.storage import world


class Crews(Nobody):
    """Takes what a test lets it take."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self.taken: list[str] = []
        self.answered: list[UUID] = []
        self.fails: list[Exception] = []  # one for each try, until there are none
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def take(self, device_id: int, ambulance_id: int, report: Report, received_at: int) -> ReportAck:
        """Take a report when it may."""
        await self.go_on.wait()
        if self.fails:
            raise self.fails.pop(0)
        self.taken.append(report.id)
        return ReportAck(report.id, "done")

    async def deliver(self, device_id: int, command_id: UUID, status: str, detail: str | None) -> bool:
        """Take an answer when it may."""
        await self.go_on.wait()
        if self.fails:
            raise self.fails.pop(0)
        self.answered.append(command_id)
        return True


@pytest.fixture
async def desk(
    database: str, superuser: asyncpg.Connection[asyncpg.Record], ingest_pool: Database
) -> AsyncIterator[tuple[Desk, Crews]]:
    ambulance_id = await world.ambulance(superuser)
    device_id = await world.tablet(superuser, ambulance_id)
    async with running(database, ingest_pool) as (intake, board, clock):
        crews = Crews(ingest_pool)
        intake.use_crews(crews)
        yield Desk(intake, board, clock, device_id, ambulance_id), crews


def report(number: int, kind: str = "duty", body: object = None) -> str:
    said = {"type": "report", "id": str(number), "kind": kind, "at": 1, "sent_at": 1}
    return text(said | {"body": {"status": "available"} if body is None else body})


def answer(command_id: UUID) -> str:
    return text({"type": "command_ack", "id": str(command_id), "status": "done"})


def ids(said: Sequence[dict[str, Any]]) -> list[str]:
    return [one["id"] for one in said if one["type"] == "report_ack"]


async def test_samples_and_acks_pass_reports_that_wait(desk: tuple[Desk, Crews]) -> None:
    at, crews = desk
    session, line, stream = await at.join()
    crews.go_on.clear()
    await session.receive(report(1))
    await session.receive(answer(uuid4()))
    await session.receive(text(data(stream, 1, 50)))
    (ack,) = await until(line.said)
    assert ack["acks"] == [[stream, 50]]
    crews.go_on.set()
    assert ids(await until(line.said)) == ["1"]
    session.leave()


async def test_reports_are_taken_in_their_order_through_an_outage(desk: tuple[Desk, Crews]) -> None:
    at, crews = desk
    session, line, _ = await at.join()
    crews.fails = [Unavailable("away"), Unavailable("away")]
    for number in range(10):
        await session.receive(report(number))
    await until(lambda: len(crews.taken) == 10)
    assert crews.taken == [str(number) for number in range(10)] == ids(line.said())
    session.leave()


async def test_one_too_many_ends_the_connection_and_room_is_made_by_answers(desk: tuple[Desk, Crews]) -> None:
    at, crews = desk
    session, line, _ = await at.join()
    crews.go_on.clear()
    for number in range(REPORTS_UNANSWERED_MAX):
        await session.receive(report(number))
    with pytest.raises(CreditExceeded):
        await session.receive(report(REPORTS_UNANSWERED_MAX))
    crews.go_on.set()
    await until(lambda: len(crews.taken) == REPORTS_UNANSWERED_MAX)
    await session.receive(report(REPORTS_UNANSWERED_MAX))
    await until(lambda: len(ids(line.said())) == 1 or len(crews.taken) > REPORTS_UNANSWERED_MAX)
    session.leave()


async def test_answers_beyond_their_bound_are_asked_for_again(desk: tuple[Desk, Crews]) -> None:
    at, crews = desk
    session, _, _ = await at.join()
    crews.go_on.clear()
    for _ in range(ANSWERS_MAX + 10):
        await session.receive(answer(uuid4()))
    crews.go_on.set()
    await until(lambda: len(crews.answered) == ANSWERS_MAX)
    last = uuid4()
    await session.receive(answer(last))
    await until(lambda: crews.answered[-1] == last)
    assert len(crews.answered) == ANSWERS_MAX + 1
    session.leave()


async def test_a_fault_of_ours_is_an_answer_and_the_next_report_is_taken(desk: tuple[Desk, Crews]) -> None:
    at, crews = desk
    session, line, _ = await at.join()
    with capture_logs() as logged:
        crews.fails = [RuntimeError("a bug")]
        await session.receive(report(1))
        (said,) = await until(line.said)
        assert (said["status"], said["code"]) == ("refused", "internal")
        crews.fails = [RuntimeError("a bug")]
        await session.receive(answer(uuid4()))
        await session.receive(report(2))
        assert ids(await until(line.said)) == ["2"]
    assert [line["event"] for line in logged] == ["report_failed", "answer_failed"]
    session.leave()


async def test_a_connection_that_is_over_takes_nothing_more(desk: tuple[Desk, Crews]) -> None:
    at, crews = desk
    session, _, _ = await at.join()
    crews.go_on.clear()
    for number in range(3):
        await session.receive(report(number))
    session.leave()
    crews.go_on.set()
    other, line, _ = await at.join()
    await other.receive(report(0))
    await until(lambda: crews.taken)
    assert crews.taken == ["0"] == ids(line.said())
    other.leave()


async def test_a_call_for_help_is_on_the_map_before_anything_is_stored(desk: tuple[Desk, Crews]) -> None:
    at, crews = desk
    session, _, stream = await at.join()
    await session.receive(text(data(stream, 1)))
    crews.go_on.clear()  # as while PostgreSQL is away
    await session.receive(report(1, "sos", {"alarm": "help"}))
    shown = at.board.current(at.ambulance_id)
    assert shown is not None and shown.alarm_at > 0
    assert at.intake.alarms.awaits(at.ambulance_id, (at.device_id, "help"))
    session.leave()
