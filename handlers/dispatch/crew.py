"""What a crew says and sees, for programs without a socket: reports, and where its ambulance stands."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from handlers.call import API, Call, Nothing, Route
from hub.access.principal import Principal
from hub.errors import Forbidden, NotFound
from hub.protocol.limits import REPORT_ID_CHARS_MAX, TEXT_CHARS_MAX, TIME_US_MAX, TIME_US_MIN
from hub.protocol.reports import Report, ReportAck
from storage.dispatch import crew, orders

_REPORTS_MAX = 50  # of one request
_PRINTABLE = r"^[^\x00-\x1f\x7f]+$"
Micros = Annotated[int, Meta(ge=TIME_US_MIN, le=TIME_US_MAX, description="Microseconds since 1970, UTC.")]


class CrewReport(msgspec.Struct, forbid_unknown_fields=True):
    """Something that a crew did or said, as on the socket; docs/protocol.md has the kinds and their bodies."""

    id: Annotated[str, Meta(min_length=1, max_length=REPORT_ID_CHARS_MAX, pattern=_PRINTABLE, examples=["stage-17"])]
    kind: Annotated[str, Meta(min_length=1, max_length=TEXT_CHARS_MAX, pattern=_PRINTABLE, examples=["duty"])]
    at: Micros
    body: Annotated[dict[str, Any], Meta(max_length=32, examples=[{"status": "available"}])]


class CrewReports(msgspec.Struct, forbid_unknown_fields=True):
    """Reports in the order in which they happened; `sent_at` is the clock that their `at` was read from, now."""

    sent_at: Micros
    reports: Annotated[list[CrewReport], Meta(min_length=1, max_length=_REPORTS_MAX)]


class ReportAnswer(msgspec.Struct):
    """What became of a report; `state` is how it stands with what a refused one was about."""

    id: str
    status: str
    code: str | UnsetType = UNSET
    detail: str | UnsetType = UNSET
    state: dict[str, Any] | UnsetType = UNSET


class ReportAnswers(msgspec.Struct):
    """The answers, in the order of the reports."""

    reports: list[ReportAnswer]


class OwnUnit(msgspec.Struct):
    """The ambulance of the tablet."""

    id: int
    plate_number: str
    status: str


class UnreadMessage(msgspec.Struct):
    """What a dispatcher wrote, as the command `message` brings it."""

    message: str
    text: str
    sender: str = msgspec.field(name="from")
    sent_at: int


class CrewState(msgspec.Struct):
    """Where the ambulance stands: `offer` and `call` are the bodies of the commands of these names."""

    unit: OwnUnit
    offer: dict[str, Any] | None
    call: dict[str, Any] | None
    messages: list[UnreadMessage]


async def report(call: Call[Nothing, CrewReports]) -> ReportAnswers:
    """POST /crew/reports: each is stored and answered once, in order; a repeat by its id gets the first answer."""
    device_id, ambulance_id = _tablet(call.principal)
    taken, received_at = call.context.crew, call.context.clock.now_us()
    answers = []
    for one in call.body.reports:
        said = Report(one.id, one.kind, one.at, call.body.sent_at, one.body)
        answers.append(_answer(await taken.take(device_id, ambulance_id, said, received_at)))
    return ReportAnswers(answers)


async def show_state(call: Call[Nothing, Nothing]) -> CrewState:
    """GET /crew/state: the tablet's own ambulance, what it is asked for or does, and messages that it has not read."""
    _, ambulance_id = _tablet(call.principal)
    unit = await crew.find_unit(call.context.reader, ambulance_id)
    if unit is None:
        raise NotFound
    offer = details = None
    if unit.assignment_id is not None:
        described = await orders.describe(call.context.reader, unit.assignment_id)
        if described is not None and unit.stage == "offered":
            offer = described.offer
        elif described is not None:
            details = described.call
    unread = await crew.unread_messages(call.context.reader, ambulance_id)
    return CrewState(
        OwnUnit(unit.id, unit.plate_number, unit.status), offer, details, [UnreadMessage(*one) for one in unread]
    )


def _tablet(caller: Principal) -> tuple[int, int]:
    """Return the device and its ambulance; raises Forbidden for who is no tablet in an ambulance."""
    if caller.device_id is None or caller.ambulance_id is None:
        raise Forbidden("only the tablet of an ambulance has a crew")
    return caller.device_id, caller.ambulance_id


def _answer(ack: ReportAck) -> ReportAnswer:
    code = UNSET if ack.code is None else ack.code
    detail = UNSET if ack.detail is None else ack.detail
    return ReportAnswer(ack.id, ack.status, code, detail, UNSET if ack.state is None else ack.state)


ROUTES: tuple[Route, ...] = (
    Route(
        *("POST", f"{API}/crew/reports", report, "crew_reports.C", "Report what a crew does or says", ReportAnswers),
        body=CrewReports,
        replayable=False,  # each report has an id of its own
    ),
    Route("GET", f"{API}/crew/state", show_state, "assignments.R", "Where the own ambulance stands", CrewState),
)
