"""Whether a device connection is still alive: judged once a second by what was heard, and by what is not read."""

from __future__ import annotations

from hub.errors import HubError, Silent, Slow
from hub.transport import PING_FRAME, Transport

ROUND_S = 1.0
UNREAD_BYTES_MAX = 256 * 1024  # acks and commands that a device has not read


def inspect(transport: Transport, *, now_s: float, heartbeat_s: float) -> HubError | None:
    """Return why a connection must end, or None; one that has been silent for a heartbeat is pinged."""
    if transport.buffered_bytes() > UNREAD_BYTES_MAX:
        return Slow("acks are not being read")
    silent_s = now_s - transport.heard_s
    if silent_s > 1.5 * heartbeat_s:
        return Silent("nothing was heard for one and a half heartbeats")
    # One ping a heartbeat: the rounds after it wait for the answer.
    if heartbeat_s <= silent_s < heartbeat_s + ROUND_S:
        transport.send(PING_FRAME)
    return None
