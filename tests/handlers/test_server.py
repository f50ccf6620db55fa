"""How a listener ends, and what one connection may cost."""

from __future__ import annotations

import asyncio
import gc
import socket
import tracemalloc
from contextlib import suppress

import aiohttp
import pytest
from aiohttp import web

from handlers.server import ServerLimits, serving


async def test_a_request_that_runs_is_answered_before_the_listener_goes() -> None:
    running, finish = asyncio.Event(), asyncio.Event()

    async def wait(_http_request: web.Request) -> web.StreamResponse:
        running.set()
        await finish.wait()
        return web.Response(text="done")

    application = web.Application()
    application.router.add_get("/", wait)
    sock = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    async with aiohttp.ClientSession() as client, asyncio.TaskGroup() as group:
        async with serving(application, sock, ServerLimits(shutdown_s=5)):
            answer = group.create_task(client.get(url))
            await asyncio.wait_for(running.wait(), 5)
            asyncio.get_running_loop().call_later(0.05, finish.set)
        assert (await answer).status == 200
        with pytest.raises(aiohttp.ClientConnectorError):
            await client.get(url)


async def test_a_request_that_never_ends_is_cut_in_time() -> None:
    running = asyncio.Event()

    async def hang(_http_request: web.Request) -> web.StreamResponse:
        running.set()
        await asyncio.sleep(3600)
        return web.Response()

    application = web.Application()
    application.router.add_get("/", hang)
    sock = socket.create_server(("127.0.0.1", 0))
    loop = asyncio.get_running_loop()
    async with serving(application, sock, ServerLimits(shutdown_s=0.2)):
        _, writer = await asyncio.open_connection(*sock.getsockname())
        writer.write(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        await asyncio.wait_for(running.wait(), 5)
        stopping_s = loop.time()
    assert loop.time() - stopping_s < 2
    writer.close()


async def test_bytes_that_are_no_http_are_not_kept_until_the_garbage_collector_runs() -> None:
    sock = socket.create_server(("127.0.0.1", 0))
    address = sock.getsockname()
    gc.collect()
    gc.disable()
    try:
        async with serving(web.Application(), sock):
            tracemalloc.start()
            for _ in range(10):
                with suppress(ConnectionError):
                    reader, writer = await asyncio.open_connection(*address)
                    writer.write(b"GET / HTTP/1.1\r\nX: " + b"a" * 2_000_000)
                    await asyncio.wait_for(reader.read(), 5)
                writer.transport.abort()
            await asyncio.sleep(0)
            kept, _ = tracemalloc.get_traced_memory()
            assert kept < 2_000_000
    finally:
        tracemalloc.stop()
        gc.enable()
