"""Whether a device connection is still alive: judged every second by what was heard, and by what is not read."""

from __future__ import annotations

from hub.errors import HubError, Silent, Slow
from hub.transport import PING_FRAME, Transport

ROUND_S = 1.0  # at most, between two looks at a connection
UNREAD_BYTES_MAX = 256 * 1024  # acks and commands that a device has not read


def round_s(heartbeat_s: float) -> float:
    """Return the time between two looks: short enough that a ping can be answered before the next but one."""
    return min(ROUND_S, heartbeat_s / 4)


def inspect(transport: Transport, *, now_s: float, heartbeat_s: float) -> HubError | None:
    """Return why a connection must end, or None; one that has been silent for a heartbeat is pinged."""
    if transport.buffered_bytes() > UNREAD_BYTES_MAX:
        return Slow("acks are not being read")
    silent_s = now_s - transport.heard_s
    if silent_s > 1.5 * heartbeat_s:
        return Silent("nothing was heard for one and a half heartbeats")
    # One ping a heartbeat: the rounds after it wait for the answer.
    if heartbeat_s <= silent_s < heartbeat_s + round_s(heartbeat_s):
        transport.send(PING_FRAME)
    return None
