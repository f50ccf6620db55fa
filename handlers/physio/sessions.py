"""A physiotherapy session beside its record: its repetitions, what was asked for since when, and its rest pose."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from handlers.call import API, Call, Nothing, Route
from handlers.physio.reading import note_motion
from handlers.record_reading import access
from hub.access.reach import reaches
from hub.errors import Conflict, Forbidden, NotFound
from hub.motion.rest import calibrate
from hub.records.commands import Change, Follow
from storage import audit
from storage.physio import sessions
from storage.physio.sessions import RepetitionRow, TargetRow
from storage.pool import Transaction
from storage.records import store
from storage.records.tables.physio_sessions import PHYSIO_SESSIONS

_CALIBRATE: Final = "U.calibrate"


class PhysioRepetition(msgspec.Struct):
    """One repetition; of one that a plain SQL insert states, only joint and number are known."""

    joint: str
    number: Annotated[int, Meta(description="From 1 in a session and joint.")]
    source: Annotated[Literal["counted", "stated"], Meta(description="counted: by the hub. stated: by SQL.")]
    started_at: datetime | None
    peak_at: datetime | None
    ended_at: datetime | None
    peak_angle: Annotated[float | None, Meta(description="The raw peak, degrees.")]
    range_deg: Annotated[float | None, Meta(description="Degrees from the start to the peak.")]
    hold_s: Annotated[float | None, Meta(description="Seconds at the target or beyond.")]
    out_s: Annotated[float | None, Meta(description="Seconds from the start to the peak.")]
    back_s: Annotated[float | None, Meta(description="Seconds from the peak to the end.")]
    smoothness: Annotated[float | None, Meta(description="Mean speed over peak speed, 0 to 1.")]
    valid: Annotated[bool | None, Meta(description="The peak reached the target; false: a partial one.")]


class PhysioRepetitionList(msgspec.Struct):
    """The repetitions of a session."""

    items: list[PhysioRepetition]


class PhysioTarget(msgspec.Struct):
    """What a joint was to reach."""

    joint: str
    since: Annotated[datetime | None, Meta(description="Since when; null: from the beginning.")]
    rest_angle: float | None
    target_angle: float | None
    target_reps: int | None


class PhysioTargetList(msgspec.Struct):
    """What the joints of a session were to reach since when."""

    items: list[PhysioTarget]


class RestAngle(msgspec.Struct):
    """Where a joint rests."""

    joint: str
    rest_angle: Annotated[float, Meta(description="Degrees.")]


class RestPose(msgspec.Struct):
    """The rest pose of every joint that is measured."""

    items: list[RestAngle]


async def show_repetitions(call: Call[Nothing, Nothing]) -> PhysioRepetitionList:
    """In the order in which they began. While the session goes on they are as counted live; `counted_at` of the session
    says when they were counted from all that is stored."""
    await note_motion(call)
    rows = await sessions.list_repetitions(call.context.reader, call.uuid)
    return PhysioRepetitionList([_repetition(row) for row in rows])


def _repetition(row: RepetitionRow) -> PhysioRepetition:
    said: dict[str, Any] = {name: _readable(value) for name, value in row._asdict().items()}
    return PhysioRepetition(**said)


def _readable(value: object) -> object:
    """Return a number without the tail that single precision has: 89.98999786376953."""
    return round(value, 3) if isinstance(value, float) else value


async def show_targets(call: Call[Nothing, Nothing]) -> PhysioTargetList:
    """Each joint's targets, oldest first: a change in the middle of a session counts from a second later on."""
    await note_motion(call)
    rows = await sessions.list_targets(call.context.reader, call.uuid)
    return PhysioTargetList([_target(row) for row in rows])


def _target(row: TargetRow) -> PhysioTarget:
    said: dict[str, Any] = {name: _readable(value) for name, value in row._asdict().items()}
    return PhysioTarget(**said)


async def set_rest(call: Call[Nothing, Nothing]) -> RestPose:
    """Take what the sensor measures just now for the rest pose, for the joints that are held still: the median of the
    last two seconds. The session has to be in progress; 409 while nothing is measured, or while its joint moves."""
    writer = access(PHYSIO_SESSIONS, call)._replace(writes=reaches(call.principal, PHYSIO_SESSIONS, _CALIBRATE))
    async with call.context.app.transaction() as transaction:
        seen = await store.lock(transaction, writer, call.uuid)
        if seen is None or not seen.shown:
            raise NotFound
        if not seen.writes:
            raise Forbidden("this is not yours to change")
        if seen.values["status"] != "in_progress":
            raise Conflict(f"the session is {str(seen.values['status']).replace('_', ' ')}")
        joint = None if seen.values["joint"] is None else str(seen.values["joint"])
        angles = await calibrate(transaction, call.uuid, joint, call.context.clock.now())
        patient = seen.patient if isinstance(seen.patient, UUID) else None
        entry = call.audit_entry(
            f"{PHYSIO_SESSIONS.name}.{_CALIBRATE}",
            PHYSIO_SESSIONS.name,
            str(call.uuid),
            patient_id=patient,
            detail={"changed": ["rest_angle"]},
        )
        await audit.record(transaction, entry)
    return RestPose([RestAngle(name, angle) for name, angle in sorted(angles.items())])


def following(call: Call[Any, Any]) -> Follow:
    """Return what follows from a change of a session: one that its sensor ends was ended by the sensor."""

    async def follow(transaction: Transaction, change: Change) -> None:
        if call.principal.device_id is not None and change.changed.get("status") == "completed":
            if not isinstance(change.key, UUID):
                raise TypeError(type(change.key))
            await sessions.note_device_ended(transaction, change.key)

    return follow


_PATH: Final = f"{API}/physio_sessions/{{id}}"
ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        f"{_PATH}/repetitions",
        show_repetitions,
        "joint_motion_logs.R",
        "The repetitions of a session",
        PhysioRepetitionList,
    ),
    Route(
        "GET",
        f"{_PATH}/targets",
        show_targets,
        "joint_motion_logs.R",
        "What a session asked for since when",
        PhysioTargetList,
    ),
    Route(
        "POST",
        f"{_PATH}/rest",
        set_rest,
        f"{PHYSIO_SESSIONS.name}.{_CALIBRATE}",
        "Calibrate the rest pose of a session",
        RestPose,
    ),
)
