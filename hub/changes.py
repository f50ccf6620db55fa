"""What the hub does when PostgreSQL says that something changed: read it again, or end what is no longer allowed."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Protocol
from uuid import UUID

import structlog

from hub.errors import Resync
from hub.ingest.intake import Intake
from hub.live.event_reader import EventReader
from hub.live.hub import LiveHub
from hub.rights import Rights
from storage import events
from storage.errors import StorageError
from storage.pool import Database

RETRY_S = 0.5
READ_ONE_BY_ONE = 10  # changed ambulances; more of them are read in one query
AWAY = "away"  # a hub says that the others cannot hear it
RIGHTS = frozenset({"device", "session", "user"})  # changes that may end a right: told by hub to hub too
URGENT = RIGHTS | {"command"}  # somebody waits for it: an offer does not wait until the map and the channels are read
RECENT_S = 2.0  # a right's change that came from PostgreSQL is the same one when a hub tells of it within this time
RECENT_MAX = 1_000
FLEET = ("fleet", "")  # some ambulances
EVERYTHING = ("everything", "")  # after a reconnect: nobody knows what was missed
_LOG = structlog.get_logger(__name__)


class Neighbours(Protocol):
    """The other hubs, as far as changes concern them: nothing here waits or raises."""

    def right_changed(self, kind: str, key: str) -> None:
        """Tell them of a change that may end a right."""

    def away(self, node: str) -> None:
        """Know that a hub cannot be heard by the others."""


class Watched(Protocol):
    """Channels of one kind that are read while somebody watches them: nothing here waits or raises."""

    def hears(self, name: str) -> bool:
        """Tell whether a channel is of this kind, and know that it has events."""

    def missed(self) -> None:
        """Know that any number of events may have been missed."""


class Changes:
    """Hears of changes without waiting, and applies them one after the other; each is kept until it went through."""

    def __init__(
        self,
        reader: Database,
        app: Database,
        *,
        intake: Intake,
        live: LiveHub,
        channels: Iterable[EventReader] = (),
        watched: Iterable[Watched] = (),
    ) -> None:
        self.rights = Rights(app, intake, live)
        self._reader = reader
        self._intake = intake
        self._live = live
        self._channels = {reading.channel.name: reading for reading in channels}  # of events
        self._watched = tuple(watched)  # that read for themselves
        self._wakes: dict[str, Callable[[], None]] = {}  # by channel, who wants to know at once that it has news
        self._neighbours: Neighbours | None = None
        self._waiting: dict[tuple[str, str], None] = {}  # in order of arrival, each thing once
        self._urgent: dict[tuple[str, str], None] = {}  # the same, of what goes before all others
        self._ambulances: set[str] = set()  # which ones FLEET is about
        self._arrived = asyncio.Event()
        self._recent: OrderedDict[tuple[str, str], float] = OrderedDict()  # of RIGHTS: when PostgreSQL said so, mono. s

    def tell(self, neighbours: Neighbours) -> None:
        """Tell other hubs, from now on, what ends rights."""
        self._neighbours = neighbours

    def wake(self, channel: str, wake: Callable[[], None]) -> None:
        """Call somebody, from now on, whenever a channel has or may have news; it must not wait or raise."""
        self._wakes[channel] = wake

    def heard(self, kind: str, key: str) -> None:
        """Take note of one change that PostgreSQL tells of."""
        if self._neighbours is not None:
            if kind == AWAY:
                self._neighbours.away(key)
                return
            if kind in RIGHTS:
                self._remember(kind, key)
                self._neighbours.right_changed(kind, key)
        if kind == "event":
            if any(watched.hears(key) for watched in self._watched):
                return
            if key in self._wakes:
                self._wakes[key]()
        self._note(kind, key)

    def told(self, kind: str, key: str) -> None:
        """Take note of a change that another hub heard PostgreSQL tell of; it is not passed on."""
        heard_s = self._recent.get((kind, key))
        known = heard_s is not None and self._intake.clock.monotonic_s() - heard_s < RECENT_S
        if kind in RIGHTS and not known:
            self._note(kind, key)

    def missed(self) -> None:
        """Take note that any number of changes may have been missed."""
        for wake in self._wakes.values():
            wake()
        self._note(*EVERYTHING)

    async def run(self) -> None:
        """Apply what is heard until cancelled."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while waiting := self._urgent or self._waiting:
                change = next(iter(waiting))
                # Before it is applied: what is heard of the same thing meanwhile may be younger than what is read now.
                del waiting[change]
                try:
                    await self._apply(*change)
                except StorageError as error:
                    _LOG.warning("a change waits", kind=change[0], reason=type(error).__name__)
                    self._note(*change)
                    await asyncio.sleep(RETRY_S)
                except ValueError:
                    _LOG.warning("a change is not understood", kind=change[0])

    def _note(self, kind: str, key: str) -> None:
        if kind == "ambulance":
            self._ambulances.add(key)
            kind, key = FLEET
        waiting = self._urgent if kind in URGENT else self._waiting
        waiting[kind, key] = None
        self._arrived.set()

    def _remember(self, kind: str, key: str) -> None:
        self._recent[kind, key] = self._intake.clock.monotonic_s()
        self._recent.move_to_end((kind, key))
        if len(self._recent) > RECENT_MAX:
            self._recent.popitem(last=False)

    async def _apply(self, kind: str, key: str) -> None:
        if (kind, key) == FLEET:
            await self._refresh_ambulances()
        elif kind == "device":
            await self.rights.recheck_device(int(key))
        elif kind == "command":
            await self._intake.deliver_commands(int(key))
        elif kind == "physio":
            await self._intake.motion.changed(UUID(key))
        elif kind == "event":
            await self._read_events(key)
        elif kind == "session":
            self._live.end_sessions(session_id=UUID(key))
        elif kind == "user":
            # Come back: what the user may see now is decided anew, by the sign-in if that still counts.
            self._live.end_sessions(user_id=UUID(key), error=Resync("the user's rights changed"))
        elif (kind, key) == EVERYTHING:
            await self.read_everything()
            await self.rights.check()

    async def _refresh_ambulances(self) -> None:
        """Read the ambulances that changed: each of a few, or all at once after an import."""
        changed, self._ambulances = self._ambulances, set()
        try:
            if len(changed) > READ_ONE_BY_ONE:
                await self.read_fleet()
            else:
                for ambulance_id in changed:
                    await self._intake.fleet.read_unit(int(ambulance_id))
        except StorageError:
            self._ambulances |= changed
            raise

    async def read_everything(self) -> None:
        """Hold what is stored: the fleet, its open alarms, and the newest events."""
        await self.read_fleet()
        await self._intake.alarms.refresh()
        await self._intake.motion.changed_all()
        for reading in self._channels.values():
            await reading.refresh()
        for watched in self._watched:
            watched.missed()

    async def _read_events(self, channel: str) -> None:
        if channel in self._channels:
            await self._channels[channel].refresh()
        if channel == events.ALARMS:
            await self._intake.alarms.refresh()

    async def read_fleet(self) -> None:
        """Make the board hold what is stored: every ambulance, and positions that are newer than its own."""
        await self._intake.fleet.read_all(self._reader)
