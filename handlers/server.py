"""Runs an application on a bound socket, with every limit of aiohttp set and its own words replaced by ours."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from aiohttp import web
from aiohttp.web_protocol import RequestHandler, _ErrInfo

from handlers import problem
from handlers.door import Door, DoorRules
from handlers.middleware import SECURITY_HEADERS
from handlers.repeats import Repeats
from hub import ids
from hub.errors import Malformed, Restarting
from hub.memory import tidy

_LOG = structlog.get_logger("hub.http")
_REPEATS = Repeats()  # of this process: connections of all listeners may be bad for the same causes


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """What one connection may cost; aiohttp's defaults are hours and no deadline at all."""

    keepalive_s: float = 15.0  # an idle connection, and the time to send a whole header
    lingering_s: float = 2.0  # how long the rest of a refused body is read, so that the answer arrives
    shutdown_s: float = 5.0  # how long running requests may take to end
    backlog: int = 1_024  # connections that wait to be accepted
    line_bytes: int = 8_190
    header_bytes: int = 8_190  # one header
    headers: int = 64
    read_bytes: int = 65_536  # buffered from one connection
    connections: int = 1_000_000  # beyond them, whoever comes is refused


@asynccontextmanager
async def serving(
    application: web.Application,
    sock: socket.socket,
    limits: ServerLimits | None = None,
    *,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[web.AppRunner]:
    """Serve on a bound socket until the block ends; then stop accepting, let requests end, and cut the rest."""
    limits = limits or ServerLimits()
    quiet_aiohttp()
    runner = _Runner(
        application,
        access_log=None,
        handler_cancellation=False,  # a write goes through although its caller went away; deadlines bound it
        keepalive_timeout=limits.keepalive_s,
        lingering_time=limits.lingering_s,
        shutdown_timeout=limits.shutdown_s,
        max_line_size=limits.line_bytes,
        max_field_size=limits.header_bytes,
        max_headers=limits.headers,
        read_bufsize=limits.read_bytes,
        auto_decompress=False,  # a compressed body is refused, not unpacked
        tcp_keepalive=True,
    )
    await runner.setup()
    rules = DoorRules(limits.connections, tls, limits.keepalive_s)
    async with asyncio.TaskGroup() as opening:
        try:
            site = _Site(runner, sock, opening, rules, backlog=limits.backlog)
            await site.start()
            tidying = opening.create_task(tidy(site.inside))
            try:
                yield runner
            finally:
                tidying.cancel()
        finally:
            await runner.cleanup()


def quiet_aiohttp() -> None:
    """Keep aiohttp from logging what peers sent: a ticket in a subprotocol list, a header that cannot be parsed."""
    logging.getLogger("aiohttp.websocket").setLevel(logging.ERROR)
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)


class _Connection(RequestHandler):
    """A connection that answers bytes which are no HTTP with a problem document, and reads nothing after them."""

    __slots__ = ("_unreadable",)

    def data_received(self, data: bytes) -> None:
        """Take what arrived.

        aiohttp would parse on after an error, and each error would keep its bytes: its traceback leads to the frame
        that holds them, and back. Only the garbage collector ends that, which runs seldom here.
        """
        # What comes after an upgrade is no HTTP any more; nobody here asks aiohttp for heartbeats, which it would note.
        websocket = self._payload_parser
        if websocket is not None and data and not (self._force_close or self._close):
            if websocket.feed_data(data)[0]:
                self.close()
            return
        if getattr(self, "_unreadable", False):
            return
        super().data_received(data)
        newest = self._messages[-1][0] if self._messages else None
        if isinstance(newest, _ErrInfo):
            self._unreadable = True
            newest.exc.__traceback__ = None

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer without the exception's words, which quote the input; the connection ends with it."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has been sent already")
        request_id = ids.request_id()
        error: Exception = Malformed() if status < 500 else exc if isinstance(exc, Exception) else Restarting()
        response = problem.response(error, request_id)
        response.headers.update(SECURITY_HEADERS)
        response.headers["X-Request-Id"] = request_id
        kind = type(exc).__name__
        unsaid = _REPEATS.since(kind, self._loop.time())
        if unsaid is not None:
            _LOG.info("http_unparsable", request_id=request_id, status=response.status, kind=kind, unsaid=unsaid)
        response.force_close()
        return response


class _Server(web.Server):
    """Makes our connections instead of aiohttp's, and tells its door when they are gone."""

    door: Door | None = None  # from the site's start on

    def __call__(self) -> RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)

    def connection_lost(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        """Forget a connection."""
        super().connection_lost(handler, exc)
        if self.door is not None:
            self.door.left()


class _Site(web.BaseSite):
    """Accepts through a door of our own."""

    __slots__ = ("_door", "_opening", "_rules", "_sock")

    def __init__(
        self, runner: _Runner, sock: socket.socket, opening: asyncio.TaskGroup, rules: DoorRules, *, backlog: int
    ) -> None:
        super().__init__(runner, backlog=backlog)
        self._sock = sock
        self._door: Door | None = None  # from the start on
        self._opening = opening
        self._rules = rules

    @property
    def name(self) -> str:
        """Where it listens."""
        return str(self._sock.getsockname())

    def inside(self) -> int:
        """Return how many connections there are."""
        return 0 if self._door is None else self._door.inside

    async def start(self) -> None:
        """Begin to accept."""
        await super().start()
        server = self._runner.server
        if not isinstance(server, _Server):
            raise TypeError("a site needs a runner that has been set up")
        self._sock.setblocking(False)
        self._sock.listen(self._backlog)
        server.door = self._door = door = Door(self._sock, server, self._opening, self._rules)
        self._server = door  # type: ignore[assignment]  # of an asyncio server, a site uses `close` alone
        door.open()


class _Runner(web.AppRunner):
    """Runs an application on `_Server`; what escapes its middlewares becomes a problem document."""

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        handle = made.request_handler

        async def answer(http_request: web.BaseRequest) -> web.StreamResponse:
            try:
                return await handle(http_request)
            except web.HTTPException as refusal:  # raised before the middlewares: an unknown Expect header
                return problem.response(refusal, ids.request_id())

        return _Server(
            answer,
            request_factory=made.request_factory,
            handler_cancellation=made.handler_cancellation,
            loop=asyncio.get_running_loop(),
            **made._kwargs,
        )
