"""Liveness, readiness and metrics."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import AsyncExitStack

import aiohttp
import asyncpg

from arogya.embedded.postgres import EmbeddedPostgres
from handlers import metrics
from handlers.health import database_checks
from handlers.server import serving
from hub.metrics import Metrics
from storage.pool import Database
from tests.handlers.rig import Hub, running
from tests.handlers.world import build_world


async def test_a_hub_that_answers_is_alive(hub: Hub) -> None:
    answer = await hub.call("GET", "/live")
    assert (answer.status, answer.json) == (200, {"status": "alive"})


async def test_a_healthy_hub_is_ready(database: str, reader: Database) -> None:
    async with running(database, ready_checks=await database_checks(reader)) as hub:
        answer = await hub.call("GET", "/ready")
        assert (answer.status, answer.json) == (
            200,
            {"status": "ready", "checks": {"database": "ok", "migrations": "ok"}},
        )


async def test_readiness_gives_every_reason(
    database: str, reader: Database, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    async def full() -> str | None:
        return "the disk is full"

    async def stuck() -> str | None:
        await asyncio.sleep(60)
        return None

    await superuser.execute("DELETE FROM schema_migrations")
    checks = (*await database_checks(reader), ("ingest", full), ("relay", stuck))
    async with running(database, ready_checks=checks) as hub:
        answer = await hub.call("GET", "/ready")
    assert answer.status == 503
    assert answer.json["status"] == "not_ready"
    assert answer.json["checks"]["database"] == "ok"
    assert "still to be applied" in answer.json["checks"]["migrations"]
    assert answer.json["checks"]["ingest"] == "the disk is full"
    assert answer.json["checks"]["relay"] == "no answer within 2 s"


async def test_a_hub_that_lacks_what_it_can_work_without_is_degraded_and_gets_work(
    database: str, reader: Database
) -> None:
    lacks: list[str] = []

    async def bus() -> str | None:
        return lacks[0] if lacks else None

    async def full() -> str | None:
        return "the disk is full"

    async with running(database, degraded_checks=(("bus", bus),)) as hub:
        assert (await hub.call("GET", "/ready")).json == {"status": "ready", "checks": {"bus": "ok"}}
        lacks.append("nothing was heard")
        answer = await hub.call("GET", "/ready")
        assert (answer.status, answer.json) == (200, {"status": "degraded", "checks": {"bus": "nothing was heard"}})
    async with running(database, ready_checks=(("ingest", full),), degraded_checks=(("bus", bus),)) as hub:
        answer = await hub.call("GET", "/ready")
        assert (answer.status, answer.json["status"]) == (503, "not_ready")
        assert answer.json["checks"] == {"ingest": "the disk is full", "bus": "nothing was heard"}


async def test_a_database_that_is_away_is_a_503_and_no_secret(
    database: str, reader: Database, cluster: EmbeddedPostgres
) -> None:
    name = database.partition("?")[0].rpartition("/")[2]
    outside = await asyncpg.connect(cluster.dsn_of("postgres"))
    try:
        async with running(database, ready_checks=await database_checks(reader)) as hub:
            await outside.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            await outside.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
            answer = await hub.call("GET", "/api/v1/map", token="t" * 43)
            assert (answer.status, answer.code) == (503, "storage_unavailable")
            assert int(answer.headers["Retry-After"]) >= 1
            assert name not in answer.body.decode()
            ready = await hub.call("GET", "/ready")
            assert (ready.status, ready.json["checks"]["database"]) == (503, "the database does not answer")
            assert (await hub.call("GET", "/live")).status == 200
    finally:
        await outside.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        await outside.close()


async def _scrape(token: str | None, sent: str | None, *, path: str = "/metrics") -> tuple[int, str]:
    numbers = Metrics()
    numbers.sign_ins.labels("accepted").inc()
    sock = socket.create_server(("127.0.0.1", 0))
    headers = {} if sent is None else {"Authorization": sent}
    async with serving(metrics.build(numbers, token), sock), aiohttp.ClientSession() as client:
        url = f"http://127.0.0.1:{sock.getsockname()[1]}{path}"
        async with client.get(url, headers=headers) as response:
            return response.status, await response.text()


async def test_metrics_are_for_this_machine_or_the_token() -> None:
    status, text = await _scrape(None, None)
    assert status == 200
    assert 'hub_sign_ins_total{result="accepted"} 1.0' in text
    assert (await _scrape("secret", "Bearer secret"))[0] == 200
    for sent in (None, "Bearer secret2", "secret", "Basic secret"):
        assert (await _scrape("secret", sent))[0] == 401
    assert (await _scrape(None, None, path="/"))[0] == 404


async def test_requests_are_counted_by_route_not_by_path(hub: Hub) -> None:
    await hub.call("GET", "/api/v1/ambulances/123")
    await hub.call("GET", "/surely/unknown")
    count = hub.context.metrics.registry.get_sample_value
    labels = {"method": "GET", "route": "/api/v1/ambulances/{id}", "status": "401"}
    assert count("hub_http_requests_total", labels) == 1
    assert count("hub_http_requests_total", {"method": "GET", "route": "unknown", "status": "404"}) == 1


async def test_a_busy_read_pool_is_a_503_in_time_and_never_a_hang(database: str) -> None:
    async with running(database) as hub, AsyncExitStack() as held:
        world = await build_world(hub, database)
        for _ in range(4):
            await held.enter_async_context(hub.context.reader.hold())
        started = time.monotonic()
        answer = await hub.call("GET", "/api/v1/ambulances", token=world.tokens["DP"])
        assert (answer.status, answer.code) == (503, "storage_unavailable")
        assert time.monotonic() - started < 3
