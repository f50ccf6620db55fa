"""What the other hubs say about the fleet, put on this hub's board."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping

from hub.bus.bus import PARTITIONS
from hub.exchange.payload import CallRow, Delta, FixRow
from hub.exchange.presence import Presence
from hub.ingest.intake import Intake
from storage.errors import StorageError

STRANGERS_MAX = 1_000  # ambulances that wait to be read; the fixes of others are asked for again when these are
RETRY_S = 0.5


class Incoming:
    """Places what is heard; an ambulance that the board does not know yet is read first."""

    def __init__(self, intake: Intake, presence: Presence, *, on_too_many: Callable[[], None]) -> None:
        self._board = intake.board
        self._intake = intake
        self._presence = presence
        self._on_too_many = on_too_many  # asks for everything again; neither waits nor raises
        self._strangers: dict[int, FixRow] = {}  # by ambulance that the board does not know: its newest fix
        self._too_many = False  # a fix was passed over, because too many wait
        self._came = asyncio.Event()  # somebody waits to be read

    def take(self, sender: str, delta: Delta, now_s: float) -> None:
        """Put one message on the board."""
        self.place(delta.fixes)
        self.call(delta.calls)
        if delta.devices:
            self._presence.heard(sender, delta.devices, now_s)

    def place(self, fixes: Iterable[FixRow]) -> None:
        """Move markers; older fixes than what is shown are passed over. Heard fixes are not said or stored again."""
        for row in fixes:
            if not self._hear(row) and self._board.unit(row.ambulance_id) is None:
                self._wait(row)

    def call(self, calls: Iterable[CallRow]) -> None:
        """Show calls for help."""
        for row in calls:
            self._intake.alarms.hear(*row)

    def replace_devices(self, nodes: Mapping[str, Iterable[tuple[int, int]]], partition: int, now_s: float) -> None:
        """Take over which devices of a partition the other hubs have."""
        self._presence.replace(nodes, partition, PARTITIONS, now_s)

    def _hear(self, row: FixRow) -> bool:
        return self._intake.markers.heard(row.ambulance_id, row.fix, row.device_id)

    def _wait(self, row: FixRow) -> None:
        former = self._strangers.get(row.ambulance_id)
        if former is None and len(self._strangers) >= STRANGERS_MAX:
            self._too_many = True
        elif former is None or former.fix.fix_at < row.fix.fix_at:
            self._strangers[row.ambulance_id] = row
        self._came.set()

    async def run(self) -> None:
        """Read who is not known, and place what has waited for it, until cancelled."""
        while True:
            await self._came.wait()
            self._came.clear()
            try:
                await self._meet()
            except StorageError:
                self._came.set()
                await asyncio.sleep(RETRY_S)

    async def _meet(self) -> None:
        asked = list(self._strangers)
        await self._intake.fleet.read_units(asked)
        for ambulance_id in asked:  # one that there is not was removed while its fix was on its way
            self._hear(self._strangers.pop(ambulance_id))
        if self._too_many:
            self._too_many = False
            self._on_too_many()
