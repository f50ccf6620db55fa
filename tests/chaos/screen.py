"""A viewer of several channels that goes to any hub: what a person in front of it was shown, and was told."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Sequence

import aiohttp

from hub.protocol.codec import JSON
from hub.protocol.hub_frames import Error
from hub.protocol.live_frames import FROM_LIVE, Delta, Events, LiveMessage, Part, Snapshot
from hub.protocol.viewer_frames import Subscribe
from storage.events import ALARMS
from tests.chaos.tablet import HEARTBEAT_S
from tests.hub.live.follower import Follower
from tests.hub.live.viewer import Viewer

AGAIN_S = 0.3  # before a channel is asked for that could not be had
MESSAGE_BYTES_MAX = 2**24
PASSING = frozenset({"storage_unavailable", "overloaded", "restarting", "rate_limited"})
FIX_AT = 6  # place in a row of fixes


class Screen:
    """One viewer and its state over all its connections."""

    def __init__(self, name: str, fronts: Sequence[str], token: str, wanted: Sequence[Subscribe], *, seed: int) -> None:
        self.name = name
        self.wanted = {subscribe.channel: subscribe for subscribe in wanted}
        self.pictures = {channel: Viewer() for channel in self.wanted if channel != ALARMS}
        self.follower = Follower(None)
        self.events: dict[int, tuple[str, dict[str, object]]] = {}  # offset → kind and body, as they were told
        self.broken: list[str] = []  # what no viewer may ever meet
        self.connections = 0
        self.snapshots = 0
        self.close_codes: dict[int, int] = {}
        self._fronts = fronts
        self._headers = {"Authorization": f"Bearer {token}"}
        self._random = random.Random(seed)  # noqa: S311  (a choice of hubs, not a secret)

    @property
    def in_step(self) -> bool:
        """Tell whether every channel has been answered."""
        return all(picture.epoch is not None for picture in self.pictures.values()) and (
            ALARMS not in self.wanted or self.follower.position is not None
        )

    async def run(self) -> None:
        """Watch until cancelled, coming back after every loss."""
        async with aiohttp.ClientSession(headers=self._headers) as http:
            while True:
                with contextlib.suppress(aiohttp.ClientError, OSError):
                    await self._watch(http)
                await asyncio.sleep(self._random.uniform(0.1, 0.5))

    async def _watch(self, http: aiohttp.ClientSession) -> None:
        socket = await self._connect(http)
        self.connections += 1
        for picture in self.pictures.values():
            picture.parts.clear()  # of the connection before
        try:
            async with asyncio.TaskGroup() as asking:
                for channel in self.wanted:
                    await self._ask(socket, channel)
                async for message in socket:
                    if message.type is aiohttp.WSMsgType.TEXT:
                        self._take(asking, socket, JSON.decode(message.data, FROM_LIVE, bytes_max=MESSAGE_BYTES_MAX))
        except* (aiohttp.ClientError, OSError):
            pass
        finally:
            code = socket.close_code or 1006
            self.close_codes[code] = self.close_codes.get(code, 0) + 1
            await socket.close()

    async def _connect(self, http: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
        url = f"{self._random.choice(self._fronts)}/ws/live"
        timeout = aiohttp.ClientWSTimeout(ws_close=1.0)
        try:
            async with asyncio.timeout(5):
                return await http.ws_connect(
                    url, protocols=(JSON.subprotocol,), timeout=timeout, heartbeat=HEARTBEAT_S, max_msg_size=0
                )
        except aiohttp.WSServerHandshakeError as refusal:
            if 400 <= refusal.status < 500 and refusal.status != 429:
                self.broken.append(f"refused with HTTP {refusal.status}")
            raise

    async def _ask(self, socket: aiohttp.ClientWebSocketResponse, channel: str, *, after_s: float = 0.0) -> None:
        """Subscribe from where this viewer is."""
        await asyncio.sleep(after_s)
        wanted = self.wanted[channel]
        epoch, offset = self._position(channel)
        ask = Subscribe(channel, epoch, offset, wanted.filter)
        with contextlib.suppress(aiohttp.ClientError, OSError):
            await socket.send_str(JSON.encode(ask).decode())

    def _position(self, channel: str) -> tuple[str | None, int | None]:
        if channel == ALARMS:
            return self.follower.position or (None, None)
        picture = self.pictures[channel]
        return (picture.epoch, picture.offset) if picture.epoch is not None else (None, None)

    def _take(self, asking: asyncio.TaskGroup, socket: aiohttp.ClientWebSocketResponse, message: LiveMessage) -> None:
        again: str | None = None
        match message:
            case Error(code=code, channel=channel):
                if channel is None or code not in PASSING:
                    self.broken.append(f"told {code} of {channel}: {message.detail}")
                elif channel in self.wanted:
                    asking.create_task(self._ask(socket, channel, after_s=AGAIN_S))
            case Events():
                again = self._hear(message)
            case Snapshot() | Delta() | Part():
                again = self._see(message)
        if again is not None:
            asking.create_task(self._ask(socket, again))

    def _see(self, message: Snapshot | Delta | Part) -> str | None:
        """Apply a message to its picture; returns the channel to subscribe again."""
        picture = self.pictures[message.channel]
        before = {key: row[FIX_AT] for key, row in picture.state.get("fixes", {}).items()}
        epoch, snapshots = picture.epoch, picture.snapshots
        try:
            picture.apply(message)
        except AssertionError as error:
            self.broken.append(f"{message.channel}: {error}")
        self.snapshots += picture.snapshots - snapshots
        if picture.epoch == epoch and not isinstance(message, Part):
            for key, row in picture.state.get("fixes", {}).items():
                if key in before and row[FIX_AT] < before[key]:  # type: ignore[operator]  # µs, both
                    self.broken.append(f"{message.channel}: ambulance {key} moved back in time")
        return None if picture.in_step or isinstance(message, Part) else message.channel

    def _hear(self, message: Events) -> str | None:
        try:
            outcome = self.follower.apply(message)
        except AssertionError as error:
            self.broken.append(f"{message.channel}: {error}")
            return None
        if outcome == "read the state again":
            self.broken.append(f"{message.channel}: an events of another epoch")
        if outcome == "taken":
            for offset, _, kind, body in message.events:
                assert isinstance(offset, int) and isinstance(body, dict)
                if offset > message.base:
                    self.events.setdefault(offset, (str(kind), body))
        return message.channel if outcome == "subscribe again" else None
