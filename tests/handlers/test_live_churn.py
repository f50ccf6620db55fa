"""After a thousand viewers of every kind came and went, nothing of them is left."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest

from hub.protocol.live_frames import Snapshot
from tests.handlers.floor import RULES, Floor, ask, hear, standing, until

VIEWERS, AT_ONCE = 1_000, 25
NAMES = ("DP", "SV", "AD", "PT", "TB")
RESET = struct.pack("ii", 1, 0)


@pytest.fixture
async def floor(database: str) -> AsyncIterator[Floor]:
    """A hub where one account may have many connections."""
    async with standing(database, replace(RULES, sockets_per_user=AT_ONCE)) as floor:
        yield floor


def wanted(floor: Floor, number: int) -> list[dict[str, object]]:
    """Return what a viewer subscribes to, one after the other."""
    if NAMES[number % 5] in ("PT", "TB"):
        return [{"channel": f"ambulance:{floor.world.ambulances['live']}"}]
    size = 0.01 * 1.5 ** (number % 20)
    area = [48.0 - size, 11.0 - size, 48.0 + size, 11.0 + size]
    kinds: list[dict[str, object]] = [
        {"channel": "fleet"},
        {"channel": "fleet", "filter": {"area": area}},
        {"channel": "fleet", "filter": {"status": ["available", "offline"]}},
        {"channel": "fleet", "filter": {"ids": [1, 2, 3]}},
        {"channel": "fleet", "filter": {"area": area, "status": ["available"]}},
        {"channel": "ambulance:2"},
    ]
    return [kinds[(number + further) % 6] for further in range(1 + number % 3)]


async def visit(floor: Floor, number: int) -> None:
    """Come, watch for a moment, and go in one of several ways."""
    async with floor.viewer(NAMES[number % 5]) as ws:
        asked = wanted(floor, number)
        for one in asked:
            await ask(ws, **one)
        if number % 7:
            while not isinstance(await hear(ws), Snapshot):
                pass
        floor.move(number)
        if number % 3 == 0:
            await ws.send_str(f'{{"type":"unsubscribe","channel":"{asked[-1]["channel"]}"}}')
        if number % 4 == 0:
            reset(ws)


def reset(ws: aiohttp.ClientWebSocketResponse) -> None:
    """End a connection as a dying machine does."""
    connection = ws._response.connection
    if connection is not None and connection.transport is not None:
        peer = connection.transport.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        connection.transport.abort()


async def test_after_a_thousand_viewers_everything_is_back_at_zero(floor: Floor) -> None:
    tasks = len(asyncio.all_tasks())
    for first in range(0, VIEWERS, AT_ONCE):
        async with asyncio.TaskGroup() as visits:
            for number in range(first, first + AT_ONCE):
                visits.create_task(visit(floor, number))
    live, state = floor.live, floor.board.state
    await until(lambda: len(live) == 0)
    floor.move(VIEWERS)
    await until(lambda: live._lagging == 0 and len(live.frames) == 0)
    assert (live.sign_ins(), live.devices(), len(live._by_user)) == (set(), set(), 0)
    assert (state.partitions, state.whole.viewers, len(state.whole)) == (1, 1, 1)
    assert len(floor.board.channel._feeds) == 0
    assert floor.metrics.registry.get_sample_value("hub_sockets", {"kind": "live"}) == 0
    assert floor.metrics.registry.get_sample_value("hub_live_lagging") == 0
    await until(lambda: len(asyncio.all_tasks()) <= tasks)


async def test_viewers_that_never_read_leave_nothing_either(floor: Floor) -> None:
    for key in range(5, 3_000):
        floor.board.upsert_unit(floor.board.unit(1)._replace(id=key, driver_name="x" * 100))  # type: ignore[union-attr]
    said = ('{"type":"subscribe","channel":"fleet"}', '{"type":"subscribe","channel":"fleet","filter":{"ids":[7,8]}}')
    stuck = [await floor.raw_viewer(said[number % 2], name=NAMES[number % 3]) for number in range(20)]
    await until(lambda: len(floor.live) == 20)
    for round_ in range(50):
        for key in range(1, 3_000, 7):
            floor.move(round_, key)
        await asyncio.sleep(0.02)
    for peer in stuck[1::2]:
        peer.close()
    await until(lambda: len(floor.live) == 0)
    assert floor.board.state.partitions == 1
    assert floor.metrics.registry.get_sample_value("hub_sockets", {"kind": "live"}) == 0
    for peer in stuck[::2]:
        peer.close()
