"""A hub with live viewers, its people and its fleet, for the tests of `/ws/live`."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import asyncpg
import pytest
from aiohttp import WSMsgType

from handlers.live_socket import live_socket
from hub.changes import Changes
from hub.clock import Clock
from hub.ingest.credit import CreditRules
from hub.ingest.intake import Intake, IntakeRules
from hub.live.board import FleetBoard, LiveFix, Unit
from hub.live.deliveries import Deliveries
from hub.live.directory import Directory, judged_by
from hub.live.event_reader import EventReader
from hub.live.events import EventChannel
from hub.live.hub import LiveHub, LiveRules
from hub.live.inboxes import Inboxes
from hub.live.physio import Physio
from hub.live.requests import Requests
from hub.metrics import Metrics
from hub.protocol.codec import CODECS, JSON
from hub.protocol.live_frames import FROM_LIVE, LiveMessage, LiveWelcome
from storage.events import ALARMS, DISPATCH
from storage.pool import APP, READER, Database
from tests.handlers.rig import Hub, running
from tests.handlers.world import World, build_world

SUBSCRIBE = '{"type":"subscribe","channel":"fleet"}'
RULES = LiveRules(tick_s=0.02, slow_s=0.5, heartbeat_s=5.0, sockets_per_user=3)


class Floor:
    """What a test of live viewers works with."""

    def __init__(self, hub: Hub, world: World, live: LiveHub, board: FleetBoard, dsn: str) -> None:
        self.hub = hub
        self.world = world
        self.live = live
        self.board = board
        self._dsn = dsn
        self.changes: Changes  # knows what the database says; patrols every second
        self.metrics: Metrics
        self.reader: Database  # that rights are read from
        self.inboxes: Inboxes
        self.physio: Physio
        self.dsn: str
        self.alarms: EventReader  # nobody listens to the database: `refresh` shows what was stored

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

    @asynccontextmanager
    async def viewer(self, name: str = "DP", **wanted: object) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Connect, hear the welcome, and subscribe to what is wanted (`channel`, `filter`, …), if anything is."""
        async with self.connect(name) as ws:
            assert isinstance(await hear(ws), LiveWelcome)
            if wanted:
                await ask(ws, **wanted)
            yield ws

    async def refusal(self, **options: Any) -> int:
        """Return the HTTP status of a handshake that must not succeed."""
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with self.connect(**options):
                pass
        return refused.value.status

    def move(self, fix_at: int, ambulance_id: int = 1) -> None:
        """Move an ambulance."""
        self.board.move(ambulance_id, LiveFix(48.0, 11.0, 1.0, 2.0, 3.0, fix_at))

    async def execute(self, statement: str, *arguments: object) -> None:
        """Change the database, as anything else may."""
        connection = await asyncpg.connect(self._dsn)
        try:
            await connection.execute(statement, *arguments)
        finally:
            await connection.close()

    async def raw_viewer(self, said: str = SUBSCRIBE, *, name: str = "DP") -> socket.socket:
        """Shake hands, say something, and never read again."""
        loop = asyncio.get_running_loop()
        peer = socket.socket()
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        peer.setblocking(False)
        await loop.sock_connect(peer, ("127.0.0.1", self.hub.port))
        key = base64.b64encode(os.urandom(16)).decode()
        handshake = (
            f"GET /ws/live HTTP/1.1\r\nHost: hub.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: hub.v1\r\n"
            f"Authorization: Bearer {self.world.tokens[name]}\r\n\r\n"
        )
        await loop.sock_sendall(peer, handshake.encode())
        assert (await loop.sock_recv(peer, 12)).endswith(b"101")
        payload = said.encode()
        await loop.sock_sendall(peer, bytes((0x81, 0xFE)) + len(payload).to_bytes(2) + bytes(4) + payload)
        return peer


@asynccontextmanager
async def standing(database: str, rules: LiveRules = RULES) -> AsyncIterator[Floor]:
    """Run a hub on an empty database: the world's people, its ambulances, and nobody moving."""
    board, clock, metrics = FleetBoard(), Clock(), Metrics()
    reader = await Database.open(database, role=APP, size=4, command_timeout_s=5)
    told = await Database.open(database, role=READER, size=2, command_timeout_s=5)
    alarms = EventReader(EventChannel(ALARMS), told)
    deliveries = Deliveries(reader, clock)
    dispatch = EventReader(EventChannel(DISPATCH), told)
    inboxes, requests = Inboxes(told, deliveries), Requests(told)
    intake = Intake(reader, board, clock, metrics, rules=IntakeRules(), credit_rules=CreditRules())
    told_to_all = [alarms.channel, dispatch.channel]
    learn = intake.fleet.read_unit
    physio = Physio(told, intake.motion, clock)
    directory = Directory(
        board.channel, judged_by(reader), learn, told_to_all, inboxes=inboxes, requests=requests, physio=physio
    )
    live = LiveHub(directory, clock, metrics, rules)
    changes = Changes(
        reader, reader, intake=intake, live=live, channels=[alarms, dispatch], watched=[inboxes, requests]
    )
    try:
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(live.run())
            works = (
                *(reading.run() for reading in (alarms, dispatch, inboxes, requests, physio, deliveries)),
                changes.rights.patrol(),
            )
            rounds = [tasks.create_task(work) for work in works]
            async with running(database, board=board, live_socket=live_socket(live), deliveries=deliveries) as hub:
                world = await build_world(hub, database)
                for name, ambulance_id in world.ambulances.items():
                    board.upsert_unit(Unit(ambulance_id, f"MARK-{name.upper()}", None, "available"))
                floor = Floor(hub, world, live, board, database)
                floor.changes, floor.metrics, floor.reader, floor.alarms = changes, metrics, reader, alarms
                floor.inboxes, floor.physio, floor.dsn = inboxes, physio, database
                yield floor
                async with asyncio.timeout(10):
                    await live.drain(0.0)
            await task
            for others in rounds:
                others.cancel()
    finally:
        await reader.close()
        await told.close()


async def ask(ws: aiohttp.ClientWebSocketResponse, **wanted: object) -> None:
    """Subscribe."""
    await ws.send_str(JSON.dump({"type": "subscribe", **wanted}).decode())


async def hear(ws: aiohttp.ClientWebSocketResponse) -> LiveMessage:
    """Return the next message."""
    message = await ws.receive(timeout=5)
    assert message.type in (WSMsgType.TEXT, WSMsgType.BINARY), message
    return CODECS[ws.protocol or "hub.v1"].decode(message.data, FROM_LIVE, bytes_max=2**24)


async def close_code(ws: aiohttp.ClientWebSocketResponse) -> int | None:
    """Wait for the end, and return its code."""
    async with asyncio.timeout(5):
        async for _ in ws:
            pass
    return ws.close_code


async def until(condition: Callable[[], bool], within_s: float = 10.0) -> None:
    """Wait for a condition that a peer brings about."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 - nobody signals it
            await asyncio.sleep(0.005)
