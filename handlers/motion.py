"""What a sensor measured in one session: a chart of it in milliseconds, or every reading as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import chain
from typing import Annotated, Any, Final, NamedTuple

import msgspec
import numpy as np
from aiohttp import hdrs, web
from msgspec import Meta
from numpy.typing import NDArray

from handlers.call import API, Call, Nothing, Route
from handlers.downloads import send
from handlers.physio.reading import note_motion
from hub.clock import to_us
from hub.motion.readings import NONE, Course, Readings, courses, numbers, unfold
from hub.motion.thin import min_max
from storage import motion
from storage.motion import Repetition, Stream

COLUMNS: Final = ("timestamp", "joint", "angle", "repetition")
_AN_AGE_S: Final = 1e9


Second = Annotated[
    float, Meta(ge=-_AN_AGE_S, le=_AN_AGE_S, description="Seconds after `started_at`: only what was measured then.")
]


class MotionQuery(msgspec.Struct, forbid_unknown_fields=True):
    """GET /physio_sessions/{id}/motion."""

    points: Annotated[int, Meta(ge=4, le=20_000, description="How many points a joint has at most.")] = 2_000
    since: Second | None = msgspec.field(default=None, name="from")
    until: Second | None = msgspec.field(default=None, name="to")


class JointMotion(msgspec.Struct):
    """The readings of one joint, thinned so that every extreme stays."""

    joint: str
    readings: Annotated[int, Meta(description="How many there are before thinning.")]
    seconds: Annotated[list[float], Meta(description="After `started_at`, ascending.")]
    angles: Annotated[list[float], Meta(description="Degrees, 0 = anatomical position; one for each of `seconds`.")]


class Motion(msgspec.Struct):
    """A session's chart."""

    started_at: Annotated[datetime | None, Meta(description="When the first sample was taken; null without any.")]
    joints: list[JointMotion]


class _Series(NamedTuple):
    """All readings of one joint by time."""

    joint: str
    at: NDArray[np.int64]
    angle: NDArray[np.float32]


async def show_motion(call: Call[MotionQuery, Nothing]) -> Motion:
    """Each joint with its lowest and highest readings of equal stretches, and the first and last: no peak is lost."""
    await note_motion(call)
    db = call.context.reader
    start = await motion.find_start(db, call.uuid)
    if start is None:
        return Motion(None, [])
    stretch = motion.Stretch(_moment(start, call.query.since), _moment(start, call.query.until))
    parts: dict[str, list[Course]] = {}
    for stream in await motion.list_streams(db, call.uuid):
        async for frames in motion.read_frames(db, stream.id, stretch):
            for joint, course in zip(stream.joints, courses(stream, frames), strict=True):
                parts.setdefault(joint, []).append(course)
    series = [_cut(_series(joint, found), stretch) for joint, found in sorted(parts.items())]
    return Motion(start, [_thinned(one, to_us(start), call.query.points) for one in series if len(one.at)])


def _moment(start: datetime, seconds: float | None) -> datetime | None:
    try:
        return None if seconds is None else start + timedelta(seconds=seconds)
    except OverflowError:  # a sensor whose clock is at the end of time
        return None


def _series(joint: str, parts: list[Course]) -> _Series:
    at, angle = np.concatenate([part.at for part in parts]), np.concatenate([part.angle for part in parts])
    if np.any(at[1:] < at[:-1]):  # more than one log, or a clock that was set
        order = np.argsort(at, kind="stable")
        at, angle = at[order], angle[order]
    return _Series(joint, at, angle)


def _cut(series: _Series, stretch: motion.Stretch) -> _Series:
    """Return the readings of a stretch: of a frame that reaches into it, some are outside."""
    first = 0 if stretch.since is None else int(np.searchsorted(series.at, to_us(stretch.since), side="left"))
    last = len(series.at) if stretch.until is None else int(np.searchsorted(series.at, to_us(stretch.until), "right"))
    return _Series(series.joint, series.at[first:last], series.angle[first:last])


def _thinned(series: _Series, start: int, points: int) -> JointMotion:
    kept = min_max(series.angle, points)
    seconds = (series.at[kept] - start) / 1e6
    angles = np.round(series.angle[kept].astype(np.float64), 2)
    return JointMotion(series.joint, len(series.at), seconds.tolist(), angles.tolist())


async def show_file(call: Call[Nothing, Nothing]) -> web.StreamResponse:
    """Every reading as a CSV file, log by log in the order in which it was measured."""
    await note_motion(call)
    pieces = _pieces(call)
    first = await anext(pieces)  # before the answer begins: a database that is away is still a 503
    headers = {
        str(hdrs.CONTENT_TYPE): "text/csv; charset=utf-8",
        str(hdrs.CONTENT_DISPOSITION): f'attachment; filename="motion_{call.uuid}.csv"',
    }
    return await send(call.http_request, headers, _chain(first, pieces))


async def _pieces(call: Call[Nothing, Nothing]) -> AsyncIterator[bytes]:
    db = call.context.reader
    streams = await motion.list_streams(db, call.uuid)
    repetitions = await motion.list_repetitions(db, [stream.id for stream in streams])
    yield _csv([COLUMNS])
    for stream in streams:
        async for frames in motion.read_frames(db, stream.id):
            yield _lines(stream, unfold(stream, frames), repetitions)


def _lines(stream: Stream, readings: Readings, repetitions: list[Repetition]) -> bytes:
    times = np.datetime_as_string(readings.at.astype("datetime64[us]"), timezone="UTC").tolist()
    joints = [stream.joints[place] for place in readings.joint.tolist()]
    counted = ["" if n == NONE else n for n in numbers(stream, readings, repetitions).tolist()]
    return _csv(zip(times, joints, np.round(readings.angle.astype(np.float64), 4).tolist(), counted, strict=True))


def _csv(rows: Any) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(chain(rows))
    return file.getvalue().encode()


async def _chain(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


_PATH: Final = f"{API}/physio_sessions/{{id}}/motion"
ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        _PATH,
        show_motion,
        "joint_motion_logs.R",
        "What was measured in a session, for a chart",
        Motion,
        query=MotionQuery,
    ),
    Route(
        "GET",
        f"{_PATH}.csv",
        show_file,
        "joint_motion_logs.R",
        "What was measured in a session, every reading as a CSV file",
        media_type="text/csv",
    ),
)
