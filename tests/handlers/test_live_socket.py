"""`/ws/live` over real sockets: who gets in, what they see, and what happens to those who misbehave."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import WSMsgType

from handlers.live_socket import live_socket
from hub.clock import Clock
from hub.live.board import FleetBoard, LiveFix, Unit
from hub.live.hub import LiveHub, LiveRules
from hub.metrics import Metrics
from hub.protocol.codec import CODECS, JSON
from hub.protocol.live_frames import FROM_LIVE, Delta, LiveMessage, LiveWelcome, Snapshot
from tests.handlers.rig import ORIGIN, Hub, running
from tests.handlers.world import World, build_world
from tests.hub.live.viewer import Viewer

SUBSCRIBE = '{"type":"subscribe","channel":"fleet"}'
RULES = LiveRules(tick_s=0.02, slow_s=0.5, heartbeat_s=5.0, sockets_per_user=3)


class Floor:
    """A hub with live viewers, its people, and a board of one ambulance."""

    def __init__(self, hub: Hub, world: World, live: LiveHub, board: FleetBoard) -> None:
        self.hub = hub
        self.world = world
        self.live = live
        self.board = board

    @asynccontextmanager
    async def connect(
        self, name: str = "DP", *, protocols: tuple[str, ...] = ("hub.v1",), headers: dict[str, str] | None = None
    ) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Connect as somebody with an access token."""
        headers = {"Authorization": f"Bearer {self.world.tokens[name]}"} if headers is None else headers
        async with (
            aiohttp.ClientSession() as http,
            http.ws_connect(self.hub.url + "/ws/live", protocols=protocols, headers=headers) as ws,
        ):
            yield ws

    async def refusal(self, **options: Any) -> int:
        """Return the HTTP status of a handshake that must not succeed."""
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with self.connect(**options):
                pass
        return refused.value.status

    def move(self, fix_at: int) -> None:
        """Move the ambulance."""
        self.board.move(1, LiveFix(48.0, 11.0, 1.0, 2.0, 3.0, fix_at))


@pytest.fixture
async def floor(database: str) -> AsyncIterator[Floor]:
    """The hub, on an empty database."""
    board = FleetBoard()
    board.upsert_unit(Unit(1, "A-1", None, "available"))
    live = LiveHub([board.channel], Clock(), Metrics(), RULES)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(live.run())
        async with running(database, board=board, live_socket=live_socket(live)) as hub:
            yield Floor(hub, await build_world(hub, database), live, board)
            async with asyncio.timeout(10):
                await live.drain(0.0)
        await task


async def _hear(ws: aiohttp.ClientWebSocketResponse) -> LiveMessage:
    message = await ws.receive(timeout=5)
    assert message.type in (WSMsgType.TEXT, WSMsgType.BINARY), message
    return CODECS[ws.protocol or "hub.v1"].decode(message.data, FROM_LIVE, bytes_max=2**24)


async def _close_code(ws: aiohttp.ClientWebSocketResponse) -> int | None:
    async with asyncio.timeout(5):
        async for _ in ws:
            pass
    return ws.close_code


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - the condition is what a peer did, nobody signals it
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("protocol", ["hub.v1", "hub.v1.msgpack"])
async def test_a_dispatcher_sees_the_fleet_move_in_either_encoding(floor: Floor, protocol: str) -> None:
    async with floor.connect(protocols=(protocol,)) as ws:
        assert ws.protocol == protocol
        assert isinstance(await _hear(ws), LiveWelcome)
        payload = CODECS[protocol].dump({"type": "subscribe", "channel": "fleet"})
        await (ws.send_bytes(payload) if CODECS[protocol].binary else ws.send_str(payload.decode()))
        viewer = Viewer()
        viewer.apply(await _hear(ws))
        floor.move(5)
        viewer.apply(await _hear(ws))
        assert viewer.state == {
            "units": {1: [1, "A-1", None, "available"]},
            "fixes": {1: [1, 48.0, 11.0, 1.0, 2.0, 3.0, 5, None]},
        }


async def test_a_viewer_that_comes_back_gets_only_what_it_missed(floor: Floor) -> None:
    viewer = Viewer()
    async with floor.connect() as ws:
        await _hear(ws)
        await ws.send_str(SUBSCRIBE)
        viewer.apply(await _hear(ws))
    floor.move(5)
    async with floor.connect() as ws:
        await _hear(ws)
        await ws.send_str(JSON.dump({**_subscribe(), "epoch": viewer.epoch, "offset": viewer.offset}).decode())
        delta = await _hear(ws)
        assert isinstance(delta, Delta) and delta.base == viewer.offset
        viewer.apply(delta)
        assert viewer.state["fixes"][1][6] == 5
        for epoch, offset in (("0" * 16, 1), (viewer.epoch, 10**9)):
            await ws.send_str(JSON.dump({**_subscribe(), "epoch": epoch, "offset": offset}).decode())
            assert isinstance(await _hear(ws), Snapshot)


async def test_those_who_may_not_see_the_fleet_cannot_tell_it_from_one_that_is_not_there(floor: Floor) -> None:
    answers = set()
    for name in ("PT", "DR", "RC", "SA"):
        async with floor.connect(name) as ws:
            await _hear(ws)
            for channel in ("fleet", "nonsense"):
                await ws.send_str(JSON.dump({"type": "subscribe", "channel": channel}).decode())
                answers.add((await ws.receive_str()).replace(channel, "…"))
    assert len(answers) == 1


async def test_without_a_credential_that_counts_there_is_no_handshake(floor: Floor) -> None:
    assert await floor.refusal(headers={}) == 401
    assert await floor.refusal(headers={"Authorization": "Bearer " + "A" * 43}) == 401
    assert await floor.refusal(name="TB") == 401
    foreign = {"Authorization": f"Bearer {floor.world.tokens['DP']}", "Origin": "http://elsewhere.test"}
    assert await floor.refusal(headers=foreign) == 403


async def test_a_browser_comes_with_a_ticket_that_counts_once_and_is_not_echoed(floor: Floor) -> None:
    token, origin = floor.world.tokens["DP"], {"Origin": ORIGIN}
    issued = await floor.hub.call("POST", "/api/v1/ws-tickets", token=token, json={"purpose": "live"}, headers=origin)
    protocols = ("hub.v1", f"ticket.{issued.json['ticket']}")
    async with floor.connect(protocols=protocols, headers=origin) as ws:
        assert ws.protocol == "hub.v1"
        assert isinstance(await _hear(ws), LiveWelcome)
    assert await floor.refusal(protocols=protocols, headers=origin) == 401


@pytest.mark.parametrize("protocols", [("hub.v9",), ("hub.v9", "hub.v8"), ()])
async def test_without_a_common_version_the_socket_says_so(floor: Floor, protocols: tuple[str, ...]) -> None:
    async with floor.connect(protocols=protocols) as ws:
        assert await _close_code(ws) == 4506


async def test_a_fourth_socket_of_a_user_is_one_too_many(floor: Floor) -> None:
    async with floor.connect() as one, floor.connect() as two, floor.connect() as three:
        for ws in (one, two, three):
            assert isinstance(await _hear(ws), LiveWelcome)
        async with floor.connect() as four:
            assert await _close_code(four) == 4505
        async with floor.connect("SV") as other:
            assert isinstance(await _hear(other), LiveWelcome)


async def test_three_bad_messages_close_with_4501_and_a_large_one_with_1009(floor: Floor) -> None:
    async with floor.connect() as ws:
        for _ in range(3):
            await ws.send_str('{"type":')
        assert await _close_code(ws) == 4501
    async with floor.connect() as ws:
        await ws.send_str('"' + "x" * 8_192 + '"')
        assert await _close_code(ws) == 1009


async def test_a_right_that_ends_closes_the_open_socket(floor: Floor) -> None:
    async with floor.connect() as ws, floor.connect("SV") as other:
        await _hear(ws)
        await _hear(other)
        started_s = asyncio.get_running_loop().time()
        assert floor.live.end_sessions(user_id=floor.world.users["DP"]) == 1
        assert await _close_code(ws) == 4504
        assert asyncio.get_running_loop().time() - started_s < 2.0
        await _until(lambda: len(floor.live) == 1)


async def test_a_viewer_that_never_reads_is_cut_and_costs_nobody_else(floor: Floor) -> None:
    for number in range(2, 6_000):
        floor.board.upsert_unit(Unit(number, f"A-{number}", "x" * 100, "available"))
    stuck = await _raw_viewer(floor)
    async with floor.connect("SV") as ws:
        await _hear(ws)
        await ws.send_str(SUBSCRIBE)
        assert isinstance(await _hear(ws), Snapshot)
        await _until(lambda: floor.live.frames.snapshots >= 1 and len(floor.live) == 2)
        for fix_at in range(1, 10):
            floor.move(fix_at)
            assert isinstance(await _hear(ws), Delta)
        await _until(lambda: len(floor.live) == 1)
        floor.move(100)
        assert isinstance(await _hear(ws), Delta)
    stuck.close()


async def test_after_churn_nothing_is_left(floor: Floor) -> None:
    async def visit(number: int) -> None:
        async with floor.connect(("DP", "SV", "AD")[number % 3]) as ws:
            await _hear(ws)
            await ws.send_str(SUBSCRIBE)
            if number % 2:
                await _hear(ws)
            if number % 5 == 0 and ws._response.connection is not None:
                ws._response.connection.close()  # the network, not a goodbye

    for number in range(0, 120, 6):
        async with asyncio.TaskGroup() as visits:
            for one in range(number, number + 6):
                visits.create_task(visit(one))
        floor.move(number)
    await _until(lambda: len(floor.live) == 0)
    assert floor.live.sign_ins() == set()


async def test_draining_closes_with_1012(floor: Floor) -> None:
    async with floor.connect() as ws:
        await _hear(ws)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(floor.live.drain(0.1))
            assert await _close_code(ws) == 1012
        async with floor.connect() as late:
            assert await _close_code(late) == 1012


def _subscribe() -> dict[str, object]:
    return {"type": "subscribe", "channel": "fleet"}


async def _raw_viewer(floor: Floor) -> socket.socket:
    """Shake hands, subscribe, and never read again."""
    loop = asyncio.get_running_loop()
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    peer.setblocking(False)
    await loop.sock_connect(peer, ("127.0.0.1", floor.hub.port))
    key = base64.b64encode(os.urandom(16)).decode()
    handshake = (
        f"GET /ws/live HTTP/1.1\r\nHost: hub.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: hub.v1\r\n"
        f"Authorization: Bearer {floor.world.tokens['DP']}\r\n\r\n"
    )
    await loop.sock_sendall(peer, handshake.encode())
    assert (await loop.sock_recv(peer, 12)).endswith(b"101")
    payload = SUBSCRIBE.encode()
    await loop.sock_sendall(peer, bytes((0x81, 0x80 | len(payload), 0, 0, 0, 0)) + payload)
    return peer
