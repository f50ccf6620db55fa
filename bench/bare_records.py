"""Reading an appointment with nothing around it: aiohttp, one asyncpg fetch, orjson; `python -m bench.bare_records`."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
from uuid import UUID

import asyncpg
import orjson
import uvloop
from aiohttp import web

from bench import worker

COLUMNS = "id, patient_id, doctor_id, facility_id, scheduled_at, duration_min, status, notes, version, created_at"
ONE = f"SELECT {COLUMNS} FROM appointments WHERE id = $1"  # noqa: S608 - the columns above
PAGE = f"SELECT {COLUMNS} FROM appointments WHERE doctor_id = $1 ORDER BY scheduled_at DESC, id DESC LIMIT $2"  # noqa: S608


def answer(body: object) -> web.Response:
    """Return JSON."""
    return web.Response(body=orjson.dumps(body, default=str), content_type="application/json")


async def serve(job: dict[str, str]) -> None:
    """Serve on a port of the system's choice until the parent is gone."""
    pool = await asyncpg.create_pool(job["dsn"], min_size=4, max_size=4)

    async def one(http_request: web.Request) -> web.Response:
        row = await pool.fetchrow(ONE, UUID(http_request.match_info["id"]))
        return web.Response(status=404) if row is None else answer(dict(row))

    async def page(http_request: web.Request) -> web.Response:
        rows = await pool.fetch(PAGE, UUID(http_request.query["doctor_id"]), int(http_request.query["limit"]))
        return answer({"items": [dict(row) for row in rows]})

    application = web.Application()
    application.router.add_get("/appointments/{id}", one)
    application.router.add_get("/appointments", page)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    await web.SockSite(runner, listener, backlog=4096).start()
    worker.say_json({"port": listener.getsockname()[1]})
    await asyncio.to_thread(worker.await_word)
    os._exit(0)


def main() -> None:
    """Take the job and serve, with the hub's own settings of the garbage collector."""
    job = worker.read_job()
    gc.set_threshold(10_000, 10, 10)
    uvloop.run(serve(job))


if __name__ == "__main__":
    main()
