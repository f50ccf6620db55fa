"""What one device says besides its samples, taken one after the other: its samples and their acks wait for none of it.

The bound is written in docs/protocol.md: `REPORTS_UNANSWERED_MAX` reports without an answer, more end the connection;
the device keeps them, and sends them again. Answers to commands beyond `ANSWERS_MAX` are passed over: the hub asks
again with the next connection.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import structlog

from hub.clock import happened_us
from hub.errors import CreditExceeded, NotFound
from hub.ingest.crews import Taker
from hub.ingest.intake import Intake
from hub.outcomes import outcome_of
from hub.protocol.device_frames import CommandAck
from hub.protocol.hub_frames import Error, HubMessage
from hub.protocol.limits import REPORTS_UNANSWERED_MAX
from hub.protocol.report_bodies import read_sos
from hub.protocol.reports import Report, ReportAck
from storage.errors import Unavailable

ANSWERS_MAX = 256
RETRY_S = 0.5  # while PostgreSQL is away
T = TypeVar("T")
_LOG = structlog.get_logger(__name__)


class Lane:
    """The reports and answers of one connection, in the order in which they came.

    A device that comes back sends what was not answered again: the same report then waits in PostgreSQL for its first
    taking to be committed or rolled back, so the order holds over connections and hubs.
    """

    def __init__(
        self,
        intake: Intake,
        device_id: int,
        ambulance_id: int | None,
        send: Callable[[HubMessage], None],
        taker: Taker,
    ) -> None:
        self._intake = intake
        self._device_id = device_id
        self._ambulance_id = ambulance_id  # that calls for help are about; None of a sensor
        self._send = send
        self._taker = taker
        self._waiting: deque[tuple[Report, int] | CommandAck] = deque()  # with when it came, in µs
        self._reports = 0  # of them, and of what is worked on
        self._answers = 0  # to commands, likewise
        self._work: asyncio.Task[None] | None = None  # runs while anything waits

    def report(self, report: Report) -> None:
        """Take a report; raises `CreditExceeded` for one too many."""
        received_at = self._intake.clock.now_us()
        if report.kind == "sos" and self._ambulance_id is not None:
            # Shown at once, like one on a fix: also while nothing can be stored.
            called = read_sos(report.id, report.body)
            raised_at = happened_us(received_at, report.sent_at, report.at)
            self._intake.call(self._ambulance_id, (self._device_id, called.alarm), raised_at)
        if self._reports >= REPORTS_UNANSWERED_MAX:
            raise CreditExceeded("more reports without an answer than may be")
        self._reports += 1
        self._put((report, received_at))

    def answer(self, answer: CommandAck) -> None:
        """Take an answer to a command; raises `NotFound` for what can be none of the hub's."""
        try:
            UUID(answer.id)
        except ValueError:
            raise NotFound("there is no such command") from None
        if self._answers < ANSWERS_MAX:
            self._answers += 1
            self._put(answer)

    def close(self) -> None:
        """Stop: what is not committed yet is sent again by the device."""
        self._waiting.clear()
        if self._work is not None:
            self._work.cancel()

    def _put(self, item: tuple[Report, int] | CommandAck) -> None:
        self._waiting.append(item)
        if self._work is None:
            self._work = self._intake.start(self._run())

    async def _run(self) -> None:
        try:
            while self._waiting:
                item = self._waiting.popleft()
                if isinstance(item, CommandAck):
                    await self._deliver(item)
                    self._answers -= 1
                else:
                    self._send(await self._take(*item))
                    self._reports -= 1
        finally:
            self._work = None

    async def _take(self, report: Report, received_at: int) -> ReportAck:
        try:
            return await _stored(lambda: self._taker.take(self._device_id, report, received_at))
        except Exception as error:  # noqa: BLE001 - the boundary of a session: a fault of ours ends in an answer
            _LOG.exception("report_failed", device=self._device_id, kind=report.kind)
            fault = outcome_of(error)
            return ReportAck(report.id, "refused", fault.code, fault.title)

    async def _deliver(self, answer: CommandAck) -> None:
        told = (self._device_id, UUID(answer.id), answer.status, answer.detail)
        try:
            known = await _stored(lambda: self._taker.deliver(*told))
        except Exception:  # noqa: BLE001 - likewise; the command is sent again with the next connection
            _LOG.exception("answer_failed", device=self._device_id)
            return
        if not known:  # no strike: a command that was delivered twice is answered twice
            self._send(Error(outcome_of(NotFound).code, "there is no such command"))


async def _stored(store: Callable[[], Awaitable[T]]) -> T:
    """Return what a store returns once PostgreSQL is there: nothing was stored until then, or the repeat finds it."""
    while True:
        try:
            return await store()
        except Unavailable:
            await asyncio.sleep(RETRY_S)
