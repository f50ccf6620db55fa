"""A device that does exactly what a test tells it, message by message."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import aiohttp

from hub.protocol.codec import MSGPACK
from hub.protocol.device_frames import Data
from hub.protocol.fix import Fix
from hub.protocol.hub_frames import FROM_HUB, Ack, HubMessage, Welcome
from hub.protocol.stream_frames import Hello, StreamClaim
from tests.faults.rig.journal import Journal, StreamJournal
from tests.faults.rig.population import Credential

REPLY_S = 5.0


class ScriptedDevice:
    """One connection for one log; what it sends and hears goes to the journal."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, log_id: str, mine: StreamJournal) -> None:
        self.log_id = log_id
        self.mine = mine
        self.stream = 0  # from the welcome
        self.acked = 0
        self._socket = socket

    @classmethod
    @contextlib.asynccontextmanager
    async def connect(
        cls, url: str, credential: Credential, log_id: str, journal: Journal
    ) -> AsyncIterator[ScriptedDevice]:
        """Open a connection to a hub's address, say hello and read the welcome."""
        mine = journal.streams.setdefault(log_id, StreamJournal(credential.ambulance_id))
        headers = {"Authorization": f"Bearer {credential.secret}"}
        timeout = aiohttp.ClientWSTimeout(ws_close=1.0)
        async with (
            aiohttp.ClientSession() as http,
            http.ws_connect(
                f"{url}/ws/device", headers=headers, protocols=(MSGPACK.subprotocol,), timeout=timeout
            ) as socket,
        ):
            device = cls(socket, log_id, mine)
            await socket.send_bytes(MSGPACK.encode(Hello((StreamClaim(log_id),))))
            welcome = await device.receive()
            assert isinstance(welcome, Welcome), welcome
            device.stream, device.acked = welcome.streams[0].stream, welcome.streams[0].acked
            mine.note_acked(device.acked)
            yield device

    async def send(self, first_seq: int, fixes: list[Fix], *, sent_at: int | None = None) -> None:
        """Send one frame; the journal keeps the first body of each sample."""
        for seq, fix in enumerate(fixes, start=first_seq):
            self.mine.note_sent(seq, fix)
        await self.send_unnoted(first_seq, fixes, sent_at=sent_at)

    async def send_unnoted(self, first_seq: int, fixes: list[Fix], *, sent_at: int | None = None) -> None:
        """Send one frame that must not be stored."""
        frame = Data(self.stream, first_seq, sent_at or time.time_ns() // 1000, list(fixes))
        await self._socket.send_bytes(MSGPACK.encode(frame))

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
                    self.mine.note_acked(seq)
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
