"""Downloads: every fix, in pieces, to readers of any speed."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import socket
import struct
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import asyncpg
import pytest
import structlog

from handlers import downloads, exports
from hub.ingest.flags import JUMP
from tests.handlers.floor import until
from tests.handlers.past import add_fixes, readings
from tests.handlers.rig import Hub
from tests.handlers.world import World

API = "/api/v1/ambulances"
BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
COUNT = 3 * exports.PAGE_ROWS // 2
KINDS = {"gpx": "application/gpx+xml", "geojson": "application/geo+json", "csv": "text/csv; charset=utf-8"}


async def _add_drive(connection: asyncpg.Connection[asyncpg.Record], ambulance_id: int, count: int = COUNT) -> None:
    rows = [(BEGAN + timedelta(seconds=at), 48.0 + at * 1e-5, 11.0, JUMP if at == 7 else 0) for at in range(count)]
    await add_fixes(connection, ambulance_id, rows, speed=3.5)


async def test_each_download_has_every_stored_fix_and_a_name(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    await _add_drive(superuser, world.ambulances["free"])
    counted = {}
    for ending, media_type in KINDS.items():
        path = f"{API}/{world.ambulances['free']}/positions.{ending}?from={BEGAN:%Y-%m-%dT%H:%M:%SZ}"
        answer = await hub.call("GET", path, token=world.tokens["DP"])
        assert (answer.status, answer.headers["Content-Type"]) == (200, media_type)
        name = answer.headers["Content-Disposition"]
        assert name.startswith(f'attachment; filename="MARK-FREE_positions_{BEGAN:%Y%m%dT%H%M%SZ}_')
        assert name.endswith(f'.{ending}"')
        text = answer.body.decode()
        if ending == "gpx":
            root = ElementTree.fromstring(text)  # noqa: S314 - our own
            counted[ending] = sum(element.tag.endswith("}trkpt") for element in root.iter())
        elif ending == "geojson":
            counted[ending] = len(json.loads(text)["features"])
        else:
            counted[ending] = len(list(csv.DictReader(io.StringIO(text))))
    assert counted == dict.fromkeys(KINDS, COUNT)


async def test_head_says_what_would_come_and_sends_nothing_more(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    await _add_drive(superuser, world.ambulances["free"], 50)
    for path in (f"ambulances/{world.ambulances['free']}/positions.csv", "fleet/playback"):
        request = f"HEAD /api/v1/{path} HTTP/1.1\r\nHost: hub.test\r\nAuthorization: Bearer {world.tokens['DP']}\r\n"
        received = await hub.raw(f"{request}Connection: close\r\n\r\n".encode())
        head, _, body = received.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200") and body == b"", path


async def test_a_reader_that_stops_holds_no_connection_to_the_database_and_is_cut_off(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "READER_S", 1.0)
    await _add_long_drive(superuser, world.ambulances["free"])
    tasks = len(asyncio.all_tasks())
    with await _begun_download(hub, world) as reader:
        assert [outcome for _, _, outcome in await readings(superuser)] == ["allowed"], "before the first byte"
        assert len(asyncio.all_tasks()) > tasks
        await until(lambda: not hub.context.reader.busy)
        await until(lambda: len(asyncio.all_tasks()) == tasks)
        received = await asyncio.to_thread(_rest, reader)
        assert not received.endswith(b"0\r\n\r\n"), "it does not look whole"
        assert len(received) < 10_000_000


async def test_a_reader_that_leaves_in_the_middle_is_no_fault(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    await _add_long_drive(superuser, world.ambulances["free"])
    tasks = len(asyncio.all_tasks())
    with structlog.testing.capture_logs() as entries:
        for reset in (True, False):
            with await _begun_download(hub, world) as reader:
                await until(lambda: not hub.context.reader.busy)
                if reset:
                    reader.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            await until(lambda: len(asyncio.all_tasks()) == tasks)
    assert [(entry["event"], entry["code"]) for entry in entries] == [("http_request", "gone")] * 2


async def _add_long_drive(connection: asyncpg.Connection[asyncpg.Record], ambulance_id: int) -> None:
    """Store more than what fits into the buffers on the way to a reader."""
    await connection.execute(
        "INSERT INTO ambulance_positions SELECT 9, n, $2::timestamptz + n * interval '1 ms', $1, now(),"
        " $2::timestamptz + n * interval '1 ms', 1, 1, 'NaN', 'NaN', 'NaN', 'NaN', 0 FROM generate_series(1, 60000) n",
        ambulance_id,
        BEGAN,
    )


async def _begun_download(hub: Hub, world: World) -> socket.socket:
    """Return a connection on which a long answer has begun, and that nobody reads from any more."""
    request = f"GET {API}/{world.ambulances['free']}/positions.geojson HTTP/1.1\r\nHost: hub.test\r\n"
    reader = await asyncio.to_thread(socket.create_connection, ("127.0.0.1", hub.port))
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    await asyncio.to_thread(reader.sendall, f"{request}Authorization: Bearer {world.tokens['DP']}\r\n\r\n".encode())
    assert (await asyncio.to_thread(reader.recv, 12)) == b"HTTP/1.1 200"
    return reader


def _rest(reader: socket.socket) -> bytes:
    """Return what is still on the way."""
    received = bytearray()
    try:
        while piece := reader.recv(65_536):
            received += piece
    except ConnectionError:
        pass
    return bytes(received)
