"""One connection of a sensor, from hello to its end: sends the logs it has, each in order, under the hub's credit."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Sequence

import aiohttp

from arogya.client.backoff import Ending
from arogya.client.dial import close
from arogya.client.motion_hooks import ClaimRefusal, MotionRefusal
from arogya.client.motion_log import MotionLog
from arogya.client.motion_station import Claims, Lane, MotionStation
from arogya.client.window import Hole, Run, Window
from hub.errors import HubError, Malformed
from hub.protocol.codec import Encodable
from hub.protocol.device_frames import Skip
from hub.protocol.hub_frames import FROM_HUB, Ack, Command, Error, HubMessage, Nack, Welcome
from hub.protocol.limits import SAMPLES_PER_FRAME_MAX
from hub.protocol.reports import ReportAck
from hub.protocol.stream_frames import Hello, Open, Opened, RefusedClaim, StreamMark

logger = logging.getLogger(__name__)

WELCOME_WITHIN_S = 10.0


class MotionLink:
    """The sensor's end of one WebSocket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, station: MotionStation) -> None:
        self._socket = socket
        self._station = station
        self._claims = Claims()
        self._lanes: dict[int, Lane] = {}  # by stream
        self._credit = 0  # unacked samples the hub allows on this connection, absolute
        self._detail = ""  # last error the hub named

    async def run(self) -> Ending:
        """Serve the connection until it ends; returns how. Raises `HubError` if the hub does not speak the protocol."""
        first = self._claims.take(self._station)
        await self._send(Hello(tuple(log.claim for log in first), agent=self._station.options.agent))
        async with asyncio.timeout(WELCOME_WITHIN_S):
            welcome = await self._receive()
        if isinstance(welcome, Error):
            self._detail = f"{welcome.code}: {welcome.detail}"
            welcome = await self._receive()
        if welcome is None:
            return self._ending()
        if not isinstance(welcome, Welcome):
            raise Malformed("the hub did not answer hello with welcome")
        self._station.counters.connects += 1
        self._credit = welcome.credit
        await self._take_marks(welcome.streams, welcome.refused)
        await self._serve()
        return self._ending()

    async def _serve(self) -> None:
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

    def _ending(self) -> Ending:
        return Ending(close_code=self._socket.close_code, detail=self._detail)

    async def _take_marks(self, marks: Sequence[StreamMark], refused: Sequence[RefusedClaim]) -> None:
        for claim in refused:
            log = self._claims.logs.get(claim.log_id)
            if log is not None:
                logger.warning("the hub does not take a log (%s: %s)", claim.code, claim.detail)
                await log.refuse(claim)
                if self._station.hooks.on_set_aside:
                    told = ClaimRefusal(log.of.session, log.log_id, claim.code, claim.detail)
                    self._station.hooks.on_set_aside(told)
        for mark in marks:
            log = self._claims.logs.get(mark.log_id)
            if log is None:
                raise Malformed("the hub names a log that was not claimed")
            if mark.acked > log.kept.last:
                await log.renew()  # its spool is older than the hub's memory of it: it goes on as another log
                continue
            self._count_acked(log, mark.acked)
            await log.take_mark(mark.acked)
            log.stream = mark.stream
            window = Window(acked=mark.acked, credit=0, frame_fixes=SAMPLES_PER_FRAME_MAX)
            self._lanes[mark.stream] = Lane(log, mark.stream, window)
        self._station.changed.set()

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
                await self._on_ack(message)
            elif isinstance(message, Nack):
                await self._on_nack(message)
            elif isinstance(message, Opened):
                await self._take_marks(message.streams, message.refused)
            elif isinstance(message, Command):
                self._station.commands.take(message)
            elif isinstance(message, ReportAck):
                self._station.reports.answered(message)
                self._station.changed.set()
            elif isinstance(message, Error):
                self._detail = f"{message.code}: {message.detail}"
                # A command that was delivered twice is answered twice, and the hub says so: nobody has to know.
                level = logging.DEBUG if message.code == "not_found" else logging.WARNING
                logger.log(level, "the hub answered with %s", self._detail)

    async def _on_ack(self, ack: Ack) -> None:
        self._credit = ack.credit
        for stream, seq in ack.acks:
            lane = self._lanes.get(stream)
            if lane is not None and seq <= lane.log.kept.last and lane.window.accept(seq):
                await self._accepted(lane)
        self._station.changed.set()

    async def _accepted(self, lane: Lane) -> None:
        self._count_acked(lane.log, lane.window.acked)
        await lane.log.take_mark(lane.window.acked)
        if self._station.hooks.on_ack:
            self._station.hooks.on_ack(lane.stream, lane.window.acked)

    def _count_acked(self, log: MotionLog, acked: int) -> None:
        self._station.counters.acked += max(0, acked - max(log.acked, log.kept.first - 1))

    async def _on_nack(self, nack: Nack) -> None:
        lane = self._lanes.get(nack.stream)
        if lane is None:
            return
        if nack.expected is not None:
            if not lane.window.go_back(nack.expected):
                logger.warning("the hub expects seq %d, which can not be", nack.expected)
        elif nack.seq is not None:
            last = nack.to or nack.seq
            self._station.counters.refused += last - nack.seq + 1
            if self._station.hooks.on_refused:
                code, detail = nack.code or "", nack.detail or ""
                refusal = MotionRefusal(lane.log.of.session, nack.stream, nack.seq, last, code, detail)
                self._station.hooks.on_refused(refusal)
            if lane.window.refuse(nack.seq, last):
                await self._accepted(lane)
        self._station.changed.set()

    async def _pump(self) -> None:
        """Send whatever may be sent, for as long as the connection lasts."""
        try:
            while True:
                self._station.changed.clear()
                await self._open_more()
                moved = [await self._advance(lane) for lane in list(self._lanes.values())]
                if not any(moved):
                    await self._station.changed.wait()
        except (aiohttp.ClientError, ConnectionError, sqlite3.Error) as error:
            self._detail = f"{type(error).__name__}: {error}"
            await close(self._socket, aiohttp.WSCloseCode.GOING_AWAY)  # wakes the listener

    async def _report(self) -> None:
        """Send what the sensor says, for as long as the connection lasts."""
        try:
            await self._station.reports.send_until_cancelled(self._send)
        except (aiohttp.ClientError, ConnectionError) as error:
            self._detail = f"{type(error).__name__}: {error}"
            await close(self._socket, aiohttp.WSCloseCode.GOING_AWAY)  # wakes the listener

    async def _open_more(self) -> None:
        """Claim what has come up since the hello; where this connection has named all it may, another one begins."""
        fresh = self._claims.take(self._station)
        if fresh:
            await self._send(Open(tuple(log.claim for log in fresh)))
        elif self._claims.need_another_connection(self._station):
            self._detail = "the connection has named as many logs as it may"
            await close(self._socket, aiohttp.WSCloseCode.OK)

    async def _advance(self, lane: Lane) -> bool:
        """Send the next thing of a log, if it may be sent; tells whether it was."""
        if lane.log.refused is not None:
            return False
        on_the_way = sum(other.window.unacked for other in self._lanes.values())
        lane.window.credit = self._credit - on_the_way + lane.window.unacked
        step = lane.window.next_step(lane.log.kept)
        if isinstance(step, Hole):
            await self._skip(lane, step)
        elif step is None or not await self._send_run(lane, step, may_cut=on_the_way == 0):
            return False
        return True

    async def _skip(self, lane: Lane, hole: Hole) -> None:
        lane.window.skipped(hole)
        self._station.counters.skipped += hole.last - hole.first + 1
        await self._send(Skip(lane.stream, hole.first, hole.last, hole.reason))

    async def _send_run(self, lane: Lane, run: Run, *, may_cut: bool) -> bool:
        """Send the frame with the next sample; one that the credit is too small for waits, unless it may be cut."""
        found = await lane.log.read(run.first)
        kept = lane.log.kept
        if lane.window.next_seq != run.first or run.first < kept.first:
            return True  # a nack came, or the oldest were dropped, while the disk was read: decide again
        if found is None or found[0] > run.first:
            await self._skip(lane, Hole(run.first, kept.last if found is None else found[0] - 1, "corrupt"))
            return True
        first, frame = found
        left = first + frame.samples - run.first
        if left > run.samples and not may_cut:
            return False
        part = frame.part(run.first - first, min(left, run.samples))
        lane.window.sent(Run(run.first, part.samples))
        self._count_sent(lane, run.first, part.samples)
        now = self._station.options.clock()
        await self._send(part.message(lane.stream, run.first, now, binary=self._station.codec.binary))
        return True

    def _count_sent(self, lane: Lane, first: int, samples: int) -> None:
        last = first + samples - 1
        new = min(samples, max(0, last - lane.log.newest_sent))
        lane.log.newest_sent = max(lane.log.newest_sent, last)
        self._station.counters.sent += new
        self._station.counters.resent += samples - new
        if self._station.hooks.on_sent:
            self._station.hooks.on_sent(lane.stream, first, last)

    async def _send(self, message: Encodable) -> None:
        payload = self._station.codec.encode(message)
        await (
            self._socket.send_bytes(payload) if self._station.codec.binary else self._socket.send_str(payload.decode())
        )
