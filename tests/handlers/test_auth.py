"""What a WebSocket handshake needs, before the 101."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import asyncpg
import pytest
from aiohttp import web

from handlers.auth import device_principal, viewer_principal
from handlers.context import SocketHandler
from tests.handlers.rig import ORIGIN, Hub, running
from tests.handlers.world import World, build_world, open_session

API = "/api/v1"


def _greeter(authenticate: object) -> SocketHandler:
    """A socket that says who came in, and closes."""

    async def greet(http_request: web.Request) -> web.StreamResponse:
        principal, subprotocol = await authenticate(http_request)  # type: ignore[operator]
        ws = web.WebSocketResponse(protocols=(subprotocol,) if subprotocol else (), compress=False)
        await ws.prepare(http_request)
        await ws.send_str(principal.key)
        await ws.close()
        return ws

    return greet


@pytest.fixture
async def hub(database: str) -> AsyncIterator[Hub]:
    """A hub whose sockets only greet."""
    async with running(
        database, live_socket=_greeter(viewer_principal), device_socket=_greeter(device_principal)
    ) as made:
        yield made


@pytest.fixture
async def world(hub: Hub, database: str) -> World:
    return await build_world(hub, database)


async def _ticket(hub: Hub, token: str, purpose: str, origin: str = ORIGIN) -> str:
    answer = await hub.call(
        "POST", f"{API}/ws-tickets", token=token, json={"purpose": purpose}, headers={"Origin": origin}
    )
    assert answer.status == 201, answer
    ticket: str = answer.json["ticket"]
    return ticket


async def _greeting(hub: Hub, path: str, protocols: tuple[str, ...] = (), **headers: str) -> str | int:
    """The principal's key, or the HTTP status of the refusal."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        async with (
            aiohttp.ClientSession() as client,
            client.ws_connect(hub.url + path, protocols=protocols, headers=named) as ws,
        ):
            return str((await ws.receive(5)).data)
    except aiohttp.WSServerHandshakeError as refusal:
        return refusal.status


async def test_apps_and_devices_come_with_a_bearer(hub: Hub, world: World) -> None:
    viewer = await _greeting(hub, "/ws/live", ("hub.v1",), Authorization=f"Bearer {world.tokens['DP']}")
    assert viewer == f"user:{world.users['DP']}"
    device = await _greeting(hub, "/ws/device", ("hub.v1",), Authorization=f"Bearer {world.tokens['TB']}")
    assert device == f"device:{world.devices['TB']}"


async def test_only_a_devices_bearer_opens_the_device_socket(hub: Hub, world: World) -> None:
    tablet = f"device:{world.devices['TB']}"
    assert await _greeting(hub, "/ws/live", ("hub.v1",), Authorization=f"Bearer {world.tokens['TB']}") == tablet
    assert await _greeting(hub, "/ws/device", ("hub.v1",), Authorization=f"Bearer {world.tokens['DP']}") == 401
    for odd in ("Basic eDp5", "Bearer", "Bearer x", f"Bearer {world.tokens['DP']} x", f"{world.tokens['DP']}"):
        assert await _greeting(hub, "/ws/live", ("hub.v1",), Authorization=odd) == 401
    assert await _greeting(hub, "/ws/live", ("hub.v1",)) == 401


async def test_a_handshake_with_more_headers_than_a_connection_may_keep_is_refused(hub: Hub, world: World) -> None:
    bearer = {"Authorization": f"Bearer {world.tokens['TB']}"}
    assert (
        await _greeting(hub, "/ws/device", ("hub.v1",), Cookie="a" * 7_000, **bearer) == f"device:{world.devices['TB']}"
    )
    padding = {f"X-Padding-{number}": "a" * 3_000 for number in range(3)}
    assert await _greeting(hub, "/ws/device", ("hub.v1",), **padding, **bearer) == 413


async def test_a_bearer_from_a_foreign_page_is_refused(hub: Hub, world: World) -> None:
    bearer = {"Authorization": f"Bearer {world.tokens['DP']}"}
    assert await _greeting(hub, "/ws/live", ("hub.v1",), Origin="https://evil.test", **bearer) == 403
    assert await _greeting(hub, "/ws/live", ("hub.v1",), Origin=ORIGIN, **bearer) == f"user:{world.users['DP']}"


async def test_a_ticket_opens_one_socket_once(hub: Hub, world: World) -> None:
    for path, who, purpose in (("/ws/live", "DP", "live"), ("/ws/device", "TB", "device")):
        protocols = ("hub.v1", f"ticket.{await _ticket(hub, world.tokens[who], purpose)}")
        greeting = await _greeting(hub, path, protocols, Origin=ORIGIN)
        assert str(greeting).partition(":")[2] in (str(world.users.get(who)), str(world.devices.get(who)))
        assert await _greeting(hub, path, protocols, Origin=ORIGIN) == 401


async def test_a_ticket_is_bound_to_its_socket_and_used_up_by_a_wrong_try(hub: Hub, world: World) -> None:
    protocols = ("hub.v1", f"ticket.{await _ticket(hub, world.tokens['DP'], 'live')}")
    assert await _greeting(hub, "/ws/device", protocols, Origin=ORIGIN) == 401
    assert await _greeting(hub, "/ws/live", protocols, Origin=ORIGIN) == 401


async def test_a_ticket_needs_its_own_origin(hub: Hub, world: World) -> None:
    for origin, expected in (({}, 401), ({"Origin": "https://evil.test"}, 403)):
        protocols = ("hub.v1", f"ticket.{await _ticket(hub, world.tokens['DP'], 'live')}")
        assert await _greeting(hub, "/ws/live", protocols, **origin) == expected
    without = await hub.call("POST", f"{API}/ws-tickets", token=world.tokens["DP"], json={"purpose": "live"})
    assert without.status == 403


async def test_a_ticket_lives_for_thirty_seconds(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    ticket = await _ticket(hub, world.tokens["DP"], "live")
    left = await superuser.fetchval("SELECT expires_at - now() FROM ws_tickets")
    assert timedelta(seconds=25) < left <= timedelta(seconds=30)
    await superuser.execute("UPDATE ws_tickets SET expires_at = $1", datetime.now(UTC) - timedelta(seconds=1))
    assert await _greeting(hub, "/ws/live", ("hub.v1", f"ticket.{ticket}"), Origin=ORIGIN) == 401


async def test_a_ticket_ends_with_its_session_and_its_device(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    live = await _ticket(hub, world.tokens["DP"], "live")
    device = await _ticket(hub, world.tokens["TB"], "device")
    await hub.call("DELETE", f"{API}/sessions/current", token=world.tokens["DP"])
    await superuser.execute("UPDATE devices SET revoked_at = now()")
    assert await _greeting(hub, "/ws/live", ("hub.v1", f"ticket.{live}"), Origin=ORIGIN) == 401
    assert await _greeting(hub, "/ws/device", ("hub.v1", f"ticket.{device}"), Origin=ORIGIN) == 401


async def test_two_tickets_are_none(hub: Hub, world: World) -> None:
    made = [f"ticket.{await _ticket(hub, world.tokens['DP'], 'live')}" for _ in range(2)]
    assert await _greeting(hub, "/ws/live", ("hub.v1", *made), Origin=ORIGIN) == 401


async def test_a_cookie_opens_no_socket(hub: Hub, world: World) -> None:
    _, token = await open_session(hub, world.users["DP"])
    assert await _greeting(hub, "/ws/live", ("hub.v1",), Origin=ORIGIN, Cookie=f"hub_session={token}") == 401


async def test_a_ticket_is_neither_echoed_nor_logged(
    hub: Hub, world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    ticket = await _ticket(hub, world.tokens["DP"], "live")
    with caplog.at_level(logging.DEBUG):
        # Without a version beside it, aiohttp would log the whole list.
        assert await _greeting(hub, "/ws/live", (f"ticket.{ticket}",), Origin=ORIGIN) == f"user:{world.users['DP']}"
    assert ticket not in caplog.text
    assert ticket not in capsys.readouterr().out


async def test_what_is_no_handshake_is_refused(hub: Hub, world: World) -> None:
    bearer = f"Authorization: Bearer {world.tokens['DP']}\r\n"
    upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    for headers in (
        "",
        upgrade,
        upgrade + "Sec-WebSocket-Version: 8\r\n",
        upgrade + "Sec-WebSocket-Version: 13, 8\r\n",
    ):
        sent = f"GET /ws/live HTTP/1.1\r\nHost: h\r\n{bearer}{headers}\r\n"
        received = await hub.raw(sent.encode(), timeout_s=2)
        assert received.startswith(b"HTTP/1.1 400 "), headers


async def test_a_rotated_secret_counts_until_it_expires(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    bearer = {"Authorization": f"Bearer {world.tokens['TB']}"}
    await superuser.execute("UPDATE device_secrets SET expires_at = now() + interval '1 hour'")
    assert await _greeting(hub, "/ws/device", ("hub.v1",), **bearer) == f"device:{world.devices['TB']}"
    await superuser.execute("UPDATE device_secrets SET expires_at = now() - interval '1 second'")
    assert await _greeting(hub, "/ws/device", ("hub.v1",), **bearer) == 401
