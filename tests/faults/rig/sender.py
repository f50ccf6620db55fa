"""A simulated device: keeps what is not acked, sends, reconnects, and writes a journal; of fixes or of motion."""

from __future__ import annotations

import abc
import asyncio
import contextlib
import random
import secrets
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

import aiohttp

from hub.protocol.codec import MSGPACK
from hub.protocol.device_frames import DeviceMessage, Skip
from hub.protocol.hub_frames import FROM_HUB, Ack, Error, Nack, Welcome
from hub.protocol.stream_frames import Hello, StreamClaim, StreamMark
from tests.faults.rig.journal import Connections, Promises

FRAME_SAMPLES_MAX = 50

B = TypeVar("B")  # what a sample is


class Sender(abc.ABC, Generic[B]):
    """One device with one stream; `url` may change while it runs, and does by itself where there are `others`."""

    def __init__(
        self,
        url: str,
        secret: str,
        connections: Connections,
        *,
        rate_hz: float = 1.0,
        seed: int = 0,
        connector: Callable[[], aiohttp.BaseConnector] | None = None,
        heartbeat_s: float | None = None,
    ) -> None:
        self.url = url  # of /ws/device
        self.others: deque[str] = deque()  # where it goes after a loss or a failed try, by turns
        self.secret = secret
        self.rate_hz = rate_hz  # samples a second
        self._connections = connections
        self._connector = connector  # how it connects; None: as everybody does
        self._heartbeat_s = heartbeat_s  # silence after which it pings the hub, half as long before it gives it up
        self.copies = 1  # how often each frame is sent
        self.clock_offset_us = 0  # how wrong this device's clock is; may jump while it runs
        self.random = random.Random(seed)  # noqa: S311  (replayable, not a secret)
        self.log_id = ""
        self.stream = 0  # the number that the hub gave the log, known after the welcome
        self.spool: deque[tuple[int, B]] = deque()  # what is not acked, oldest first
        self.recorded = 0  # seq of the newest sample
        self.next_seq = 1  # the next one to send on this connection
        self.credit = 0  # unacked samples that this connection may have
        self.connected = False  # true from welcome to loss
        self.recording = True  # cleared to let the spool drain
        self.reconnects = True  # cleared to stay away after the next loss
        self._lost_at = 0.0  # monotonic seconds of the last loss, 0 while none
        self._wake = asyncio.Event()  # something may be sent
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._skip: Skip | None = None  # what it has to say about a hole after a welcome
        self.start_log()

    @property
    @abc.abstractmethod
    def mine(self) -> Promises:
        """The journal of the current log."""

    @abc.abstractmethod
    def open_journal(self) -> None:
        """Begin the journal of the log that was just drawn."""

    @abc.abstractmethod
    def claim(self) -> StreamClaim:
        """Return what it says of its stream."""

    @abc.abstractmethod
    def record(self) -> None:
        """Put what it measures now into the spool; called at its rate."""

    @abc.abstractmethod
    def frame(self, run: list[tuple[int, B]]) -> DeviceMessage:
        """Return a message of some samples one after the other, and write them down."""

    def start_log(self) -> None:
        """Begin an empty spool: a new log id, as a reinstalled tablet has."""
        self.log_id = secrets.token_hex(16)
        self.open_journal()
        self.spool.clear()
        self.recorded, self.next_seq, self.stream = 0, 1, 0

    def now_us(self) -> int:
        """Return what its clock says."""
        return time.time_ns() // 1000 + self.clock_offset_us

    def keep(self, sample: B) -> int:
        """Put a sample into the spool; returns its seq."""
        self.recorded += 1
        self.spool.append((self.recorded, sample))
        self._wake.set()
        return self.recorded

    @property
    def record_s(self) -> float:
        """Seconds between two recordings."""
        return 1 / self.rate_hz

    async def run(self) -> None:
        """Record and send until cancelled."""
        connector = self._connector() if self._connector is not None else None
        async with aiohttp.ClientSession(connector=connector) as http, asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_recording())
            await self._keep_connected(http)

    async def drop(self) -> None:
        """End the connection as a dying radio does: no close frame; it comes back by itself."""
        if self._socket is not None and (connection := self._socket.get_extra_info("socket")):
            with contextlib.suppress(OSError):
                connection.shutdown(2)

    async def _keep_recording(self) -> None:
        await asyncio.sleep(self.random.random() * self.record_s)
        while True:
            if self.recording:
                self.record()
            await asyncio.sleep(self.record_s)

    async def _keep_connected(self, http: aiohttp.ClientSession) -> None:
        while True:
            if self.reconnects:
                with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
                    await self._connect(http)
                self.others.append(self.url)
                self.url = self.others.popleft()
            await asyncio.sleep(self.random.uniform(0.1, 0.6))

    async def _connect(self, http: aiohttp.ClientSession) -> None:
        headers = {"Authorization": f"Bearer {self.secret}"}
        protocols = (MSGPACK.subprotocol,)
        timeout = aiohttp.ClientWSTimeout(ws_close=1.0)
        async with asyncio.timeout(5):
            socket = await http.ws_connect(
                self.url, headers=headers, protocols=protocols, timeout=timeout, heartbeat=self._heartbeat_s
            )
        self._socket = socket
        try:
            await self._send(Hello((self.claim(),)))
            self._welcome(await self._receive_welcome(socket))
            async with asyncio.TaskGroup() as tasks:
                sending = tasks.create_task(self._send_spool())
                await self._receive(socket)
                sending.cancel()
        except* (aiohttp.ClientError, OSError):
            pass
        finally:
            self._note_loss(socket.close_code)
            with contextlib.suppress(aiohttp.ClientError, OSError):
                await socket.close()

    async def _receive_welcome(self, socket: aiohttp.ClientWebSocketResponse) -> Welcome:
        async with asyncio.timeout(10):
            message = await socket.receive()
        if message.type is not aiohttp.WSMsgType.BINARY:
            raise ConnectionResetError
        reply = MSGPACK.decode(message.data, FROM_HUB)
        if not isinstance(reply, Welcome):
            self._connections.errors.append(repr(reply))
            raise ConnectionResetError
        return reply

    def _welcome(self, welcome: Welcome) -> None:
        mark = welcome.streams[0]
        self.stream, self.credit, self.connected = mark.stream, welcome.credit, True
        if mark.acked > self.mine.acked:
            self.mine.acks_from_welcome += 1
        self._forget(mark.acked)
        self.next_seq = self.spool[0][0] if self.spool else self.recorded + 1
        now = time.monotonic()
        self._connections.welcomes.append(now)
        if self._lost_at:
            self._connections.outages_s.append(now - self._lost_at)
        self._skip = self._hole(mark)

    def _hole(self, mark: StreamMark) -> Skip | None:
        """Say what a restored hub no longer has and this tablet no longer keeps."""
        if mark.acked + 1 >= self.next_seq:
            return None
        self.mine.skipped.append((mark.acked + 1, self.next_seq - 1))
        return Skip(mark.stream, mark.acked + 1, self.next_seq - 1, "hub_lost")

    def _forget(self, acked: int) -> None:
        self.mine.note_acked(acked)
        while self.spool and self.spool[0][0] <= acked:
            self.spool.popleft()

    def _note_loss(self, close_code: int | None) -> None:
        code = close_code or 1006
        self._connections.close_codes[code] = self._connections.close_codes.get(code, 0) + 1
        if self.connected:
            self._lost_at = time.monotonic()
            self._connections.losses.append(self._lost_at)
        self.connected = False

    async def _send(self, message: DeviceMessage) -> None:
        if self._socket is not None:
            await self._socket.send_bytes(MSGPACK.encode(message))

    async def _send_spool(self) -> None:
        """Send what is kept and not yet sent here, within the credit, whenever there is some."""
        if self._skip is not None:
            await self._send(self._skip)
        while True:
            while frame := self._next_frame():
                for _ in range(self.copies):
                    await self._send(frame)
            self._wake.clear()
            await self._wake.wait()

    def _next_frame(self) -> DeviceMessage | None:
        unacked = self.next_seq - self.spool[0][0] if self.spool else 0
        room = min(self.credit - unacked, FRAME_SAMPLES_MAX)
        if room <= 0 or not self.spool or self.next_seq > self.recorded:
            return None
        start = max(unacked, 0)
        run = [self.spool[index] for index in range(start, min(start + room, len(self.spool)))]
        frame = self.frame(run)
        self.next_seq = run[-1][0] + 1
        return frame

    async def _receive(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            if message.type is not aiohttp.WSMsgType.BINARY:
                continue
            self._take(message.data)

    def _take(self, payload: bytes) -> None:
        match MSGPACK.decode(payload, FROM_HUB):
            case Ack(acks=acks, credit=credit):
                self.credit = credit
                for stream, seq in acks:
                    if stream == self.stream:
                        self._forget(seq)
            case Nack(expected=int(expected)):
                self.next_seq = max(expected, self.spool[0][0] if self.spool else expected)
            case Nack(seq=int(seq), code=str(code)) as nack:
                for refused in range(seq, (nack.to or seq) + 1):
                    self.mine.refused[refused] = code
            case Error(code=code):
                self._connections.errors.append(code)
        self._wake.set()
