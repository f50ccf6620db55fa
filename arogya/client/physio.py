"""A physio session as it is watched live: the rows of its channel, put together. Pure.

Follow one with `LiveClient(url, token, channel=None, states=[physio_feed(session_id, print)])`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from arogya.client.state import StateFeed, Tables
from hub.protocol.live_frames import Rows


class PhysioRepetition(NamedTuple):
    """One complete repetition; times in µs since 1970 UTC, degrees, seconds."""

    joint: str
    number: int  # from 1 in the session and joint
    started_at: int
    peak_at: int
    ended_at: int
    peak_angle: float
    range_deg: float
    hold_s: float  # at the target or beyond
    out_s: float
    back_s: float
    smoothness: float | None  # mean over peak speed
    valid: bool  # the peak reached the target within 5 degrees, or there is none
    short_deg: float | None  # how far the peak stayed below the target; None without one


class PhysioJoint(NamedTuple):
    """A joint as it is now; None is what is not known, or what there is not."""

    name: str
    rest_angle: float | None
    target_angle: float | None
    target_reps: int | None
    completed: int  # repetitions
    valid: int  # of them
    phase: str | None  # rest, or out while a repetition goes on; None: no sensor has said anything
    at: int | None  # when the newest angle was taken
    angle: float | None
    peak_angle: float | None  # of the repetition that goes on
    short_deg: float | None  # how far that is below the target
    hold_s: float


class PhysioSession(NamedTuple):
    """A physio session; times in µs since 1970 UTC."""

    status: str
    joint: str | None  # the one that it is about
    started_at: int | None
    ended_at: int | None
    counted_at: int | None  # from then on its repetitions are final
    joints: dict[str, PhysioJoint]
    repetitions: list[PhysioRepetition]  # by joint and number; the newest 500
    trace: dict[str, list[tuple[int, float]]]  # of each joint, time and angle of the last 30 s


def physio_feed(session_id: UUID | str, on_session: Callable[[PhysioSession], None]) -> StateFeed:
    """Return a feed that calls `on_session` at each change of a session."""

    def on_state(tables: Tables, _news: Rows, _whole: bool) -> None:
        session = session_of(tables)
        if session is not None:
            on_session(session)

    return StateFeed(f"physio:{session_id}", on_state)


def session_of(tables: Tables) -> PhysioSession | None:
    """Return what the rows of a channel say; None before there are any."""
    found: list[Any] = list(tables.get("session", {}).values())
    if not found:
        return None
    rows: list[Any] = list(tables.get("joints", {}).values())
    names = {row[0]: row[1] for row in rows}
    counted: list[Any] = list(tables.get("repetitions", {}).values())
    repetitions = [PhysioRepetition(names.get(row[1], ""), *row[2:14]) for row in counted]
    _, status, joint, started_at, ended_at, counted_at = found[0][:6]
    return PhysioSession(
        *(status, joint, started_at, ended_at, counted_at),
        {row[1]: PhysioJoint(*row[1:13]) for row in rows},
        sorted(repetitions, key=lambda one: (one.joint, one.number)),
        _trace(tables, names),
    )


def _trace(tables: Tables, names: dict[int, str]) -> dict[str, list[tuple[int, float]]]:
    """Return the points of each joint; a stretch that begins before another one ends gives way to it."""
    drawn: dict[str, list[tuple[int, float]]] = {}
    stretches: list[Any] = list(tables.get("trace", {}).values())
    for _, start, joints in sorted((row[:3] for row in stretches), key=lambda row: row[1]):
        for key, after_ms, angles in joints:
            points = drawn.setdefault(names.get(key, ""), [])
            for ms, angle in zip(after_ms, angles, strict=True):
                at = start + ms * 1_000
                if not points or at > points[-1][0]:
                    points.append((at, angle))
    return drawn
