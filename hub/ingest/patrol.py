"""Whether a device connection is still alive: judged every second by what was heard, and by what is not read."""

from __future__ import annotations

from datetime import datetime

from hub.errors import Revoked, Silent, Slow
from hub.ingest.roster import DeviceConnection
from hub.transport import Transport
from hub.websocket_frames import PING_FRAME

ROUND_S = 1.0  # at most, between two looks at a connection
UNREAD_BYTES_MAX = 256 * 1024  # acks and commands that a device has not read


def round_s(heartbeat_s: float) -> float:
    """Return the time between two looks: short enough that a ping can be answered before the next but one."""
    return min(ROUND_S, heartbeat_s / 4)


def inspect(transport: Transport, *, now_s: float, heartbeat_s: float, pinged_s: float) -> float:
    """Look at one connection; return when it was last pinged, which may be now.

    Raises `Slow` for a device that does not read, and `Silent` for one that was silent for one and a half heartbeats
    and left a ping unanswered: a hub that was busy itself must not take its own silence for the device's.
    """
    if transport.buffered_bytes() > UNREAD_BYTES_MAX:
        raise Slow("acks are not being read")
    silent_s = now_s - transport.heard_s
    if silent_s < heartbeat_s:
        return pinged_s
    if pinged_s <= transport.heard_s:
        transport.send(PING_FRAME)
        return now_s
    if silent_s >= 1.5 * heartbeat_s - round_s(heartbeat_s) and now_s - pinged_s >= heartbeat_s / 4:
        raise Silent("nothing was heard for one and a half heartbeats")
    return pinged_s


def look_after(session: DeviceConnection, now: datetime, *, now_s: float, heartbeat_s: float) -> None:
    """Look at one connection, and ping it where it is silent; raises as `inspect`, and `Revoked`."""
    if session.credential_ends_at is not None and session.credential_ends_at <= now:
        raise Revoked("the device's secret has run out")
    session.pinged_s = inspect(session.transport, now_s=now_s, heartbeat_s=heartbeat_s, pinged_s=session.pinged_s)
