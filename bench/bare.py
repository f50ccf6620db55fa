"""What a WebSocket costs without a hub: an aiohttp server of a dozen lines that echoes; `python -m bench.bare`."""

from __future__ import annotations

import asyncio
import gc
import os
import socket

import uvloop
from aiohttp import WSMsgType, web

from bench import worker


async def echo(http_request: web.Request) -> web.WebSocketResponse:
    """Send back what comes."""
    ws = web.WebSocketResponse(compress=False, max_msg_size=1 << 20)
    await ws.prepare(http_request)
    async for message in ws:
        if message.type is WSMsgType.BINARY:
            await ws.send_bytes(message.data)
    return ws


async def run() -> None:
    """Serve on a port of the system's choice until the parent is gone."""
    application = web.Application()
    application.router.add_get("/ws", echo)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    await web.SockSite(runner, listener, backlog=4096).start()
    worker.say_json({"port": listener.getsockname()[1]})
    await asyncio.to_thread(worker.await_word)
    os._exit(0)


def main() -> None:
    """Take the job, which is empty, and serve with the hub's own settings of the garbage collector."""
    worker.read_job()
    gc.set_threshold(10_000, 10, 100)
    uvloop.run(run())


if __name__ == "__main__":
    main()
