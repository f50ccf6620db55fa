"""A device that does exactly what a test tells it, message by message."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import aiohttp

from hub.protocol.codec import MSGPACK
from hub.protocol.device_frames import Data, DeviceMessage
from hub.protocol.fix import Fix
from hub.protocol.hub_frames import FROM_HUB, Ack, HubMessage, Welcome
from hub.protocol.stream_frames import Hello, StreamClaim
from tests.faults.rig.journal import Journal, Promises, StreamJournal
from tests.faults.rig.population import Credential

REPLY_S = 5.0


class Script:
    """One connection for one log; what is promised to it goes to the journal."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, claim: StreamClaim, promises: Promises) -> None:
        self.log_id = claim.log_id
        self.stream = 0  # from the welcome
        self.acked = 0
        self._claim = claim
        self._promises = promises
        self._socket = socket

    async def hello(self) -> Welcome:
        """Say hello and read the welcome."""
        await self.say(Hello((self._claim,)))
        welcome = await self.receive()
        assert isinstance(welcome, Welcome), welcome
        if welcome.streams:
            self.stream, self.acked = welcome.streams[0].stream, welcome.streams[0].acked
            self._promises.note_acked(self.acked)
        return welcome

    async def say(self, message: DeviceMessage) -> None:
        """Send one message."""
        await self.say_bytes(MSGPACK.encode(message))

    async def say_bytes(self, payload: bytes) -> None:
        """Send anything as one message."""
        await self._socket.send_bytes(payload)

    async def receive(self, within_s: float = REPLY_S) -> HubMessage:
        """Return the next message; raises `Closed` when there is none."""
        async with asyncio.timeout(within_s):
            message = await self._socket.receive()
        if message.type is not aiohttp.WSMsgType.BINARY:
            raise Closed(self._socket.close_code or 1006)
        reply = MSGPACK.decode(message.data, FROM_HUB)
        if isinstance(reply, Ack):
            for stream, seq in reply.acks:
                if stream == self.stream:
                    self.acked = seq
                    self._promises.note_acked(seq)
        return reply

    async def acked_to(self, seq: int, within_s: float = REPLY_S) -> list[HubMessage]:
        """Read until `seq` is acked; returns what came besides acks."""
        others: list[HubMessage] = []
        async with asyncio.timeout(within_s):
            while self.acked < seq:
                reply = await self.receive(within_s)
                if not isinstance(reply, Ack):
                    others.append(reply)
        return others

    async def closed(self, within_s: float) -> int:
        """Read until the hub closes; returns the close code."""
        try:
            async with asyncio.timeout(within_s):
                while True:
                    await self.receive(within_s)
        except Closed as end:
            return end.code


@contextlib.asynccontextmanager
async def device_socket(url: str, secret: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Open a device's connection to a hub's address, which waits for hello."""
    headers = {"Authorization": f"Bearer {secret}"}
    timeout = aiohttp.ClientWSTimeout(ws_close=1.0)
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(
            f"{url}/ws/device", headers=headers, protocols=(MSGPACK.subprotocol,), timeout=timeout
        ) as socket,
    ):
        yield socket


class ScriptedDevice(Script):
    """A tablet; what it sends goes to the journal too."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, log_id: str, mine: StreamJournal) -> None:
        super().__init__(socket, StreamClaim(log_id), mine)
        self.mine = mine

    @classmethod
    @contextlib.asynccontextmanager
    async def connect(
        cls, url: str, credential: Credential, log_id: str, journal: Journal
    ) -> AsyncIterator[ScriptedDevice]:
        """Open a connection to a hub's address, say hello and read the welcome."""
        mine = journal.streams.setdefault(log_id, StreamJournal(credential.ambulance_id))
        async with device_socket(url, credential.secret) as socket:
            device = cls(socket, log_id, mine)
            await device.hello()
            yield device

    async def send(self, first_seq: int, fixes: list[Fix], *, sent_at: int | None = None) -> None:
        """Send one frame; the journal keeps the first body of each sample."""
        for seq, fix in enumerate(fixes, start=first_seq):
            self.mine.note_sent(seq, fix)
        await self.send_unnoted(first_seq, fixes, sent_at=sent_at)

    async def send_unnoted(self, first_seq: int, fixes: list[Fix], *, sent_at: int | None = None) -> None:
        """Send one frame that must not be stored."""
        await self.say(Data(self.stream, first_seq, sent_at or time.time_ns() // 1000, list(fixes)))


class Closed(Exception):
    """The hub ended the connection."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def road(count: int, *, first: int = 1, latitude: float = 28.6, recorded_at: int | None = None) -> list[Fix]:
    """Return fixes one second and ten metres apart, the last of them recorded now unless told."""
    end = recorded_at if recorded_at is not None else time.time_ns() // 1000
    return [
        Fix(end - (count - 1 - step) * 1_000_000, latitude + (first + step) * 9e-5, 77.2, 10.0, 0.0, 5.0)
        for step in range(count)
    ]
