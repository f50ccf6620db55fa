"""What this hub has to say to the others, until the next message: the newest of each thing, by partition."""

from __future__ import annotations

import asyncio

from hub.bus.bus import PARTITIONS, Bus
from hub.clock import Clock
from hub.exchange.payload import CallRow, pack, pack_call, pack_device, pack_fix
from hub.ingest.alarms import OpenAlarms
from hub.live.board import FleetBoard, LiveFix
from storage.alarms import Call

FIXES, CALLS, DEVICES = "fixes", "calls", "devices"  # tables that newcomers read
ROWS_MAX = 4_000  # of one message: 250 KB
TIDY_S = 1.0


class Outgoing:
    """Collects, and publishes at once what comes after a pause, then at most once a tick."""

    def __init__(self, bus: Bus, clock: Clock, *, tick_s: float) -> None:
        self._bus = bus
        self._clock = clock
        self._tick_s = tick_s
        self._waiting = asyncio.Event()
        # By partition, and there by ambulance or device: bounded by the fleet.
        self._fixes: list[dict[int, bytes]] = [{} for _ in range(PARTITIONS)]
        self._calls: list[dict[int, bytes]] = [{} for _ in range(PARTITIONS)]
        self._devices: list[dict[int, bytes]] = [{} for _ in range(PARTITIONS)]
        self._since: dict[int, int] = {}  # of the devices that are connected here: since when
        self._calling: dict[int, Call] = {}  # by ambulance: kept for newcomers until it is stored
        self._placed: set[int] = set()  # ambulances of which a fix is kept for newcomers

    def moved(self, ambulance_id: int, fix: LiveFix, device_id: int) -> None:
        """Show a fix of a device."""
        row = pack_fix(ambulance_id, fix, device_id)
        self._placed.add(ambulance_id)
        self._bus.keep(FIXES, ambulance_id, row)
        self._fixes[ambulance_id % PARTITIONS][ambulance_id] = row
        self._waiting.set()

    def called(self, ambulance_id: int, call: Call, raised_at: int) -> None:
        """Show a call for help."""
        row = pack_call(CallRow(ambulance_id, call, raised_at))
        self._calling[ambulance_id] = call
        self._bus.keep(CALLS, ambulance_id, row)
        self._calls[ambulance_id % PARTITIONS][ambulance_id] = row
        self._waiting.set()

    def came(self, device_id: int) -> None:
        """Say that a device is connected here; one more connection of it is no news."""
        if device_id not in self._since:
            since = self._since[device_id] = self._clock.now_us()
            self._bus.keep(DEVICES, device_id, pack_device(device_id, since))
            self._say_device(device_id, since)

    def went(self, device_id: int) -> None:
        """Say that a device is not connected here any more."""
        if self._since.pop(device_id, None) is not None:
            self._bus.keep(DEVICES, device_id, None)
            self._say_device(device_id, 0)

    def flush(self) -> None:
        """Publish what has gathered."""
        self._waiting.clear()
        for partition in range(PARTITIONS):
            fixes, calls, devices = self._fixes[partition], self._calls[partition], self._devices[partition]
            if not (fixes or calls or devices):
                continue
            rows = list(fixes.values())
            others = list(devices.values())
            self._bus.publish(partition, pack(rows[:ROWS_MAX], list(calls.values()), others[:ROWS_MAX]))
            for start in range(ROWS_MAX, max(len(rows), len(others)), ROWS_MAX):
                self._bus.publish(partition, pack(rows[start:][:ROWS_MAX], (), others[start:][:ROWS_MAX]))
            for table in (fixes, calls, devices):
                table.clear()

    async def run(self) -> None:
        """Publish until cancelled."""
        while True:
            await self._waiting.wait()
            self.flush()
            await asyncio.sleep(self._tick_s)

    async def tidy(self, board: FleetBoard, alarms: OpenAlarms) -> None:
        """Keep nothing for newcomers that PostgreSQL tells them: stored calls, removed ambulances; until cancelled."""
        while True:
            await asyncio.sleep(TIDY_S)
            for ambulance_id, call in list(self._calling.items()):
                if not alarms.awaits(ambulance_id, call):
                    del self._calling[ambulance_id]
                    self._bus.keep(CALLS, ambulance_id, None)
            for ambulance_id in [key for key in self._placed if board.unit(key) is None]:
                self._placed.discard(ambulance_id)
                self._bus.keep(FIXES, ambulance_id, None)

    def _say_device(self, device_id: int, since: int) -> None:
        self._devices[device_id % PARTITIONS][device_id] = pack_device(device_id, since)
        self._waiting.set()
