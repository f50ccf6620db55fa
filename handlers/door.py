"""Accepts connections: a few at a time, so that those inside are served meanwhile, and no more than there is room for.

The event loop's own server accepts whatever waits in one go, and when descriptors run out takes connections only to
drop them. Here whoever finds no room is told so, and the rest waits in the backlog of the kernel.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from handlers import problem
from handlers.capacity import Memory
from hub import ids
from hub.errors import Overloaded
from hub.outcomes import outcome_of

_LOG = structlog.get_logger("hub.http")
_ACCEPTED_AT_ONCE = 16  # in one round of the event loop
_PAUSE_S = 0.2  # without accepting, when the system has no descriptor or memory for another connection
_MEMORY_EVERY_S = 0.25  # between two looks at the memory
_SAID_EVERY_S = 10.0  # between two log lines about a full house
_RETRY_AFTER_S = 2
_REQUEST_BYTES = 16_384  # of a refused request that are read, so that closing does not reset the answer
_EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


@dataclass(frozen=True, slots=True)
class DoorRules:
    """Whom a door lets in."""

    connections_max: int = 1_000_000
    tls: ssl.SSLContext | None = None
    handshake_s: float = 10.0  # for TLS


class Door:
    """The accepting end of a listening socket; has the `close` of an asyncio server."""

    def __init__(
        self,
        sock: socket.socket,
        make: Callable[[], asyncio.Protocol],
        tasks: asyncio.TaskGroup,
        rules: DoorRules,
    ) -> None:
        self._sock = sock  # listening, not blocking; closed with the door
        self._make = make
        self._tasks = tasks  # owns connections while they open
        self._rules = rules
        self._loop = asyncio.get_running_loop()
        self._memory = Memory()
        self._memory_at_s = float("-inf")  # when the memory was looked at
        # How many were inside when it was found short; None while there is enough. What was freed since stays with the
        # process, so so many can be inside again.
        self._memory_room: int | None = None
        self._opening: set[asyncio.Task[None]] = set()
        self._said_at_s = float("-inf")  # when the log was last told of a full house
        self._pause: asyncio.TimerHandle | None = None  # set while nothing is accepted
        self.inside = 0  # connections that are open, or opening
        self.refused = 0

    def open(self) -> None:
        """Begin to accept."""
        self._pause = None
        self._loop.add_reader(self._sock, self._accept)

    def left(self) -> None:
        """Note that a connection which was let in is gone."""
        self.inside -= 1

    def close(self) -> None:
        """Accept no more; connections that are open stay."""
        if self._sock.fileno() < 0:
            return
        self._loop.remove_reader(self._sock)
        if self._pause is not None:
            self._pause.cancel()
        if self._rules.tls is not None:
            for task in self._opening:
                task.cancel()
        # Without TLS they are inside in a moment. Cut off here, uvloop would close a connection whose request may have
        # been read already, without a word to who answers it.
        self._sock.close()
        self._memory.close()

    def _accept(self) -> None:
        for _ in range(_ACCEPTED_AT_ONCE):
            try:
                peer, _ = self._sock.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in _EXHAUSTED:
                    raise
                return self._rest(errno.errorcode[error.errno])
            except MemoryError:
                return self._rest("ENOMEM")
            self._receive(peer)

    def _rest(self, reason: str) -> None:
        """Leave those who wait where they are for a while: the socket would stay readable, and the loop spin."""
        self._loop.remove_reader(self._sock)
        self._pause = self._loop.call_later(_PAUSE_S, self.open)
        self._say("accepting_paused", reason)

    def _receive(self, peer: socket.socket) -> None:
        reason = self._reason_to_refuse()
        if reason is not None:
            self._refuse(peer)
            self._say("connections_refused", reason)
            return
        self.inside += 1
        task = self._tasks.create_task(self._let_in(peer))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)
        task.add_done_callback(lambda opened: peer.close() if opened.cancelled() else None)  # perhaps before it began

    def _reason_to_refuse(self) -> str | None:
        if self.inside >= self._rules.connections_max:
            return "descriptors"
        now_s = self._loop.time()
        if now_s - self._memory_at_s >= _MEMORY_EVERY_S:
            self._memory_at_s = now_s
            if not self._memory.short():
                self._memory_room = None
            elif self._memory_room is None:
                self._memory_room = self.inside
        return "memory" if self._memory_room is not None and self.inside >= self._memory_room else None

    async def _let_in(self, peer: socket.socket) -> None:
        tls = self._rules.tls
        try:
            await self._loop.connect_accepted_socket(
                self._make,
                peer,
                ssl=tls,
                ssl_handshake_timeout=None if tls is None else self._rules.handshake_s,
            )
        except (OSError, MemoryError):  # gone already, or no TLS
            peer.close()
            self.left()

    def _refuse(self, peer: socket.socket) -> None:
        """Say that there is no room, as far as that can be said without waiting."""
        self.refused += 1
        with peer:
            try:
                peer.setblocking(False)
                if self._rules.tls is None:
                    peer.send(_refusal())
                    peer.shutdown(socket.SHUT_WR)
                    peer.recv(_REQUEST_BYTES)
            except OSError:
                return  # it left, or its request is still on the way

    def _say(self, event: str, reason: str) -> None:
        now_s = self._loop.time()
        if now_s - self._said_at_s >= _SAID_EVERY_S:
            self._said_at_s = now_s
            _LOG.warning(event, reason=reason, inside=self.inside, refused=self.refused)


def _refusal() -> bytes:
    """Return a whole answer."""
    error = Overloaded(retry_after_s=_RETRY_AFTER_S)
    body = problem.body(error, outcome_of(error), ids.request_id())
    lines = (
        "HTTP/1.1 503 Service Unavailable",
        f"Content-Type: {problem.CONTENT_TYPE}",
        f"Content-Length: {len(body)}",
        f"Retry-After: {_RETRY_AFTER_S}",
        "Connection: close",
    )
    return "\r\n".join((*lines, "", "")).encode() + body
