"""One connection of a device, from hello to its end: sends what the window allows, takes acks, answers commands."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from dataclasses import dataclass, field

import aiohttp
import msgpack

from arogya.client.backlog import Backlog
from arogya.client.backoff import Ending
from arogya.client.commands import Commands
from arogya.client.counters import Counters
from arogya.client.dial import close
from arogya.client.hooks import Hooks, Options, Refusal
from arogya.client.reports import Reports
from arogya.client.window import Hole, Run, Window
from hub.errors import HubError, Malformed
from hub.protocol.codec import Codec, Encodable
from hub.protocol.device_frames import Data, LiveHint, Skip
from hub.protocol.fix import Fix, parse_fix
from hub.protocol.hub_frames import FROM_HUB, Ack, Command, Error, HubMessage, Nack, Welcome
from hub.protocol.reports import ReportAck
from hub.protocol.stream_frames import Hello, StreamClaim

logger = logging.getLogger(__name__)

WELCOME_WITHIN_S = 10.0


@dataclass(slots=True)
class Station:
    """What outlives a connection: the device's backlog, its counters and its application's wishes."""

    backlog: Backlog
    codec: Codec
    hooks: Hooks
    options: Options
    counters: Counters
    commands: Commands
    reports: Reports
    newest_sent: int = 0  # highest seq ever put on the wire: below it, sending is sending again
    stream: int | None = None  # the hub's number for the log, once known
    connected: asyncio.Event = field(default_factory=asyncio.Event)  # set between a welcome and the connection's end


class Link:
    """The device's end of one WebSocket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, station: Station) -> None:
        self._socket = socket
        self._station = station
        self._backlog = station.backlog
        self._window = Window(acked=0, credit=0)  # replaced at the welcome
        self._stream = 0  # likewise
        self._hinted_seq = 0  # newest sample shown by a live hint
        self._hinted_at = float("-inf")  # loop time of that hint
        self._detail = ""  # last error the hub named

    async def run(self) -> Ending:
        """Serve the connection until it ends; returns how. Raises `HubError` if the hub does not speak the protocol."""
        await self._send(Hello((StreamClaim(self._backlog.log_id),), agent=self._station.options.agent))
        async with asyncio.timeout(WELCOME_WITHIN_S):
            welcome = await self._receive()
        if isinstance(welcome, Error):
            self._detail = f"{welcome.code}: {welcome.detail}"
            welcome = await self._receive()
        if welcome is None:
            return self._ending()
        if not await self._begin(welcome):
            return Ending(detail="the spool was older than the hub's memory of it; its samples go on as a new log")
        self._station.connected.set()
        self._station.commands.reply = self._send
        try:
            async with asyncio.TaskGroup() as tasks:
                running = [tasks.create_task(self._pump()), tasks.create_task(self._report())]
                await self._listen()
                for task in running:
                    task.cancel()
        finally:
            self._station.commands.reply = None
            self._station.connected.clear()
        return self._ending()

    def _ending(self) -> Ending:
        return Ending(close_code=self._socket.close_code, detail=self._detail)

    async def _begin(self, welcome: HubMessage) -> bool:
        """Take up the stream at the hub's mark; returns False if the log had to be renewed instead."""
        if not isinstance(welcome, Welcome):
            raise Malformed("the hub did not answer hello with welcome")
        mark = next((stream for stream in welcome.streams if stream.log_id == self._backlog.log_id), None)
        if mark is None:
            raise Malformed("the welcome does not name the stream")
        self._station.counters.connects += 1
        if mark.acked > self._backlog.kept.last:
            await self._backlog.renew()
            self._station.newest_sent = 0
            return False
        self._count_acked(mark.acked)
        self._backlog.resume(mark.acked)
        self._stream = self._station.stream = mark.stream
        self._window = Window(acked=mark.acked, credit=welcome.credit, frame_fixes=self._station.options.frame_fixes)
        return True

    async def _receive(self) -> HubMessage | None:
        """Return the hub's next message, or None when the connection has ended."""
        message = await self._socket.receive()
        if message.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
            return None
        return self._station.codec.decode(message.data, FROM_HUB)

    async def _listen(self) -> None:
        try:
            await self._take_messages()
        except HubError as error:
            self._detail = f"the hub does not speak the protocol: {error.detail}"
            await close(self._socket, aiohttp.WSCloseCode.PROTOCOL_ERROR)

    async def _take_messages(self) -> None:
        while (message := await self._receive()) is not None:
            if isinstance(message, Ack):
                self._on_ack(message)
            elif isinstance(message, Nack):
                await self._on_nack(message)
            elif isinstance(message, Command):
                self._station.commands.take(message)
            elif isinstance(message, ReportAck):
                self._station.reports.answered(message)
            elif isinstance(message, Error):
                self._detail = f"{message.code}: {message.detail}"
                logger.warning("the hub answered with %s", self._detail)

    def _on_ack(self, ack: Ack) -> None:
        self._window.credit = ack.credit
        for stream, seq in ack.acks:
            if stream == self._stream and seq <= self._backlog.kept.last and self._window.accept(seq):
                self._accepted()
        self._backlog.changed.set()

    def _accepted(self) -> None:
        acked = self._window.acked
        self._count_acked(acked)
        self._backlog.accept(acked)
        if self._station.hooks.on_ack:
            self._station.hooks.on_ack(self._stream, acked)

    def _count_acked(self, acked: int) -> None:
        self._station.counters.acked += max(0, acked - max(self._backlog.acked, self._backlog.kept.first - 1))

    async def _on_nack(self, nack: Nack) -> None:
        if nack.stream != self._stream:
            return
        if nack.expected is not None:
            if not self._window.go_back(nack.expected):
                logger.warning("the hub expects seq %d, which can not be", nack.expected)
        elif nack.seq is not None:
            self._station.counters.refused += 1
            if self._station.hooks.on_refused:
                fix = await self._fix(nack.seq)
                refusal = Refusal(nack.stream, nack.seq, nack.code or "", nack.detail or "", fix)
                self._station.hooks.on_refused(refusal)
            if self._window.refuse(nack.seq):
                self._accepted()
        self._backlog.changed.set()

    async def _fix(self, seq: int) -> Fix | None:
        first, bodies = await self._backlog.read(Run(seq, 1))
        return _unpack_fix(bodies[0]) if bodies and first == seq else None

    async def _pump(self) -> None:
        """Send whatever may be sent, for as long as the connection lasts."""
        try:
            while True:
                self._backlog.changed.clear()
                step = self._window.next_step(self._backlog.kept)
                if isinstance(step, Hole):
                    await self._skip(step)
                elif step is not None:
                    await self._send_run(step)
                hint_in_s = await self._hint_if_due()
                if step is None:
                    await self._wait_for_change(hint_in_s)
        except (aiohttp.ClientError, ConnectionError, sqlite3.Error) as error:
            self._detail = f"{type(error).__name__}: {error}"
            await close(self._socket, aiohttp.WSCloseCode.GOING_AWAY)  # wakes the listener

    async def _report(self) -> None:
        """Send what the crew says, for as long as the connection lasts."""
        try:
            await self._station.reports.send_until_cancelled(self._send)
        except (aiohttp.ClientError, ConnectionError) as error:
            self._detail = f"{type(error).__name__}: {error}"
            await close(self._socket, aiohttp.WSCloseCode.GOING_AWAY)  # wakes the listener

    async def _wait_for_change(self, at_most_s: float | None) -> None:
        try:
            async with asyncio.timeout(at_most_s):
                await self._backlog.changed.wait()
        except TimeoutError:
            return  # a live hint is due

    async def _skip(self, hole: Hole) -> None:
        self._window.skipped(hole)
        self._station.counters.skipped += hole.last - hole.first + 1
        await self._send(Skip(self._stream, hole.first, hole.last, hole.reason))

    async def _send_run(self, run: Run) -> None:
        first, bodies = await self._backlog.read(run)
        kept = self._backlog.kept
        if self._window.next_seq != run.first or run.first < kept.first:
            return  # a nack came, or the oldest were dropped, while the disk was read: decide again
        if first > run.first or not bodies:
            await self._skip(Hole(run.first, first - 1 if bodies else kept.last, "corrupt"))
            return
        self._window.sent(Run(first, len(bodies)))
        self._count_sent(first, len(bodies))
        fixes: list[object] = [msgpack.unpackb(body) for body in bodies]
        await self._send(Data(self._stream, first, self._station.options.clock(), fixes))

    def _count_sent(self, first: int, samples: int) -> None:
        last = first + samples - 1
        new = min(samples, max(0, last - self._station.newest_sent))
        self._station.newest_sent = max(self._station.newest_sent, last)
        self._station.counters.sent += new
        self._station.counters.resent += samples - new
        if self._station.hooks.on_sent:
            for seq in range(first, last + 1):
                self._station.hooks.on_sent(self._stream, seq)

    async def _hint_if_due(self) -> float | None:
        """Show the newest sample while it has to wait behind a backlog; returns the seconds until that may be again."""
        kept = self._backlog.kept
        if not self._window.lags(kept) or kept.last <= self._hinted_seq:
            return None
        now = asyncio.get_running_loop().time()
        wait_s = self._hinted_at + self._station.options.hint_every_s - now
        if wait_s > 0:
            return wait_s
        newest = self._backlog.peek(Run(kept.last, 1))
        self._hinted_seq, self._hinted_at = kept.last, now
        fix = _unpack_fix(newest[0]) if newest else None
        if fix is not None:
            await self._send(LiveHint(self._stream, kept.last, self._station.options.clock(), fix))
        return None

    async def _send(self, message: Encodable) -> None:
        payload = self._station.codec.encode(message)
        await (
            self._socket.send_bytes(payload) if self._station.codec.binary else self._socket.send_str(payload.decode())
        )


def _unpack_fix(body: bytes) -> Fix | None:
    try:
        return parse_fix(msgpack.unpackb(body))
    except HubError:
        return None  # it goes to the hub all the same, which answers with the reason
