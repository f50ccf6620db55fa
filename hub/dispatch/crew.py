"""What crews say on their tablets, carried out once: each report is kept in the very transaction that it causes.

A hub that dies before the commit has done nothing, and one that dies after it finds the report when it is repeated: the
first answer stays, on whatever hub. What is refused is kept too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hub.clock import Clock, from_us, happened_us
from hub.dispatch.actor import Actor, Gate
from hub.dispatch.assignment import TAKEN, IllegalStep, Step
from hub.dispatch.desk import Desk
from hub.dispatch.request import CLOSED
from hub.errors import BadInput, Conflict, Forbidden, HubError, InvalidValue, NotFound
from hub.outcomes import outcome_of
from hub.protocol import report_bodies as bodies
from hub.protocol.fields import Wire
from hub.protocol.limits import DETAIL_CHARS_MAX
from hub.protocol.report_bodies import KINDS, read_body
from hub.protocol.reports import Report, ReportAck
from storage import commands, errors
from storage.dispatch import crew, requests
from storage.dispatch.crew import Fate, Owned, ReportRow, SosRow
from storage.pool import Database, Transaction

LATE_AFTER: Final = timedelta(seconds=60)  # a call for help that is older than this comes from a backlog
DUTY_FRESH: Final = timedelta(minutes=10)  # an older word on duty may be about another shift, or another ambulance
_DONE: Final = Fate()


class Repeated(Exception):
    """The report was taken before, here or by another hub."""


@dataclass(frozen=True, slots=True)
class Said:
    """A report, and who made it when."""

    device_id: int
    ambulance_id: int
    row: ReportRow

    @property
    def at(self) -> datetime:
        """When it happened, by the hub's clock."""
        return self.row.happened_at

    @property
    def key(self) -> str:
        """What it is known by among the events of assignments."""
        return f"report:{self.device_id}:{self.row.report_id}"

    @property
    def actor(self) -> Actor:
        """Who moves what it is about."""
        return Actor("crew", device_id=self.device_id, ambulance_id=self.ambulance_id)

    async def claim(self, transaction: Transaction) -> None:
        """Keep it in the transaction of what it causes; raises `Repeated`."""
        if not await crew.claim_report(transaction, self.row, _DONE):
            raise Repeated


class Crew:
    """Takes the reports of all tablets, and their answers to commands."""

    def __init__(self, desk: Desk, db: Database, clock: Clock) -> None:
        self._desk = desk
        self._db = db  # role arogya_app
        self._clock = clock

    async def take(self, device_id: int, ambulance_id: int, report: Report, received_at: int) -> ReportAck:
        """Carry out a report (received at µs since 1970) once and return what became of it.

        Raises `storage.errors.Unavailable`, and then nothing was stored, or a repeat finds what was.
        """
        known = await crew.find_report(self._db, device_id, report.id)
        if known is not None:
            return await self._answer(ambulance_id, report, known)
        said = Said(device_id, ambulance_id, _row(device_id, report, received_at))
        try:
            body = read_body(report.id, report.kind, report.body)
        except (BadInput, KeyError) as error:
            # What cannot be read is not kept as it came.
            return await self._refuse(Said(device_id, ambulance_id, said.row._replace(body={})), report, error)
        if isinstance(body, bodies.Sos):  # taken whatever else came with it
            said = Said(device_id, ambulance_id, said.row._replace(body={"alarm": body.alarm}))
        try:
            await self._carry_out(said, body)
        except Repeated:
            return await self._first_answer(said, report)
        except (HubError, errors.Conflict, errors.Poison) as error:
            if isinstance(body, bodies.Accept) and isinstance(error, IllegalStep) and error.current in TAKEN:
                # A second tablet of the unit, or somebody by radio, was a moment quicker: it is so.
                return await self._settle(said, report, _DONE)
            return await self._refuse(said, report, error)
        return ReportAck(report.id, "done")

    async def deliver(self, device_id: int, command_id: UUID, status: str, detail: str | None) -> bool:
        """Store a device's answer to a command, and what it means; False when it has no such command to answer.

        An offer is noted as delivered first: dying between the two, the hub sends the command again.
        """
        told = await commands.find(self._db, device_id, command_id)
        if told is None:
            return False
        if status == "done":
            now = self._clock.now()
            if told.kind == "offer" and told.assignment_id is not None:
                await self._desk.note(told.assignment_id, delivered_at=now)
            elif told.kind == "message" and told.message_id is not None:
                await commands.message_delivered(self._db, told.message_id, now)
        return await commands.acknowledge(self._db, device_id, command_id, status, detail)

    async def _carry_out(self, said: Said, body: bodies.Body) -> None:
        match body:
            case bodies.Seen():
                at = _not_before((await self._owned(said, body.assignment)).offered_at, said)
                await self._desk.note(body.assignment, gate=said.claim, delivered_at=at, seen_at=at)
            case bodies.Accept():
                await self._step(said, body.assignment, Step("accepted", said.at))
            case bodies.Decline():
                await self._step(said, body.assignment, Step("declined", said.at, reason=body.reason))
            case bodies.StageReached():
                step = Step(body.stage, said.at, no_transport=body.no_transport)
                await self._step(said, body.assignment, step)
            case bodies.Duty():
                if said.row.received_at - said.at > DUTY_FRESH:
                    raise Conflict("this was said more than ten minutes ago: say it again if it is still so")
                await self._desk.set_duty(said.ambulance_id, body.status, actor=said.actor, gate=said.claim)
            case _:
                await self._note(said, body)

    async def _note(self, said: Said, body: bodies.Body) -> None:
        """Carry out what moves no assignment."""
        async with self._db.transaction() as transaction:
            await said.claim(transaction)
            match body:
                case bodies.Sos():
                    await crew.raise_alarm(transaction, _sos(said, body))
                case bodies.Words():
                    await crew.write_message(
                        transaction,
                        ambulance_id=said.ambulance_id,
                        device_id=said.device_id,
                        assignment_id=body.assignment,
                        text=body.text,
                        sent_at=said.at,
                        received_at=said.row.received_at,
                    )
                case bodies.MessageRead():
                    if not await crew.read_message(transaction, body.message, said.ambulance_id, said.at):
                        raise NotFound("there is no such message to this ambulance")
                case bodies.DestinationChosen():
                    await self._set_destination(transaction, said, body)

    async def _step(self, said: Said, assignment_id: UUID, step: Step) -> None:
        owned = await self._owned(said, assignment_id)
        step = replace(step, at=_not_before(owned.offered_at, said))
        gate: Gate = said.claim
        await self._desk.step(
            assignment_id, step, actor=said.actor, device_at=said.row.device_at, key=said.key, gate=gate
        )

    async def _owned(self, said: Said, assignment_id: UUID, transaction: Transaction | None = None) -> Owned:
        """Return an assignment of the ambulance; raises NotFound, and Forbidden for one of another."""
        found = await crew.find_assignment(transaction or self._db, assignment_id)
        if found is None:
            raise NotFound("there is no such assignment")
        if found.ambulance_id != said.ambulance_id:
            raise Forbidden("the assignment is another ambulance's")
        return found

    async def _set_destination(self, transaction: Transaction, said: Said, body: bodies.DestinationChosen) -> None:
        owned = await self._owned(said, body.assignment, transaction)
        request = (await requests.lock(transaction, [owned.request_id]))[owned.request_id]
        owned = await self._owned(said, body.assignment, transaction)  # as it is now that the call stands still
        if owned.status not in TAKEN or request.status in CLOSED:
            raise Conflict(f"the assignment is {owned.status.replace('_', ' ')}")
        place = None if body.place is None else (body.place.latitude, body.place.longitude)
        try:
            await crew.set_destination(
                transaction, request.id, words=body.destination, facility_id=body.facility, place=place
            )
        except errors.Conflict:
            raise InvalidValue("there is no such facility", field="facility") from None
        await self._desk.follow(transaction, request.id, was=request.status, reason=None, actor=said.actor)

    async def _refuse(self, said: Said, report: Report, error: Exception) -> ReportAck:
        outcome = outcome_of(InvalidValue if isinstance(error, KeyError | errors.StorageError) else error)
        detail = (error.detail if isinstance(error, HubError) else "") or outcome.title
        return await self._settle(said, report, Fate("refused", outcome.code, detail[:DETAIL_CHARS_MAX]))

    async def _settle(self, said: Said, report: Report, fate: Fate) -> ReportAck:
        """Keep what becomes of a report that has changed nothing."""
        # There is no row for a kind that this hub does not know; its answer is the same every time.
        if report.kind in KINDS and not await crew.claim_report(self._db, said.row, fate):
            return await self._first_answer(said, report)
        return await self._answer(said.ambulance_id, report, fate)

    async def _first_answer(self, said: Said, report: Report) -> ReportAck:
        fate = await crew.find_report(self._db, said.device_id, report.id)
        if fate is None:
            raise errors.Unavailable("the report was being taken elsewhere")
        return await self._answer(said.ambulance_id, report, fate)

    async def _answer(self, ambulance_id: int, report: Report, fate: Fate) -> ReportAck:
        """Say what became of a report; of a refusal, with how it stands now."""
        if fate.status == "done":
            return ReportAck(report.id, "done")
        state = await self._state(ambulance_id, report)
        return ReportAck(report.id, "refused", fate.code, fate.detail or None, state)

    async def _state(self, ambulance_id: int, report: Report) -> Wire | None:
        standing = await crew.stand(self._db, ambulance_id, _assignment_of(report))
        if standing is None:
            return None
        said = {name: str(value) for name, value in standing._asdict().items() if value is not None}
        return dict(said)


def _row(device_id: int, report: Report, received_at: int) -> ReportRow:
    happened_at = happened_us(received_at, report.sent_at, report.at)
    times = from_us(report.at), from_us(happened_at), from_us(received_at)
    return ReportRow(device_id, report.id, report.kind, report.body, *times)


def _not_before(offered_at: datetime, said: Said) -> datetime:
    """Return when something happened to an assignment.

    Before it was asked, it did not: the device's clock was set meanwhile, so nobody knows how old it is.
    """
    return said.at if said.at >= offered_at else said.row.received_at


def _sos(said: Said, body: bodies.Sos) -> SosRow:
    late = said.row.received_at - said.at > LATE_AFTER
    return SosRow(said.device_id, body.alarm, said.ambulance_id, said.at, said.row.received_at, late, body.place)


def _assignment_of(report: Report) -> UUID | None:
    try:
        return UUID(str(report.body.get("assignment")))
    except ValueError:
        return None
