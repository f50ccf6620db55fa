"""The transport against real aiohttp clients and a raw socket that never reads."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from hub import errors
from hub.transport import PING_FRAME, AiohttpTransport, binary_frame, frame, text_frame

Behaviour = Callable[[AiohttpTransport, web.WebSocketResponse], Awaitable[None]]


async def _serve(behaviour: Behaviour) -> TestServer:
    """A server whose one socket does `behaviour` right after the handshake."""

    async def handler(http_request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(compress=False)
        await ws.prepare(http_request)
        await behaviour(AiohttpTransport(ws, http_request), ws)
        return ws

    app = web.Application()
    app.router.add_get("/", handler)
    server = TestServer(app)
    await server.start_server()
    return server


async def _read_out(ws: web.WebSocketResponse) -> None:
    async for _ in ws:
        pass


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
async def test_a_prebuilt_frame_of_any_length_is_read_by_a_real_client(size: int) -> None:
    payload = b"x" * size

    async def behaviour(transport: AiohttpTransport, ws: web.WebSocketResponse) -> None:
        transport.send(binary_frame(payload) + text_frame(payload))
        await _read_out(ws)

    server = await _serve(behaviour)
    async with aiohttp.ClientSession() as http, http.ws_connect(server.make_url("/")) as client:
        assert await client.receive_bytes() == payload
        assert await client.receive_str() == payload.decode()
    await server.close()


def test_the_shortest_length_form_is_used() -> None:
    assert frame(1, b"a" * 125)[:2] == b"\x81\x7d"
    assert frame(2, b"a" * 126)[:4] == b"\x82\x7e\x00\x7e"
    assert frame(2, b"a" * 65_536)[:10] == b"\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"
    assert PING_FRAME == b"\x89\x00"


async def test_closing_tells_the_peer_code_and_reason_and_waits_for_its_answer() -> None:
    async def behaviour(transport: AiohttpTransport, ws: web.WebSocketResponse) -> None:
        await transport.refuse(errors.Superseded())
        assert ws.close_code == 4503
        assert transport.closed
        transport.send(text_frame(b"swallowed"))

    server = await _serve(behaviour)
    async with aiohttp.ClientSession() as http, http.ws_connect(server.make_url("/")) as client:
        message = await client.receive()
        assert (message.type, message.data, message.extra) == (aiohttp.WSMsgType.CLOSE, 4503, "superseded")
    await server.close()


async def test_closing_from_another_task_wakes_the_reader() -> None:
    finished = asyncio.Event()

    async def behaviour(transport: AiohttpTransport, ws: web.WebSocketResponse) -> None:
        async with asyncio.TaskGroup() as tasks:
            reader = tasks.create_task(_read_out(ws))
            await asyncio.sleep(0)  # the reader is waiting now
            await transport.close(1012, "restarting")
            await reader
        finished.set()

    server = await _serve(behaviour)
    async with aiohttp.ClientSession() as http, http.ws_connect(server.make_url("/")) as client:
        await client.receive()
        assert client.close_code == 1012
        async with asyncio.timeout(5):
            await finished.wait()
    await server.close()


async def test_a_peer_that_never_reads_is_measured_and_cut_under_the_cap() -> None:
    outcome: asyncio.Future[tuple[int, float]] = asyncio.get_running_loop().create_future()

    async def behaviour(transport: AiohttpTransport, ws: web.WebSocketResponse) -> None:
        for _ in range(64):
            transport.send(binary_frame(b"x" * 65_536))
        await asyncio.sleep(0)
        buffered = transport.buffered_bytes()
        started = time.monotonic()
        await transport.close(4001, "slow")
        outcome.set_result((buffered, time.monotonic() - started))

    server = await _serve(behaviour)
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    peer.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(peer, (server.host, server.port))
    await loop.sock_sendall(
        peer,
        b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    )
    async with asyncio.timeout(10):
        buffered, took_s = await outcome
    assert buffered > 3_000_000, "the kernel hides less than a megabyte of the four"
    assert took_s < 3.0
    peer.close()
    await server.close()
