"""Gets what this hub has not heard: out of what the others keep, and out of PostgreSQL while the bus is away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TypeVar

from hub.bus.bus import PARTITIONS, Bus, BusAway
from hub.clock import Clock
from hub.exchange.incoming import Incoming
from hub.exchange.outgoing import CALLS, DEVICES, FIXES
from hub.exchange.payload import NotUnderstood, unpack_calls, unpack_devices, unpack_fixes
from hub.ingest.stored_fleet import StoredFleet
from storage.errors import StorageError
from storage.pool import Database

# What was missed is kept by its sender about a second after it was said: the tables are read at once and once more.
SETTLE_S = 1.5
PAUSE_S = 0.2  # between two readings of the tables, however much is missed
RETRY_S = 0.3
POLL_S = 0.5  # between two looks into PostgreSQL, where each hub writes once a second where its ambulances are
AWAY_EVERY_S = 1.0
AWAY_LASTS_S = 5.0  # for how long a hub that cannot be heard is looked for in PostgreSQL, from its last word
MARK_LASTS_S = 3_600.0

Row = TypeVar("Row")
SayAway = Callable[[], Awaitable[None]]  # tells the other hubs through PostgreSQL; raises StorageError


class CatchUp:
    """Owned by `run`; whoever notices that something was missed says so by the other methods, which do not wait."""

    def __init__(
        self,
        bus: Bus,
        clock: Clock,
        reader: Database,
        *,
        incoming: Incoming,
        fleet: StoredFleet,
        say_away: SayAway,
    ) -> None:
        self._bus = bus
        self._clock = clock
        self._reader = reader
        self._incoming = incoming
        self._fleet = fleet
        self._say_away = say_away
        self._stale: set[int] = set(range(PARTITIONS))  # partitions whose tables are to be read now
        self._again: dict[int, float] = {}  # and those that are to be read once more: when, monotonic s
        self._noticed = asyncio.Event()  # something became stale
        self._look_until_s = 0.0  # monotonic: until then PostgreSQL is asked what moved
        self._whole = False  # stored fixes are asked for too: a hub is gone, and what it stored may be all that is left
        self._mark: str | None = None  # of the last look into PostgreSQL
        self._looked_s = float("-inf")  # when that was
        self._said_away_s = float("-inf")

    def stale(self, partition: int) -> None:
        """Read a partition again: something of it was missed."""
        self._stale.add(partition)
        self._again.pop(partition, None)
        self._noticed.set()
        self._look_for(SETTLE_S + POLL_S)

    def everything_stale(self) -> None:
        """Read all partitions again."""
        for partition in range(PARTITIONS):
            self.stale(partition)

    def away(self) -> None:
        """Look into PostgreSQL for a while: some hub cannot be heard."""
        self._look_for(AWAY_LASTS_S)

    def gone(self) -> None:
        """Look once for what a hub that is gone has stored and told nobody."""
        self._whole = True
        self._look_for(SETTLE_S + POLL_S)

    async def read_tables(self) -> None:
        """Read what is stale whenever there is something, until cancelled."""
        self._noticed.set()  # whoever starts knows nothing
        while True:
            await self._wait()
            now_s = self._clock.monotonic_s()
            due = self._stale | {partition for partition, at_s in self._again.items() if at_s <= now_s}
            for partition in sorted(due):
                first = partition in self._stale
                self._stale.discard(partition)  # before it is read: what is missed meanwhile makes it stale again
                self._again.pop(partition, None)
                try:
                    await self._read(partition)
                except BusAway:
                    self._stale.add(partition)
                    await asyncio.sleep(RETRY_S)
                    break
                if first:
                    self._again.setdefault(partition, self._clock.monotonic_s() + SETTLE_S)
            await asyncio.sleep(PAUSE_S)

    async def look(self) -> None:
        """Ask PostgreSQL while this hub or another one is not heard, until cancelled."""
        while True:
            await asyncio.sleep(POLL_S)
            try:
                await self._look()
            except StorageError:
                continue  # the next look has the same mark

    async def _look(self) -> None:
        now_s = self._clock.monotonic_s()
        if self._bus.deaf_s > 0:
            self._look_for(POLL_S)
            if now_s - self._said_away_s >= AWAY_EVERY_S:
                self._said_away_s = now_s
                await self._say_away()
        if self._whole:
            self._whole = False
            try:
                await self._fleet.read_all(self._reader)
            except StorageError:
                self._whole = True
                raise
        if now_s <= self._look_until_s:
            since = self._mark if now_s - self._looked_s < MARK_LASTS_S else None
            self._mark = await self._fleet.read_moved(self._reader, since)
            self._looked_s = now_s

    async def _read(self, partition: int) -> None:
        """Take over what the others keep of a partition; raises `BusAway`."""
        devices = {}
        for node, rows in (await self._bus.latest(DEVICES, partition)).items():
            devices[node] = _understood(unpack_devices, rows)
        self._incoming.replace_devices(devices, partition, self._clock.monotonic_s())
        for rows in (await self._bus.latest(CALLS, partition)).values():
            self._incoming.call(_understood(unpack_calls, rows))
        for rows in (await self._bus.latest(FIXES, partition)).values():
            self._incoming.place(_understood(unpack_fixes, rows))

    async def _wait(self) -> None:
        """Wait until a partition is stale, or to be read once more."""
        soonest_s = min(self._again.values(), default=None)
        if self._stale:
            soonest_s = self._clock.monotonic_s()
        try:
            async with asyncio.timeout(None if soonest_s is None else max(0.0, soonest_s - self._clock.monotonic_s())):
                await self._noticed.wait()
        except TimeoutError:
            return
        self._noticed.clear()

    def _look_for(self, seconds: float) -> None:
        self._look_until_s = max(self._look_until_s, self._clock.monotonic_s() + seconds)


def _understood(unpack: Callable[[Iterable[bytes]], list[Row]], rows: Mapping[int, bytes]) -> list[Row]:
    """Return the rows of one hub's table; none where it speaks another language."""
    try:
        return unpack(rows.values())
    except NotUnderstood:
        return []
