"""A viewer's life: what it asks for, what it is sent in a tick, and when it has to go."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from hub.access.principal import Principal
from hub.errors import BadInput, HubError, Malformed, RateLimited, Revoked, Silent, Slow, StorageUnavailable, TooLarge
from hub.ids import connection_id
from hub.ingest.patrol import round_s
from hub.live.channel import Channel, Subscription
from hub.live.frames import SharedFrames, seal
from hub.live.outbox import Outbox
from hub.live.view import View
from hub.outcomes import outcome_of
from hub.protocol.codec import Codec
from hub.protocol.hub_frames import Error
from hub.protocol.limits import STRIKES_MAX, VIEWER_MESSAGE_BYTES_MAX
from hub.protocol.ping import Ping, Pong
from hub.protocol.viewer_frames import FROM_VIEWER, Subscribe
from hub.transport import Transport
from hub.websocket_frames import PING_FRAME
from storage.errors import StorageError

# What one viewer may say: a person changing filters stays far below, a loop does not.
MESSAGES_PER_S = 20.0
MESSAGES_BURST = 60.0

# Raises NotFound, the same for "none such" and "not yours", and StorageError where the database has to be asked.
FindChannel = Callable[[Principal, str], Awaitable[tuple[Channel, View]]]


class ViewerSession:
    """One authenticated connection to `/ws/live`."""

    __slots__ = (
        "_allowance",
        "_allowance_at_s",
        "_codec",
        "_find_channel",
        "_outbox",
        "_pinged_s",
        "_restricted",
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
        self.ending: Exception | None = None  # why it is being closed; set once
        self._codec = codec
        self._find_channel = find_channel
        self._outbox = outbox
        self._subscriptions: dict[str, Subscription] = {}  # by channel name
        self._restricted: set[str] = set()  # channels that it sees by a right that may end any time
        self._subscriptions_max = subscriptions_max
        self._strikes = 0  # messages that could not be read, since the start
        self._allowance = MESSAGES_BURST  # messages that it may send right now
        self._allowance_at_s = outbox.progress_s
        self._pinged_s = float("-inf")  # when it was last asked for a sign of life

    @property
    def lagging(self) -> bool:
        """Tell whether something waits for the viewer to read."""
        return self._outbox.waiting_bytes > 0

    async def receive(self, payload: bytes | str, now_s: float, now_us: int) -> bool:
        """Take one message, now in monotonic s and in µs since 1970; tell whether the next tick has something to send.

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
        if isinstance(message, Ping):
            self.transport.send(seal(self._codec, self._codec.encode(Pong(message.id, now_us))))
            return False
        if not isinstance(message, Subscribe):
            self.drop(message.channel)
            return False
        try:
            await self._subscribe(message)
        except HubError as error:
            self.say(error, message.channel)
            return False
        return True

    def say(self, error: HubError, channel: str | None = None) -> None:
        """Send an error message."""
        message = Error(outcome_of(error).code, error.detail or outcome_of(error).title, channel)
        self.transport.send(seal(self._codec, self._codec.encode(message)))

    def serve(self, frames: SharedFrames) -> bool:
        """Send all that the viewer misses in one write, if nothing waits for it; tell whether something was sent."""
        if not self._outbox.open(self.transport.buffered_bytes()):
            return False
        due = b""
        for wanted in self._subscriptions.values():
            frame = wanted.take(frames, self._codec)
            due = due + frame if due else frame
        if due:
            self.transport.send(due)
            return True
        return False

    def serve_last(self, channel: str, frames: SharedFrames) -> None:
        """Send what the viewer misses of one channel, which is about to end, if nothing waits for it."""
        wanted = self._subscriptions.get(channel)
        if wanted is not None and self._outbox.open(self.transport.buffered_bytes()):
            due = wanted.take(frames, self._codec)
            if due:
                self.transport.send(due)

    def check_life(self, now_s: float, heartbeat_s: float) -> None:
        """Ping a viewer that has been silent for a heartbeat; raises `Silent` in the last round before one and a half.

        Raises `Slow` when it has taken nothing of what waits for it for too long. A buffer that empties is a sign of
        life too: behind a large snapshot a pong has to wait.
        """
        if self._outbox.due(now_s) and self._outbox.stuck(self.transport.delivery(), now_s):
            raise Slow("the viewer takes nothing")
        alive_s = self.transport.heard_s
        if self.lagging:
            alive_s = max(alive_s, self._outbox.progress_s)
        if now_s - alive_s >= 1.5 * heartbeat_s - round_s(heartbeat_s) and self._pinged_s > alive_s:
            raise Silent("nothing was heard for one and a half heartbeats")
        if now_s - alive_s >= heartbeat_s and now_s - self._pinged_s >= heartbeat_s:
            self._pinged_s = now_s
            self.transport.send(PING_FRAME)

    def drop(self, channel: str, *, only: Subscription | None = None) -> bool:
        """End the subscription of a channel, if there is one (and it is `only`); tell whether there was."""
        wanted = self._subscriptions.get(channel)
        if wanted is None or (only is not None and wanted is not only):
            return False
        del self._subscriptions[channel]
        self._restricted.discard(channel)
        wanted.end()
        return True

    def drop_all(self) -> None:
        """End every subscription: the connection is over."""
        for channel in list(self._subscriptions):
            self.drop(channel)

    def restricted(self) -> list[tuple[str, Subscription]]:
        """Return the subscriptions whose right has to be asked for again and again."""
        return [(channel, self._subscriptions[channel]) for channel in self._restricted]

    def check_credential(self, now: datetime) -> None:
        """Raise `Revoked` when the secret that opened the connection has run out."""
        ends_at = self.principal.credential_ends_at
        if ends_at is not None and ends_at <= now:
            raise Revoked("the device's secret has run out")

    async def _subscribe(self, wanted: Subscribe) -> None:
        name = wanted.channel
        try:
            channel, view = await self._find_channel(self.principal, name)
        except StorageError as error:
            raise StorageUnavailable from error
        if self.ending is not None:
            return  # closed while the database was asked
        if name not in self._subscriptions and len(self._subscriptions) >= self._subscriptions_max:
            raise RateLimited("this connection watches as many channels as it may")
        subscription = channel.watch(wanted, view)
        self.drop(name)
        self._subscriptions[name] = subscription
        if view.restricted:
            self._restricted.add(name)

    def _spend(self, now_s: float) -> None:
        refill = (now_s - self._allowance_at_s) * MESSAGES_PER_S
        self._allowance = min(MESSAGES_BURST, self._allowance + refill) - 1
        self._allowance_at_s = now_s
        if self._allowance < 0:
            raise RateLimited("too many messages")
