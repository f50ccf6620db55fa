"""A hub of a hundred lines that keeps the device protocol in memory and can be told to misbehave at a chosen moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

from aiohttp import web

from hub.protocol.codec import CODECS, Codec, Encodable
from hub.protocol.device_frames import FROM_DEVICE, CommandAck, Data, DeviceMessage, LiveHint, Skip
from hub.protocol.hub_frames import Ack, Nack, Welcome
from hub.protocol.reports import Report, ReportAck
from hub.protocol.stream_frames import Hello, StreamMark

Misbehave = Callable[["Connection", DeviceMessage], bool]


@dataclass
class Log:
    """One stream as the hub has it."""

    stream: int
    acked: int = 0
    rows: dict[int, object] = field(default_factory=dict)
    skips: list[Skip] = field(default_factory=list)


@dataclass
class Connection:
    """One device's connection."""

    socket: web.WebSocketResponse
    codec: Codec
    log: Log
    unacked: int = 0

    async def send(self, message: Encodable) -> None:
        payload = self.codec.encode(message)
        with suppress(ConnectionError):  # the hub does not mind who leaves
            await (self.socket.send_bytes(payload) if self.codec.binary else self.socket.send_str(payload.decode()))

    def drop(self) -> None:
        """Cut the line, as a killed hub does."""
        if self.socket._req is not None and self.socket._req.transport is not None:
            self.socket._req.transport.abort()


class TinyHub:
    """`async with TinyHub() as hub`, then `hub.url`."""

    def __init__(self) -> None:
        self.logs: dict[str, Log] = {}
        self.credit = 1_000
        self.holds_acks = False  # take everything, ack nothing
        self.refuses: set[int] = set()  # seqs that can never be stored
        self.status: int | None = None  # refuse handshakes with it
        self.retry_after: str | None = None
        self.misbehave: Misbehave | None = None  # sees every message first; True: the hub does not see it
        self.heard: list[DeviceMessage] = []
        self.handshakes = 0
        self.connections: list[Connection] = []
        self.answers: list[CommandAck] = []
        self.reports: dict[str, Report] = {}  # stored, by id; the first stays
        self.refusal: ReportAck | None = None  # what reports are answered instead of done
        self.holds_answers = False  # store reports, answer none
        self.worst_unacked = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/ws/device", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in self.connections:
            if not connection.socket.closed:
                connection.drop()
        await self._runner.cleanup()

    @property
    def log(self) -> Log:
        """Return the only log; an empty one before there is any."""
        (log,) = self.logs.values() or [Log(0)]
        return log

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.handshakes += 1
        if self.status is not None:
            headers = {"Retry-After": self.retry_after} if self.retry_after else {}
            return web.Response(status=self.status, headers=headers)
        socket = web.WebSocketResponse(protocols=tuple(CODECS), compress=False)
        await socket.prepare(request)
        assert socket.ws_protocol is not None
        codec = CODECS[socket.ws_protocol]
        hello = codec.decode((await socket.receive()).data, FROM_DEVICE)
        assert isinstance(hello, Hello)
        self.heard.append(hello)
        log_id = hello.streams[0].log_id
        log = self.logs.setdefault(log_id, Log(stream=len(self.logs) + 1))
        connection = Connection(socket, codec, log)
        self.connections.append(connection)
        mark = StreamMark(log_id, log.stream, fence=len(self.connections), acked=log.acked)
        await connection.send(Welcome(7, "session", (mark,), self.credit, 10.0, 1))
        async for message in socket:
            await self._take(connection, codec.decode(message.data, FROM_DEVICE))
        return socket

    async def _take(self, connection: Connection, message: DeviceMessage) -> None:
        self.heard.append(message)
        if self.misbehave is not None and self.misbehave(connection, message):
            return
        log = connection.log
        if isinstance(message, Report):
            await self._report(connection, message)
            return
        if isinstance(message, CommandAck):
            self.answers.append(message)
        elif isinstance(message, Data):
            await self._store(connection, log, message)
        elif isinstance(message, Skip):
            assert message.first == log.acked + 1 or self.holds_acks, "a skip has to begin where the log ends"
            log.skips.append(message)
            log.acked = message.last
        else:
            assert isinstance(message, LiveHint)
        if not self.holds_acks:
            connection.unacked = 0
            await connection.send(Ack([[log.stream, log.acked]], self.credit))

    async def _report(self, connection: Connection, report: Report) -> None:
        self.reports.setdefault(report.id, report)
        if not self.holds_answers:
            refusal = self.refusal
            await connection.send(replace(refusal, id=report.id) if refusal else ReportAck(report.id, "done"))

    async def _store(self, connection: Connection, log: Log, message: Data) -> None:
        connection.unacked += len(message.fixes)
        self.worst_unacked = max(self.worst_unacked, connection.unacked)
        if message.seq > log.acked + 1 and not self.holds_acks:
            await connection.send(Nack(log.stream, expected=log.acked + 1))
            return
        for seq, fix in enumerate(message.fixes, message.seq):
            if seq <= log.acked:
                continue
            if seq in self.refuses:
                await connection.send(Nack(log.stream, seq=seq, code="invalid_value", detail="not this one"))
            else:
                log.rows[seq] = fix
            if not self.holds_acks:
                log.acked = seq


async def until(condition: Callable[[], object], within_s: float = 10.0) -> None:
    """Wait for a condition; raises TimeoutError."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 - the condition is anything, not an event of ours
            await asyncio.sleep(0.005)
