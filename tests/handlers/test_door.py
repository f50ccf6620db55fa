"""Who is let in, and what becomes of those who begin with TLS and never end, or find no room."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiohttp
import uvloop
from aiohttp import web

from handlers.server import ServerLimits, serving

HANDSHAKE_S = 0.4


@asynccontextmanager
async def served(limits: ServerLimits, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve a greeting on a free port."""

    async def greet(_http_request: web.Request) -> web.StreamResponse:
        return web.Response(text="hello")

    application = web.Application()
    application.router.add_get("/", greet)
    sock = socket.create_server(("127.0.0.1", 0))
    port: int = sock.getsockname()[1]
    async with serving(application, sock, limits, tls=tls):
        yield port


async def test_a_tls_handshake_that_never_comes_is_cut_in_time() -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)  # nobody gets as far as its certificate
    async with served(ServerLimits(keepalive_s=HANDSHAKE_S, connections=20), tls) as port:
        for _ in range(2):  # the second time in the room that the first ones left
            started_s = time.monotonic()
            silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
            for reader, writer in silent:
                async with asyncio.timeout(5):
                    with suppress(ConnectionError):
                        assert await reader.read() == b""
                writer.close()
            assert time.monotonic() - started_s >= HANDSHAKE_S / 2


async def test_bytes_that_are_no_tls_end_their_connection_alone() -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    async with served(ServerLimits(), tls) as port:
        for _ in range(3):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\n\r\n")
            async with asyncio.timeout(5):
                with suppress(ConnectionError):
                    assert b"HTTP" not in await reader.read()
            writer.close()


async def test_without_room_whoever_comes_is_told_and_whoever_leaves_makes_room() -> None:
    async with served(ServerLimits(connections=2)) as port:
        inside = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        for _, writer in inside:
            writer.write(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        for reader, _ in inside:
            assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")
        for _ in range(3):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            async with asyncio.timeout(5):
                answer = await reader.read()
            assert answer.startswith(b"HTTP/1.1 503")
            assert b"\r\nRetry-After: 2\r\n" in answer
            assert b'"overloaded"' in answer
            writer.close()
        inside.pop()[1].close()
        async with aiohttp.ClientSession() as http, asyncio.timeout(5):
            while await status(http, port) != 200:
                pass
        inside.pop()[1].close()


async def status(http: aiohttp.ClientSession, port: int) -> int:
    async with http.get(f"http://127.0.0.1:{port}/") as reply:
        return reply.status


async def test_a_crowd_larger_than_the_backlog_is_let_in_whole() -> None:
    async with served(ServerLimits(backlog=8)) as port:

        async def ask() -> bytes:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            answer = await reader.read()
            writer.close()
            return answer

        answers = await asyncio.gather(*(ask() for _ in range(60)))
        assert all(answer.endswith(b"hello") for answer in answers)


def test_who_is_just_let_in_when_the_door_closes_is_answered_or_cut_and_no_mistake() -> None:
    """On uvloop, as in a hub; for each of the turns of the loop that letting somebody in takes."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        for turns in range(8):
            assert runner.run(closed_after(turns)) == []


async def closed_after(turns: int) -> list[str]:
    """Close the door so many turns of the loop after it opened to a crowd; returns what the handlers met."""
    met: list[str] = []

    async def greet(http_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.02)  # as for a look into the database
        response = web.StreamResponse()
        try:
            await response.prepare(http_request)
        except RuntimeError as error:
            met.append(str(error))
        return response

    application = web.Application()
    application.router.add_get("/", greet)
    sock = socket.create_server(("127.0.0.1", 0))
    crowd = [socket.create_connection(sock.getsockname()) for _ in range(12)]
    for peer in crowd:
        peer.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    async with serving(application, sock, ServerLimits(shutdown_s=1.0)) as site:
        for _ in range(turns):
            await asyncio.sleep(0)
        for accepting in list(site.sites):
            await accepting.stop()
        await asyncio.sleep(0.1)
    for peer in crowd:
        peer.close()
    return met
