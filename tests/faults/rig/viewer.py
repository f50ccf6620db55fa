"""A simulated dashboard: follows the fleet channel by the documented rule and notes everything that breaks it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable

import aiohttp

from hub.protocol.codec import MSGPACK
from hub.protocol.live_frames import FROM_LIVE, Delta, Rows, Snapshot
from hub.protocol.viewer_frames import Subscribe

FIX_AT = 6  # index into a row of the table "fixes"


class Viewer:
    """One viewer of the fleet; its state is what a dashboard would show."""

    def __init__(
        self, url: str, access_token: str, *, connector: Callable[[], aiohttp.BaseConnector] | None = None
    ) -> None:
        self.url = url  # of /ws/live
        self.others: deque[str] = deque()  # where it goes after a loss or a failed try, by turns
        self._connector = connector  # how it connects; None: as everybody does
        self.access_token = access_token
        self.tables: dict[str, dict[int, list[object]]] = {"units": {}, "fixes": {}}
        self.epoch: str | None = None
        self.offset = 0
        self.connected = False  # true from the first snapshot or delta of a connection to its loss
        self.synced_at: list[float] = []  # monotonic seconds of the first frame of each connection
        self.snapshots = 0
        self.deltas = 0
        self.resyncs = 0  # deltas that did not fit
        self.backwards: list[str] = []  # markers that moved to an older fix
        self.negative_ages: list[str] = []  # fixes from the future, on the hub's clock
        self.close_codes: list[int] = []
        self.lateness_s: deque[float] = deque(maxlen=20_000)  # from the hub's tick to here, of the newest deltas
        self._socket: aiohttp.ClientWebSocketResponse | None = None

    async def run(self) -> None:
        """Watch until cancelled, coming back after every loss."""
        connector = self._connector() if self._connector is not None else None
        async with aiohttp.ClientSession(connector=connector) as http:
            while True:
                with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
                    await self._watch(http)
                self.connected = False
                self.others.append(self.url)
                self.url = self.others.popleft()
                await asyncio.sleep(0.2)

    def fix_of(self, ambulance_id: int) -> list[object] | None:
        """Return the row that the map shows for an ambulance."""
        return self.tables["fixes"].get(ambulance_id)

    async def drop(self) -> None:
        """End the connection as a lost network does: no close frame; it comes back by itself."""
        if self._socket is not None and (connection := self._socket.get_extra_info("socket")):
            with contextlib.suppress(OSError):
                connection.shutdown(2)

    async def _watch(self, http: aiohttp.ClientSession) -> None:
        headers = {"Authorization": f"Bearer {self.access_token}"}
        timeout = aiohttp.ClientWSTimeout(ws_close=1.0)
        async with asyncio.timeout(5):
            socket = await http.ws_connect(
                self.url, headers=headers, protocols=(MSGPACK.subprotocol,), timeout=timeout, max_msg_size=0
            )
        self._socket = socket
        try:
            await self._subscribe(socket)
            async for message in socket:
                if message.type is aiohttp.WSMsgType.BINARY:
                    await self._take(socket, message.data)
        finally:
            self.close_codes.append(socket.close_code or 1006)
            await socket.close()

    async def _subscribe(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        known = (self.epoch, self.offset) if self.epoch is not None else (None, None)
        await socket.send_bytes(MSGPACK.encode(Subscribe("fleet", *known)))

    async def _take(self, socket: aiohttp.ClientWebSocketResponse, payload: bytes) -> None:
        match MSGPACK.decode(payload, FROM_LIVE):
            case Snapshot() as snapshot:
                self.snapshots += 1
                if snapshot.epoch == self.epoch:
                    self._note_backwards(snapshot.set)
                self.tables = {"units": {}, "fixes": {}}
                self._apply(snapshot.set, snapshot.server_time)
                self.epoch, self.offset = snapshot.epoch, snapshot.offset
                self._note_synced()
            case Delta() as delta:
                await self._take_delta(socket, delta)

    async def _take_delta(self, socket: aiohttp.ClientWebSocketResponse, delta: Delta) -> None:
        self.deltas += 1
        self.lateness_s.append(time.time() - delta.server_time / 1e6)
        if delta.epoch != self.epoch or delta.base > self.offset:
            self.resyncs += 1
            return await self._subscribe(socket)
        self._note_synced()
        if delta.offset <= self.offset:
            return
        self._note_backwards(delta.set)
        self._apply(delta.set, delta.server_time)
        for table, keys in delta.removed.items():
            for key in keys:
                self.tables[table].pop(key, None)
        self.offset = delta.offset

    def _apply(self, rows: Rows, server_time: int) -> None:
        for table, changed in rows.items():
            for row in changed:
                self.tables[table][_key(row)] = row
        for row in rows.get("fixes", ()):
            if _time(row) > server_time:
                self.negative_ages.append(f"{row[0]}: {_time(row) - server_time} µs")

    def _note_backwards(self, rows: Rows) -> None:
        for row in rows.get("fixes", ()):
            before = self.fix_of(_key(row))
            if before is not None and _time(row) < _time(before):
                self.backwards.append(f"{row[0]}: {_time(before) - _time(row)} µs")

    def _note_synced(self) -> None:
        if not self.connected:
            self.connected = True
            self.synced_at.append(time.monotonic())


def _key(row: list[object]) -> int:
    key = row[0]
    assert isinstance(key, int)
    return key


def _time(row: list[object]) -> int:
    value = row[FIX_AT]
    assert isinstance(value, int)
    return value
