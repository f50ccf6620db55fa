"""What holds for every bad request, and how one is sent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
import pytest
import structlog

from tests.handlers.bad_rows import GOOD_TOKEN, MARK
from tests.handlers.rig import Hub


class Judge:
    """No 5xx, no traceback, no echo, few log lines, and the next request on a new connection is served."""

    def __init__(self, hub: Hub, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
        self._hub = hub
        self._caplog = caplog
        self._capfd = capfd

    async def sent(self, name: str, sent: bytes, statuses: set[int], *, timeout_s: float = 3) -> bytes:
        """Send one row on a connection of its own; returns the answer, whose status must be one of these (0: cut)."""
        async with self.watching(name):
            answer = await self._hub.raw(sent, timeout_s=timeout_s)
        status = status_of(answer)
        assert status in statuses, (name, answer[:600])
        assert status < 400 or is_problem(answer), (name, answer[:600])
        assert MARK.encode() not in answer and b"Traceback" not in answer, (name, answer[:600])
        return answer

    @asynccontextmanager
    async def watching(self, name: str, *, lines_max: int = 1) -> AsyncIterator[None]:
        """Judge what is said and done meanwhile."""
        self._caplog.clear()
        with self._caplog.at_level(logging.INFO), structlog.testing.capture_logs() as entries:
            yield
            await asyncio.sleep(0)
        logged = repr(entries) + self._caplog.text
        assert MARK not in logged and "Traceback" not in logged, (name, logged)
        assert len(entries) + len(self._caplog.records) <= lines_max, (name, entries)
        said = self._capfd.readouterr()
        assert "Traceback" not in said.out + said.err, (name, said)
        assert (await self._hub.call("GET", "/live")).status == 200


def status_of(answer: bytes) -> int:
    """Return the status of an answer, 0 where there is none."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0


def is_problem(answer: bytes) -> bool:
    """Say whether an answer is a problem document."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return b"application/problem+json" in head and set(orjson.loads(body)) >= {"type", "title", "status", "code"}


def as_bytes(text: str, token: str = "") -> bytes:
    """Return a row as it is sent, with a token that counts where it wants one."""
    return text.replace(GOOD_TOKEN, token).encode("utf-8", "surrogateescape")


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """Return a whole request; a header that is empty is left out."""
    named = {"Host": "h", "Connection": "close"}
    if method != "GET":
        named |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value)
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body
