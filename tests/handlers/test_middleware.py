"""The boundary of HTTP: what goes wrong inside stays inside, and each request leaves one line."""

from __future__ import annotations

import asyncio

import structlog
from aiohttp import web

from tests.handlers.rig import Hub, running
from tests.handlers.world import World

MARK = "zq9marker"
HANDSHAKE = (
    b"GET /ws/live HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


async def test_a_fault_of_ours_is_a_500_without_a_word_of_it(database: str) -> None:
    async def broken() -> str | None:
        raise KeyError(MARK)

    with structlog.testing.capture_logs() as entries:
        async with running(database, ready_checks=(("broken", broken),)) as hub:
            answer = await hub.call("GET", "/ready")
            assert (await hub.call("GET", "/live")).status == 200
    assert (answer.status, answer.code) == (500, "internal")
    assert MARK.encode() not in answer.body
    failures = [entry for entry in entries if entry["event"] == "http_failure"]
    assert [(entry["kind"], entry["request_id"]) for entry in failures] == [("KeyError", answer.json["request_id"])]


async def test_a_request_leaves_one_line_of_ids(hub: Hub, world: World) -> None:
    with structlog.testing.capture_logs() as entries:
        answer = await hub.call(
            "GET", "/api/v1/ambulances/nearest?latitude=48.123&longitude=11.567", token=world.tokens["DP"]
        )
    (entry,) = entries
    elapsed_ms = entry.pop("elapsed_ms")
    assert 0 < elapsed_ms < 5000
    assert entry == {
        "event": "http_request",
        "log_level": "debug",  # it only read
        "request_id": answer.headers["X-Request-Id"],
        "method": "GET",
        "route": "/api/v1/ambulances/nearest",
        "status": 200,
        "code": None,
        "caller": f"user:{world.users['DP']}",
    }


async def test_a_socket_that_fails_is_cut_and_not_answered_twice(database: str) -> None:
    async def fail(http_request: web.Request) -> web.StreamResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(http_request)
        raise KeyError(MARK)

    async with running(database, live_socket=fail) as hub:
        received = await hub.raw(HANDSHAKE, timeout_s=3)
    assert received.startswith(b"HTTP/1.1 101 ")
    assert received.count(b"HTTP/1.1") == 1
    assert received.endswith(b"\r\n\r\n")


async def test_a_peer_that_leaves_before_it_is_answered_is_no_fault(database: str) -> None:
    async def answer_late(http_request: web.Request) -> web.StreamResponse:
        while http_request.transport is not None:  # noqa: ASYNC110 - aiohttp tells nobody
            await asyncio.sleep(0.01)
        ws = web.WebSocketResponse()
        await ws.prepare(http_request)
        return ws

    with structlog.testing.capture_logs() as entries:
        async with running(database, live_socket=answer_late) as hub:
            _, writer = await asyncio.open_connection("127.0.0.1", hub.port)
            writer.write(HANDSHAKE)
            await asyncio.sleep(0.1)
            writer.transport.abort()
            async with asyncio.timeout(5):
                while not entries:  # noqa: ASYNC110 - the line is told to nobody
                    await asyncio.sleep(0.01)
    assert [(entry["event"], entry["status"], entry["code"]) for entry in entries] == [("http_request", 499, "gone")]
