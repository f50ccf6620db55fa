"""What sensors say of their sessions, carried out: begin, end, and the rest pose.

A session only moves forward, so a report that is repeated changes nothing, and needs no memory of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, assert_never
from uuid import UUID

from hub.clock import Clock, from_us, happened_us, to_us
from hub.errors import BadInput, Conflict, HubError, InvalidValue, NotFound
from hub.motion.rest import calibrate
from hub.outcomes import outcome_of
from hub.protocol.fields import Wire
from hub.protocol.limits import DETAIL_CHARS_MAX
from hub.protocol.reports import Report, ReportAck
from hub.protocol.sensor_reports import read_sensor
from storage import audit, commands, errors
from storage.audit import Entry
from storage.physio import sessions
from storage.physio.sessions import LastSample, SessionRow
from storage.pool import Database, Transaction

MARGIN: Final = timedelta(minutes=30)  # a session may begin so much before its time, or after it
LATE: Final = timedelta(days=7)  # so long what an offline sensor has done is taken


class Sensors:
    """Takes the reports of all sensors, and their answers to commands."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db  # role arogya_app
        self._clock = clock

    async def take(self, device_id: int, report: Report, received_at: int) -> ReportAck:
        """Carry out a report (received at µs since 1970) and return what became of it.

        Raises `storage.errors.Unavailable`, and then nothing was stored, or a repeat finds it done.
        """
        at = from_us(happened_us(received_at, report.sent_at, report.at))
        try:
            kind, session_id = read_sensor(report)
        except (BadInput, KeyError) as error:
            return _refusal(report, error, None)
        session: SessionRow | None = None
        try:
            async with self._db.transaction() as transaction:
                session = await _own(transaction, session_id, device_id)
                match kind:
                    case "session_start":
                        await self._start(transaction, session, at)
                    case "session_stop":
                        await self._stop(transaction, session, at, report.at)
                    case "session_rest":
                        await self._rest(transaction, session)
                    case _:
                        assert_never(kind)
        except (HubError, errors.Conflict, errors.Poison) as error:
            return _refusal(report, error, session)
        return ReportAck(report.id, "done")

    async def deliver(self, device_id: int, command_id: UUID, status: str, detail: str | None) -> bool:
        """Store a sensor's answer to a command; False when it has no such command to answer."""
        return await commands.acknowledge(self._db, device_id, command_id, status, detail)

    async def _start(self, transaction: Transaction, session: SessionRow, at: datetime) -> None:
        if session.started_at is not None:
            return  # it had begun when the sensor said so, whatever became of it since
        if session.status == "cancelled":
            raise Conflict("the session is cancelled")
        until = session.scheduled_at + timedelta(minutes=session.duration_min) + MARGIN
        if not session.scheduled_at - MARGIN <= at < until or self._clock.now() - at > LATE:
            raise Conflict("the session is not for this time")
        others = await sessions.list_others(transaction, session.id)
        if others and at < min(others):  # whoever is in a later one by now is not in this one any more
            await sessions.start_past(transaction, session.id, at, min(others))
            await _note(transaction, session, "completed")
        else:
            await sessions.start(transaction, session.id, at)
            await _note(transaction, session, "in_progress")

    async def _stop(self, transaction: Transaction, session: SessionRow, at: datetime, said_at: int) -> None:
        if session.started_at is None:
            raise Conflict("the session has not begun")
        if session.ended_at is not None and self._clock.now() - session.ended_at > LATE:
            return  # nothing is taken of it any more
        measured = ended_us(to_us(at), said_at, await sessions.last_samples(transaction, session.id))
        if await sessions.stop(transaction, session.id, from_us(measured)):
            await _note(transaction, session, "completed")

    async def _rest(self, transaction: Transaction, session: SessionRow) -> None:
        if session.status != "in_progress":
            raise Conflict(f"the session is {session.status.replace('_', ' ')}")
        await calibrate(transaction, session.id, session.joint, self._clock.now())


def ended_us(at: int, said_at: int, last: Iterable[LastSample]) -> int:
    """Return when a session ended (µs since 1970) that its sensor ends at `at`, `said_at` by its own clock.

    Not before what it has measured: as old as the sensor's clock says, and never later than it came. Pure.
    """
    return max([at, *(min(sample.received_at, at + sample.taken_at - said_at) for sample in last)])


async def _own(transaction: Transaction, session_id: UUID, device_id: int) -> SessionRow:
    """Return a session of a sensor, locked; raises NotFound for any other, there or not."""
    session = await sessions.lock(transaction, session_id)
    if session is None or session.device_id != device_id:
        raise NotFound("this sensor has no such session")
    return session


async def _note(transaction: Transaction, session: SessionRow, status: str) -> None:
    moved = {"changed": ["status"], "from": session.status, "to": status}
    detail = {"changed": ["ended_at"]} if status == session.status else moved
    entry = Entry(
        "physio_sessions.U",
        "physio_sessions",
        str(session.id),
        actor_kind="device",
        actor_id=str(session.device_id),
        patient_id=session.patient_id,
        detail=detail,
    )
    await audit.record(transaction, entry)


def _refusal(report: Report, error: Exception, session: SessionRow | None) -> ReportAck:
    """Say why nothing was done, and how the session stands."""
    if isinstance(error, errors.Conflict):
        error = Conflict("the patient or the sensor is in another session")
    outcome = outcome_of(InvalidValue if isinstance(error, KeyError | errors.StorageError) else error)
    detail = (error.detail if isinstance(error, HubError) else "") or outcome.title
    state: Wire | None = None if session is None else {"session": str(session.id), "status": session.status}
    return ReportAck(report.id, "refused", outcome.code, detail[:DETAIL_CHARS_MAX], state)
