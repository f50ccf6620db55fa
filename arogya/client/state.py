"""A viewer of a state channel of any tables: its rows by key, right through lost connections and gaps."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from arogya.client.fleet import OutOfStep
from hub.protocol.hub_frames import Error
from hub.protocol.live_frames import Delta, Part, Rows, Snapshot
from hub.protocol.viewer_frames import Subscribe

Row = list[object]
Tables = Mapping[str, Mapping[int, Row]]
Send = Callable[[Subscribe], Awaitable[None]]
RESYNC = "resync"


@dataclass(frozen=True, slots=True)
class StateFeed:
    """A state channel to follow, `physio:{id}` for example, and what to do at each change of it.

    `on_state` gets all rows by table and key, the rows that are new or changed, and whether everything may differ, as
    after a reconnect. It runs on the event loop and must be quick.
    """

    channel: str
    on_state: Callable[[Tables, Rows, bool], None]


class ChannelState:
    """The tables of a channel at one (epoch, offset)."""

    def __init__(self, channel: str) -> None:
        self.epoch: str | None = None  # None before the first snapshot
        self.offset = 0
        self._channel = channel
        self._tables: dict[str, dict[int, Row]] = {}
        self._parts: list[Part] = []  # kept aside until the snapshot or delta that they belong to

    @property
    def tables(self) -> Tables:
        """Return the rows by table and key; the mapping follows every change."""
        return MappingProxyType(self._tables)

    def subscribe(self) -> Subscribe:
        """Return what to say to the hub in order to go on from here."""
        self._parts.clear()
        return Subscribe(self._channel, self.epoch, self.offset if self.epoch else None)

    def lose(self) -> None:
        """Be nowhere: only a snapshot is taken from now on."""
        self.epoch = None

    def apply(self, message: Snapshot | Delta | Part) -> bool:
        """Take a message; tell whether something changed. Raises `OutOfStep` for a delta that leaves a gap."""
        if isinstance(message, Part):
            self._parts.append(message)
            return False
        parts, self._parts = self._parts, []
        if isinstance(message, Snapshot):
            self._tables.clear()
            self._tables.update((table, {}) for table in message.set)
            own = Part(message.channel, message.set)
        elif message.epoch != self.epoch or message.base > self.offset:
            raise OutOfStep
        elif message.offset <= self.offset:
            return False
        else:
            own = Part(message.channel, message.set, message.removed)
        for part in (*parts, own):
            self._take(part)
        self.epoch, self.offset = message.epoch, message.offset
        return True

    def _take(self, part: Part) -> None:
        for table, keys in part.removed.items():
            for key in keys:
                self._tables.setdefault(table, {}).pop(key, None)
        for table, rows in part.set.items():
            # The hub is trusted for the types inside a row: it is its own contract, tested there.
            self._tables.setdefault(table, {}).update({row[0]: row for row in rows})  # type: ignore[misc]


class StateFollower:
    """Keeps one channel going on a client's connections."""

    def __init__(self, feed: StateFeed) -> None:
        self._feed = feed
        self._state = ChannelState(feed.channel)
        self._send: Send | None = None  # while a connection stands
        self._asking = False  # a subscription is not answered yet: a gap need not ask again

    async def connected(self, send: Send) -> None:
        """Go on where the state is, on a new connection; raises what `send` raises."""
        self._send = send
        await self._subscribe()

    def disconnected(self) -> None:
        """Say nothing until the next connection."""
        self._send = None

    async def receive(self, message: Snapshot | Delta | Part | Error) -> None:
        """Take what the hub says of the channel; raises what `on_state` and the connection raise."""
        if isinstance(message, Error):
            if message.code == RESYNC:
                self._state.lose()
                await self._subscribe()
            return
        try:
            changed = self._state.apply(message)
        except OutOfStep:
            if not self._asking:
                await self._subscribe()
            return
        self._asking = self._asking and isinstance(message, Part)
        if changed and not isinstance(message, Part):
            self._feed.on_state(self._state.tables, message.set, isinstance(message, Snapshot))

    async def _subscribe(self) -> None:
        self._asking = True
        if self._send is not None:
            await self._send(self._state.subscribe())
