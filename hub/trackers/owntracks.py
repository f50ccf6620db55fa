"""What OwnTracks posts over HTTP, and what it is answered: to report more often while its ambulance has a call. Pure.

The formats are those of the OwnTracks booklet, "JSON" and "HTTP". Speeds are in km/h. An answer is a JSON array of
messages; `cmd` messages are obeyed where the app was set up with `cmd` and `remoteConfiguration`.
"""

from __future__ import annotations

import base64
from typing import Final

import orjson

from hub.trackers import reading
from hub.trackers.reading import NotUnderstood, Reading, TrackerFix

KM_H_M_S: Final = 1_000.0 / 3_600.0
_MOVE, _HTTP = 2, 3  # the app's monitoring mode that goes by time, and its mode that posts
_REFRESH_S: Final = 60.0  # what was told is told again: another hub may have told the opposite meanwhile


def read(body: bytes) -> Reading:
    """Return what a post says: a fix, or that the device is there. Never raises."""
    if not body.strip():
        return Reading(heartbeats=1)
    try:
        message = orjson.loads(body)
    except orjson.JSONDecodeError:
        return Reading(malformed=1)
    if not isinstance(message, dict):
        return Reading(malformed=1)
    if message.get("_type") != "location":
        return Reading(unwanted=1)
    try:
        return Reading((_read_fix(message),))
    except NotUnderstood:
        return Reading(malformed=1)


def _read_fix(message: dict[str, object]) -> TrackerFix:
    place = reading.place(message.get("lat"), message.get("lon"))
    recorded_at = reading.number(message.get("tst"))
    return TrackerFix(
        None if recorded_at is None else reading.checked_moment(recorded_at * 1_000_000),
        *place,
        reading.speed(message.get("vel"), KM_H_M_S),
        reading.heading(message.get("cog")),
        reading.accuracy(message.get("acc")),
        reading.altitude(message.get("alt")),
    )


class Pace:
    """How often a device was asked to report, so that it is asked again only when that changes, or may be forgotten."""

    __slots__ = ("_is_close", "_told_s")

    def __init__(self) -> None:
        self._is_close: bool | None = None  # what it was told last; None: nothing yet
        self._told_s = float("-inf")  # when, by the monotonic clock

    def answer(self, *, is_assigned: bool, close_s: float, idle_s: float, now_s: float) -> bytes:
        """Return what to answer now: nothing, or a new interval; with the first of a call, to report at once."""
        changed = self._is_close is not is_assigned
        if not changed and now_s - self._told_s < _REFRESH_S:
            return b"[]"
        begins = is_assigned and changed
        self._is_close, self._told_s = is_assigned, now_s
        interval_s = max(1, round(close_s if is_assigned else idle_s))
        messages: list[dict[str, object]] = [
            {
                "_type": "cmd",
                "action": "setConfiguration",
                "configuration": {"_type": "configuration", "monitoring": _MOVE, "moveModeLocatorInterval": interval_s},
            }
        ]
        if begins:
            messages.append({"_type": "cmd", "action": "reportLocation"})
        return orjson.dumps(messages)


def setup_link(url: str, device_id: int, secret: str, *, tid: str, idle_s: float) -> str:
    """Return the link that sets the app up when it is opened on the phone; `tid` are two letters on its map."""
    configuration = {
        "_type": "configuration",
        "mode": _HTTP,
        "url": url,
        "auth": True,
        "username": str(device_id),
        "password": secret,
        "deviceId": f"tracker{device_id}",
        "tid": tid,
        "monitoring": _MOVE,
        "moveModeLocatorInterval": max(1, round(idle_s)),
        "cmd": True,
        "remoteConfiguration": True,
        "allowRemoteLocation": True,
        "autostartOnBoot": True,
    }
    packed = base64.b64encode(orjson.dumps(configuration)).decode()
    return f"owntracks:///config?inline={packed.replace('+', '%2B').replace('/', '%2F').replace('=', '%3D')}"
