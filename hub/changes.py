"""What the hub does when PostgreSQL says that something changed: read it again, or end what is no longer allowed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

import structlog

from hub.clock import to_us
from hub.errors import HubError, Resync, Revoked
from hub.ingest.flags import INACCURATE, JUMP, LATE, NULL_ISLAND, OUT_OF_RANGE
from hub.ingest.intake import Intake
from hub.live.board import FleetBoard, LiveFix, Unit
from hub.live.event_reader import EventReader
from hub.live.hub import LiveHub
from storage import devices, events, locations, sessions
from storage.devices import Device
from storage.errors import StorageError
from storage.pool import Database

HIDDEN_FLAGS = NULL_ISLAND | OUT_OF_RANGE | JUMP | LATE | INACCURATE
RETRY_S = 0.5
PATROL_S = 1.0
READ_ONE_BY_ONE = 10  # changed ambulances; more of them are read in one query
FLEET = ("fleet", "")  # some ambulances
EVERYTHING = ("everything", "")  # after a reconnect: nobody knows what was missed
_LOG = structlog.get_logger(__name__)


class Changes:
    """Hears of changes without waiting, and applies them one after the other; each is kept until it went through."""

    def __init__(
        self,
        reader: Database,
        app: Database,
        *,
        board: FleetBoard,
        intake: Intake,
        live: LiveHub,
        channels: Iterable[EventReader] = (),
    ) -> None:
        self._reader = reader
        self._app = app
        self._board = board
        self._intake = intake
        self._live = live
        self._channels = {reading.channel.name: reading for reading in channels}  # of events
        self._waiting: dict[tuple[str, str], None] = {}  # in order of arrival, each thing once
        self._ambulances: set[str] = set()  # which ones FLEET is about
        self._arrived = asyncio.Event()

    def heard(self, kind: str, key: str) -> None:
        """Take note of one change."""
        if kind == "ambulance":
            self._ambulances.add(key)
            kind, key = FLEET
        self._waiting[kind, key] = None
        self._arrived.set()

    def missed(self) -> None:
        """Take note that any number of changes may have been missed."""
        self.heard(*EVERYTHING)

    async def run(self) -> None:
        """Apply what is heard until cancelled."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._waiting:
                change = next(iter(self._waiting))
                # Before it is applied: what is heard of the same thing meanwhile may be younger than what is read now.
                del self._waiting[change]
                try:
                    await self._apply(*change)
                except StorageError as error:
                    _LOG.warning("a change waits", kind=change[0], reason=type(error).__name__)
                    self.heard(*change)
                    await asyncio.sleep(RETRY_S)
                except ValueError:
                    _LOG.warning("a change is not understood", kind=change[0])

    async def _apply(self, kind: str, key: str) -> None:
        if (kind, key) == FLEET:
            await self._refresh_ambulances()
        elif kind == "device":
            await self._recheck_device(int(key))
        elif kind == "command":
            await self._intake.deliver_commands(int(key))
        elif kind == "event":
            await self._read_events(key)
        elif kind == "session":
            self._live.end_sessions(session_id=UUID(key))
        elif kind == "user":
            # Come back: what the user may see now is decided anew, by the sign-in if that still counts.
            self._live.end_sessions(user_id=UUID(key), error=Resync("the user's rights changed"))
        elif (kind, key) == EVERYTHING:
            await self.read_everything()
            await self._recheck_everybody()

    async def _refresh_ambulances(self) -> None:
        """Read the ambulances that changed: each of a few, or all at once after an import."""
        changed, self._ambulances = self._ambulances, set()
        try:
            if len(changed) > READ_ONE_BY_ONE:
                await self.read_fleet()
            else:
                for ambulance_id in changed:
                    await self._intake.refresh_unit(int(ambulance_id))
        except StorageError:
            self._ambulances |= changed
            raise

    async def read_everything(self) -> None:
        """Hold what is stored: the fleet, its open alarms, and the newest events."""
        await self.read_fleet()
        await self._intake.alarms.refresh()
        for reading in self._channels.values():
            await reading.refresh()

    async def _read_events(self, channel: str) -> None:
        if channel in self._channels:
            await self._channels[channel].refresh()
        if channel == events.ALARMS:
            await self._intake.alarms.refresh()

    async def read_fleet(self) -> None:
        """Make the board hold what is stored: every ambulance, and positions that are newer than its own."""
        rows = await locations.read_fleet(self._reader, hidden_flags=HIDDEN_FLAGS)
        self._board.replace_units(Unit(row.ambulance_id, row.plate_number, row.driver_name, row.status) for row in rows)
        for row in rows:
            fix = _fix_of(row)
            current = self._board.current(row.ambulance_id)
            if fix is not None and (current is None or fix.fix_at > current.fix_at):
                self._board.move(row.ambulance_id, fix)

    async def _recheck_device(self, device_id: int) -> None:
        """Close a device's connections when it was revoked, lost its secret or was mounted elsewhere."""
        for session in self._intake.roster.of_device(device_id):
            device, ending = await self._standing(device_id, session.credential, session.ambulance_id)
            if ending is not None:
                self._intake.end(session, ending)
            elif device is not None:
                session.credential_ends_at = device.secret_expires_at
        for viewer in self._live.of_device(device_id):
            caller = viewer.principal
            device, ending = await self._standing(device_id, caller.credential, caller.ambulance_id)
            if ending is not None:
                self._live.end(viewer, ending)
            elif device is not None:
                viewer.principal = replace(caller, credential_ends_at=device.secret_expires_at)

    async def _standing(
        self, device_id: int, credential: bytes | None, ambulance_id: int | None
    ) -> tuple[Device | None, HubError | None]:
        """Return what a device is now, and why a connection that it opened has to end, if it has to."""
        if credential is None:  # a ticket opened it
            device = await devices.find_by_id(self._app, device_id)
        else:
            device = await devices.find_by_secret(self._app, credential, self._intake.clock.now())
        if device is None:
            return None, Revoked("the device or its secret was withdrawn")
        if device.ambulance_id != ambulance_id:
            return device, Resync("the device was mounted elsewhere")
        return device, None

    async def _recheck_everybody(self) -> None:
        for device_id in {*self._intake.roster.devices(), *self._live.devices()}:
            await self._recheck_device(device_id)
        await self.check_rights()

    async def patrol(self) -> None:
        """Look once a second whether the rights of open connections still hold: many end without a word."""
        while True:
            await asyncio.sleep(PATROL_S)
            try:
                await self.check_rights()
            except StorageError:
                continue  # nobody can sign in or out, or be assigned, meanwhile either

    async def check_rights(self) -> None:
        """End the connections of sign-ins that do not count any more, and what may not be watched any more.

        Raises `StorageError`.
        """
        here = self._live.sign_ins()
        if here:
            for session_id in here - await sessions.find_alive(self._app, here, self._intake.clock.now()):
                self._live.end_sessions(session_id=session_id)
        await self._live.check_rights()


def _fix_of(row: locations.FleetRow) -> LiveFix | None:
    if row.latitude is None or row.longitude is None or row.fix_at is None:
        return None
    return LiveFix(
        row.latitude,
        row.longitude,
        _number(row.speed),
        _number(row.heading),
        _number(row.accuracy),
        to_us(row.fix_at),
    )


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
