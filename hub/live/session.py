"""A viewer's life: what it asks for, what it is sent in a tick, and when it has to go."""

from __future__ import annotations

from collections.abc import Callable

from hub.access.principal import Principal
from hub.errors import BadInput, HubError, Malformed, RateLimited, Silent, Slow, TooLarge
from hub.ids import connection_id
from hub.live.channel import StateChannel
from hub.live.frames import SharedFrames, seal
from hub.live.outbox import Flow, Outbox
from hub.live.subscription import Subscription
from hub.outcomes import outcome_of
from hub.protocol.codec import Codec
from hub.protocol.hub_frames import Error
from hub.protocol.limits import STRIKES_MAX, VIEWER_MESSAGE_BYTES_MAX
from hub.protocol.live_frames import FROM_VIEWER, Subscribe
from hub.transport import PING_FRAME, Transport

# What one viewer may say: a person changing filters stays far below, a loop does not.
MESSAGES_PER_S = 20.0
MESSAGES_BURST = 60.0

FindChannel = Callable[[Principal, str], StateChannel]  # raises NotFound, the same for "none such" and "not yours"


class ViewerSession:
    """One authenticated connection to `/ws/live`."""

    __slots__ = (
        "_allowance",
        "_allowance_at_s",
        "_codec",
        "_find_channel",
        "_outbox",
        "_pinged_s",
        "_strikes",
        "_subscriptions",
        "_subscriptions_max",
        "ending",
        "principal",
        "session_id",
        "transport",
    )

    def __init__(
        self,
        principal: Principal,
        transport: Transport,
        codec: Codec,
        find_channel: FindChannel,
        outbox: Outbox,
        *,
        subscriptions_max: int = 16,
    ) -> None:
        self.session_id = connection_id()
        self.principal = principal
        self.transport = transport
        self.ending: HubError | None = None  # why it is being closed; set once
        self._codec = codec
        self._find_channel = find_channel
        self._outbox = outbox
        self._subscriptions: dict[str, Subscription] = {}
        self._subscriptions_max = subscriptions_max
        self._strikes = 0  # messages that could not be read, since the start
        self._allowance = MESSAGES_BURST  # messages that it may send right now
        self._allowance_at_s = outbox.progress_s
        self._pinged_s = float("-inf")  # when it was last asked for a sign of life

    @property
    def lagging(self) -> bool:
        """Tell whether something waits for the viewer to read."""
        return self._outbox.waiting_bytes > 0

    def receive(self, payload: bytes | str, now_s: float) -> bool:
        """Take one message; tell whether there is something to send in the next tick.

        What is wrong with a message is answered with an error; raises `Malformed` at the third that cannot be read,
        `RateLimited` for too many, `TooLarge` for a big one: the connection ends.
        """
        self._spend(now_s)
        try:
            message = self._codec.decode(payload, FROM_VIEWER, bytes_max=VIEWER_MESSAGE_BYTES_MAX)
        except TooLarge:
            raise
        except BadInput as error:
            self._strikes += 1
            if self._strikes >= STRIKES_MAX:
                raise Malformed("too many messages that could not be read") from error
            self.say(error)
            return False
        if not isinstance(message, Subscribe):
            self._subscriptions.pop(message.channel, None)
            return False
        try:
            self._subscribe(message)
        except HubError as error:
            self.say(error, message.channel)
            return False
        return True

    def say(self, error: HubError, channel: str | None = None) -> None:
        """Send an error message."""
        message = Error(outcome_of(error).code, error.detail or outcome_of(error).title, channel)
        self.transport.send(seal(self._codec, self._codec.encode(message)))

    def serve(self, frames: SharedFrames, now_s: float) -> bool:
        """Send everything that the viewer misses in one write, if it is not held; tell whether something was sent.

        Raises `Slow` when it has taken nothing for too long.
        """
        buffered_bytes = self.transport.buffered_bytes()
        if buffered_bytes or self._outbox.waiting_bytes:
            flow = self._outbox.look(buffered_bytes, now_s)
            if flow is Flow.STUCK:
                raise Slow("the viewer takes nothing")
            if flow is Flow.HELD:
                return False
        due = b""
        for wanted in self._subscriptions.values():
            frame = wanted.take(frames, self._codec)
            due = due + frame if due else frame
        if due:
            self.transport.send(due)
            return True
        return False

    def check_life(self, now_s: float, heartbeat_s: float) -> None:
        """Ping a viewer that has been silent for a heartbeat; raises `Silent` after one and a half.

        A buffer that empties is a sign of life too: behind a large snapshot a pong has to wait.
        """
        alive_s = self.transport.heard_s
        if self.lagging:
            alive_s = max(alive_s, self._outbox.progress_s)
        if now_s - alive_s > 1.5 * heartbeat_s:
            raise Silent("nothing was heard for one and a half heartbeats")
        if now_s - alive_s >= heartbeat_s and now_s - self._pinged_s >= heartbeat_s:
            self._pinged_s = now_s
            self.transport.send(PING_FRAME)

    def _subscribe(self, wanted: Subscribe) -> None:
        channel = self._find_channel(self.principal, wanted.channel)
        if channel.name not in self._subscriptions and len(self._subscriptions) >= self._subscriptions_max:
            raise RateLimited("this connection watches as many channels as it may")
        self._subscriptions[channel.name] = Subscription(channel, wanted.epoch, wanted.offset)

    def _spend(self, now_s: float) -> None:
        refill = (now_s - self._allowance_at_s) * MESSAGES_PER_S
        self._allowance = min(MESSAGES_BURST, self._allowance + refill) - 1
        self._allowance_at_s = now_s
        if self._allowance < 0:
            raise RateLimited("too many messages")
