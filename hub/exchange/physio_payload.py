"""What one hub says to the others about physio sessions. Pure; see hub/exchange/payload.py for what is around it.

`"w": [session, …]`, the sessions that its viewers watch, 16 bytes each; `"p": [[session, joints, repetitions], …]`,
what happened in sessions that it measures and others watch: `joints` of
`[joint, at, angle, phase, peak_angle, hold_s, [at, …], [angle, …]]`, `repetitions` in the order of the fields of
`Counted`; µs since 1970, degrees. Trailing columns that a hub does not know are those of a newer one: passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgpack

from hub.exchange.payload import BAD, PHYSIO, WATCHING, NotUnderstood
from hub.live.physio_news import JointNews, News
from hub.live.physio_rows import key_of
from hub.motion.decimate import Points
from storage.motion_live import Counted

_COUNTED = len(Counted._fields)


def pack_watching(session_ids: Iterable[UUID]) -> bytes:
    """Return a message that says which sessions are watched."""
    packed: bytes = msgpack.packb({WATCHING: [session_id.bytes for session_id in session_ids]})
    return packed


def pack_news(news: Iterable[tuple[UUID, News]]) -> bytes:
    """Return a message that says what happened in sessions."""
    rows = [
        (session_id.bytes, [(*one[:-1], *one.points) for one in each.joints], each.repetitions)
        for session_id, each in news
    ]
    packed: bytes = msgpack.packb({PHYSIO: rows})
    return packed


def unpack_watching(rows: Sequence[object]) -> list[UUID]:
    """Take the sessions that are watched; raises `NotUnderstood`."""
    try:
        return [_session(row) for row in rows]
    except BAD as error:
        raise NotUnderstood from error


def unpack_news(rows: Sequence[object]) -> list[tuple[UUID, News]]:
    """Take what happened in sessions; raises `NotUnderstood`."""
    try:
        return [_news(row) for row in rows]
    except BAD as error:
        raise NotUnderstood from error


def _news(row: Any) -> tuple[UUID, News]:
    session_id, joints, repetitions = row[:3]
    return _session(session_id), News(tuple(map(_joint, joints)), tuple(map(_counted, repetitions)))


def _session(value: Any) -> UUID:
    if not isinstance(value, bytes):
        raise TypeError("not a session")
    return UUID(bytes=value)


def _joint(row: Any) -> JointNews:
    joint, at, angle, phase, peak, hold_s, times, angles = row[:8]
    if len(times) != len(angles):
        raise ValueError("ragged points")
    points = Points([int(each) for each in times], [float(each) for each in angles])
    key_of(joint)
    return JointNews(joint, int(at), float(angle), str(phase), _number(peak), float(hold_s), points)


def _counted(row: Any) -> Counted:
    joint, number, started_at, peak_at, ended_at, *numbers, smoothness, valid = row[:_COUNTED]
    peak_angle, range_deg, hold_s, out_s, back_s = map(float, numbers)
    key_of(joint)
    return Counted(
        *(joint, int(number), int(started_at), int(peak_at), int(ended_at)),
        *(peak_angle, range_deg, hold_s, out_s, back_s),
        _number(smoothness),
        bool(valid),
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
